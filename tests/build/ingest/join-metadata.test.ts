import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { matchTitles } from '../../../build/ingest/joins/match-titles.ts'
import { handlesWithLog, ingestFolder, ML_TINY, refusal, temporaryFolder, tinyWith } from './workspace.ts'

/** Ingest ml-tiny, or another folder, with files of movie texts, the most trusted first. */
async function withTexts(files: object[][], folder = ML_TINY, log = handlesWithLog()) {
  const texts = temporaryFolder()
  const sources = files.map((rows, index) => {
    const path = join(texts, `${index}.jsonl`)
    writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'))
    return { path }
  })
  return ingestFolder(folder, { sources: [{ path: folder }, ...sources] }, log)
}

const overviews = 'SELECT "movieId", overview FROM metadata ORDER BY "movieId"'

test('a row finds its movie by movieId, else tmdbId, else imdbId, else title and year', async () => {
  const { database, joins } = await withTexts([
    [
      { movieId: 1, tmdbId: 603, overview: 'movieId' },
      { movieId: 77, tmdbId: 603, imdbId: 114709, overview: 'tmdbId' },
      { tmdbId: 9999, imdbId: 112682, overview: 'imdbId' },
      { title: 'SE7EN', year: 1995, overview: 'other name' },
      { title: 'I Robot', year: 2005, overview: 'a year off' },
      { title: 'I Robot', year: 2010, overview: 'six years off' },
      { title: 'Babylon 5', overview: 'no year' },
      { tmdbId: 8888, overview: 'unknown' },
    ],
  ])
  expect(await database.rows(overviews)).toEqual([
    { movieId: 1, overview: 'movieId' },
    { movieId: 2, overview: 'tmdbId' },
    { movieId: 3, overview: 'imdbId' },
    { movieId: 4, overview: 'other name' },
    { movieId: 5, overview: 'a year off' },
  ])
  expect(joins).toEqual([
    { source: joins[0].source, rows: 8, byMovieId: 1, byTmdbId: 1, byImdbId: 1, byTitle: 2, unmatched: 3 },
  ])
})

test('each field is that of the first source that has any', async () => {
  const { database } = await withTexts([
    [{ movieId: 2, overview: ' ', cast: ['Keanu Reeves'], runtime: 0, source: 'https://example.org/no-overview' }],
    [{ tmdbId: 603, overview: 'second', cast: ['someone else'], runtime: 136, source: 'https://example.org/second' }],
    [{ title: 'The Matrix', year: 1999, overview: 'third', keywords: ['hacker'] }],
  ])
  expect(await database.rows('FROM metadata')).toEqual([
    {
      ...{
        movieId: 2,
        overview: 'second',
        tagline: '',
        language: '',
        keywords: ['hacker'],
        cast: ['Keanu Reeves'],
        directors: [],
      },
      ...{ runtime: 136, poster: '', source: 'https://example.org/second' },
    },
  ])
})

test('of several rows of one source the surest counts, not the first', async () => {
  const rows = [
    { title: 'Amélie', year: 2001, overview: 'by title' },
    { tmdbId: 194, overview: 'by id' },
  ]
  const { database } = await withTexts([rows])
  expect(await database.rows(overviews)).toEqual([{ movieId: 10, overview: 'by id' }])
})

test('a title does not join where ids contradict each other', async () => {
  const { joins } = await withTexts([[{ title: 'Amélie', year: 2001, tmdbId: 555, overview: 'another film' }]])
  expect(joins[0]).toMatchObject({ byTitle: 0, unmatched: 1 })
})

test('an id that came with a title is known to the sources after it', async () => {
  // movie 12 has no links
  const { database, joins } = await withTexts([
    [{ title: 'Nobody Saw This', year: 2012, tmdbId: 4242, overview: 'text' }],
    [{ tmdbId: 4242, cast: ['Somebody'] }],
  ])
  expect(joins.map(({ byTmdbId, byTitle }) => [byTmdbId, byTitle])).toEqual([
    [0, 1],
    [1, 0],
  ])
  expect(await database.rows('SELECT "movieId", overview, "cast" FROM metadata')).toEqual([
    { movieId: 12, overview: 'text', cast: ['Somebody'] },
  ])
})

test('two movies that bear one tmdbId both get its texts', async () => {
  const links = 'movieId,imdbId,tmdbId\n1,,862\n2,,862\n'
  const { database, joins } = await withTexts([[{ tmdbId: 862, overview: 'text' }]], tinyWith({ 'links.csv': links }))
  expect(await database.rows('SELECT "movieId" FROM metadata')).toEqual([{ movieId: 1 }, { movieId: 2 }])
  expect(joins[0]).toMatchObject({ rows: 1, byTmdbId: 1, unmatched: 0 })
})

test('a row without id and title is bad, an id told twice is counted', async () => {
  const log = handlesWithLog()
  const texts = join(temporaryFolder(), 'texts.jsonl')
  const rows = [{ movieId: 1, overview: 'a' }, { movieId: 1, overview: 'a' }, { movieId: 1, overview: 'b' }, {}]
  writeFileSync(texts, rows.map((row) => JSON.stringify(row)).join('\n'))
  const sources = [{ path: ML_TINY }, { path: texts }]
  const dataset = await ingestFolder(ML_TINY, { sources, maxBadRowShare: 0.5 }, log)
  expect(dataset.sources.at(-1)!.dropped).toEqual({
    'no id and no title': 1,
    'the same row again': 1,
    'id twice': 1,
  })
  expect(log.warnings[0]).toContain('texts.jsonl:4: found "{}", expected movieId, tmdbId, imdbId or title')
})

test('join and coverage are logged', async () => {
  const log = handlesWithLog()
  await withTexts([[{ movieId: 1, overview: 'text' }, { movieId: 99 }]], ML_TINY, log)
  expect(log.infos.join('\n')).toMatch(/0\.jsonl: of 2 rows joined 1 by movieId; 1 are about no known movie/)
  // 1 of 12 movies
  expect(log.infos.join('\n')).toMatch(/texts cover: overview 8\.3 % of movies and \d+\.\d % of ratings; cast 0\.0 % /)
})

const MOVIES_METADATA =
  'adult,genres,id,imdb_id,overview,poster_path,release_date,runtime,tagline,title\n' +
  `False,"[{'id': 16, 'name': 'Animation'}]",862,tt0114709,,,1995-10-30,81.0,,Toy Story\n` +
  'False,[],603,tt0133093,,,1999-03-30,136,,The Matrix\n' +
  'False,[],5,tt0000005,,,1999-03-30,136,,Without a link\n'

test('where no source lists movies, they come from metadata through links', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'movies_metadata.csv'), MOVIES_METADATA)
  writeFileSync(join(folder, 'links.csv'), 'movieId,imdbId,tmdbId\n1,0114709,862\n7,0133093,\n8,0000008,8\n')
  writeFileSync(join(folder, 'ratings.csv'), 'userId,movieId,rating,timestamp\n1,1,4,5\n1,7,4,6\n')
  const { database } = await ingestFolder(folder)
  expect(await database.rows('FROM movies')).toEqual([
    { movieId: 1, title: 'Toy Story', year: 1995, genres: ['Animation'] },
    { movieId: 7, title: 'The Matrix', year: 1999, genres: [] },
  ])
  expect(await database.count('SELECT count(*) FROM links')).toBe(2)
})

test('metadata by the ids of TMDB alone is not enough for movies', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'movies_metadata.csv'), MOVIES_METADATA)
  writeFileSync(join(folder, 'ratings.csv'), 'userId,movieId,rating,timestamp\n1,1,4,5\n')
  expect(await refusal(folder)).toBe(
    'movies_metadata.csv: found titles by the ids of TMDB or IMDb and no links, expected links.csv to give their movieId',
  )
})

test.each([
  ['two films of one name are told apart by year', [['Sabrina', 1954]], [['Sabrina', 1995]], {}],
  ['the year before or after will do', [['Heat', 2000]], [['Heat', 2001]], { 0: 0 }],
  [
    'unless both are there',
    [['Heat', 2000]],
    [
      ['Heat', 1999],
      ['Heat', 2001],
    ],
    {},
  ],
  [
    'the same year comes first',
    [['Heat', 2000]],
    [
      ['Heat', 2001],
      ['Heat', 2000],
    ],
    { 1: 0 },
  ],
  [
    'two entries of one name and year are no match',
    [['Heat', 2000]],
    [
      ['Heat', 2000],
      ['Heat', 2000],
    ],
    {},
  ],
  [
    'two movies of one name and year are no match',
    [
      ['Heat', 2000],
      ['Heat', 2000],
    ],
    [['Heat', 2000]],
    {},
  ],
  [
    'of two movies the better agreement wins',
    [
      ['Heat', 1999],
      ['Heat', 2000],
    ],
    [['Heat', 2000]],
    { 0: 1 },
  ],
  ['nothing joins without a year', [['Heat', 0]], [['Heat', 0]], {}],
  ['names of punctuation alone are no names', [['???', 2000]], [['!!!', 2000]], {}],
] as [string, [string, number][], [string, number][], Record<number, number>][])(
  'titles: %s',
  (_, movies, entries, expected) => {
    const named = ([name, year]: [string, number]) => ({ names: [name], year })
    expect(Object.fromEntries(matchTitles(movies.map(named), entries.map(named)))).toEqual(expected)
  },
)
