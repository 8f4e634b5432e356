import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type * as z from 'zod'
import { DataConfig, SplitConfig } from '#core/schemas/config.ts'
import { type Dataset, PART, type Prepared, type Statistics } from '../../../build/nouns.ts'
import { prepare } from '../../../build/prepare/index.ts'
import { columnsOf, TABLES, type TableName } from '../../../build/prepare/schema.ts'
import { handlesWithLog, ingestFolder, ML_TINY, SAMPLE, temporaryFolder } from '../ingest/workspace.ts'

const tiny = () => ingestFolder(ML_TINY, { sources: [{ path: ML_TINY }, { path: join(ML_TINY, 'movie-text.jsonl') }] })

async function prepareIn(
  outputDir: string,
  dataset: Dataset,
  data: Partial<DataConfig> = {},
  split: z.input<typeof SplitConfig> = {},
  log = handlesWithLog(),
): Promise<Prepared & { statistics: Statistics }> {
  return prepare(
    dataset,
    {
      data: DataConfig.parse({ minRatingsPerUser: 1, minRatingsPerMovie: 1, ...data }),
      split: SplitConfig.parse(split),
      seed: 1,
      outputDir,
    },
    log.handles,
  )
}

const prepareTiny = async (data = {}, split = {}) =>
  prepareIn(join(temporaryFolder(), 'tables'), await tiny(), data, split)

test('the catalogue has every movie, also those that nobody rated', async () => {
  const { catalog } = await prepareTiny()
  expect([...catalog.movieIds]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  expect(catalog.titles[1]).toBe('The Matrix')
  expect([...catalog.years.slice(5, 8)]).toEqual([1998, 0, 0])
  expect([...catalog.tmdbIds.slice(4, 6)]).toEqual([2048, 0])
  expect(catalog.runtimes[1]).toBe(136)
  expect(catalog.texts[11]).toEqual({
    overview: '',
    tagline: '',
    keywords: [],
    cast: [],
    directors: [],
    poster: '',
    source: '',
  })
})

test('original languages are there where a source tells them, in lower case, and nothing else is one', async () => {
  expect((await prepareTiny()).catalog.languages).toBeUndefined()
  const file = join(temporaryFolder(), 'languages.jsonl')
  writeFileSync(
    file,
    '{"movieId":1,"language":"EN"}\n{"movieId":2,"language":"English"}\n{"movieId":3,"language":"vi"}\n',
  )
  const dataset = await ingestFolder(ML_TINY, { sources: [{ path: ML_TINY }, { path: file }] })
  const { catalog } = await prepareIn(join(temporaryFolder(), 'tables'), dataset)
  expect(catalog.languages?.slice(0, 4)).toEqual(['en', '', 'vi', ''])
})

test('a tag becomes a keyword when enough different users gave it, whatever its spelling', async () => {
  const { catalog } = await prepareTiny({ minTags: 3 })
  expect(catalog.texts[1].keywords).toEqual(['science fiction', 'cyberpunk']) // also a tag of three users: once
  expect(catalog.texts[9].keywords).toEqual(['romance', 'paris'])
  expect(catalog.texts[0].keywords).toEqual(['animated', 'comedy']) // "pixar" by two users, four times
})

test('interactions are rows by user, in the order of time', async () => {
  const { catalog, interactions } = await prepareTiny()
  expect([...interactions.userIds]).toEqual([1, 2, 3, 4, 5, 6])
  expect([...interactions.indptr]).toEqual([0, 7, 12, 17, 22, 27, 29])
  const moviesOf = (user: number) =>
    [...interactions.itemIndices.subarray(...interactions.indptr.subarray(user, user + 2))].map(
      (item) => catalog.movieIds[item],
    )
  expect(moviesOf(0)).toEqual([1, 2, 3, 4, 5, 10, 9])
  expect(moviesOf(2)).toEqual([2, 4, 5, 7, 1])
  expect([...interactions.ratings.subarray(12, 17)]).toEqual([5, 4.5, 4, 3, 3])
  expect(interactions.timestamps[12]).toBe(1_000_003_000)
})

test('ratings of one time stay in the order of the source', async () => {
  const folder = temporaryFolder()
  writeFileSync(
    join(folder, 'log.csv'),
    'userId,itemId,rating,timestamp\n1,30,5,7\n2,20,5,9\n1,10,5,7\n1,20,5,7\n1,40,5,6\n',
  )
  const sources = [{ path: join(folder, 'log.csv'), format: 'interactions' as const }]
  const dataset = await ingestFolder(folder, { sources })
  const { catalog, interactions } = await prepareIn(join(folder, 'tables'), dataset)
  const movies = [...interactions.itemIndices].map((item) => catalog.movieIds[item])
  expect(movies).toEqual([40, 30, 10, 20, 20]) // movie 40 at 6, then the three at 7 as they stand; user 2
})

test('ratings that fail the filters stay as history', async () => {
  // at least 3 a movie: 6, 7, 8, 9 and 11 go; then at least 3 a user: only user 6 has fewer
  const { interactions, summary } = await prepareTiny({ minRatingsPerUser: 3, minRatingsPerMovie: 3 })
  expect([...interactions.parts.subarray(27)]).toEqual([PART.historyOnly, PART.historyOnly])
  expect(summary).toMatchObject({ users: 6, movies: 12, ratings: 29, usedRatings: 21, usedUsers: 5, usedMovies: 6 })
  expect(summary.parts.train + summary.parts.validation + summary.parts.test).toBe(21)
})

test('the summary says how far texts reach, and from when to when ratings are', async () => {
  const log = handlesWithLog()
  const { summary } = await prepareIn(join(temporaryFolder(), 'tables'), await tiny(), {}, {}, log)
  expect(summary.coverage).toEqual({ overview: 3, cast: 3, directors: 3, keywords: 3 })
  expect([summary.firstRating, summary.lastRating]).toEqual(['2001-09-09', '2001-09-09'])
  // 6 + 4 + 4 of 29 ratings
  expect(log.infos).toContain('overview: 3 of 12 movies (25.0 %), with 48.3 % of the ratings')
})

type Row = Record<string, unknown>

/** Prepare ml-tiny; gives what was prepared, and how to read a table of it. */
async function written(data: Partial<DataConfig> = {}, split: z.input<typeof SplitConfig> = {}) {
  const outputDir = join(temporaryFolder(), 'tables')
  const dataset = await tiny()
  const prepared = await prepareIn(outputDir, dataset, data, split)
  const read = (name: TableName) => dataset.database.rows<Row>(`FROM '${outputDir}/${name}.parquet'`)
  return { ...prepared, dataset, outputDir, read }
}

test('titles in other languages go with their movies, those of a language as they are preferred', async () => {
  expect((await prepareTiny()).catalog.localTitles).toBeUndefined()
  const file = join(temporaryFolder(), 'titles.tsv')
  writeFileSync(
    file,
    'movieId\tlanguage\tlocalTitle\n9\tvi\tNgười tình\n2\tvi\tMa trận\n2\tfr\tMatrice\n2\tvi\tThế giới ảo\n',
  )
  const config = { sources: [{ path: ML_TINY }, { path: file }], titleLanguages: ['vi-VN', 'fr'] }
  const outputDir = join(temporaryFolder(), 'tables')
  const { catalog, tables } = await prepareIn(outputDir, await ingestFolder(ML_TINY, config))
  expect(catalog.localTitles).toEqual([
    { itemIndex: 1, language: 'fr', title: 'Matrice' },
    { itemIndex: 1, language: 'vi', title: 'Ma trận' },
    { itemIndex: 1, language: 'vi', title: 'Thế giới ảo' },
    { itemIndex: 8, language: 'vi', title: 'Người tình' },
  ])
  expect(tables.find(({ name }) => name === 'movies_local_titles')).toMatchObject({ rows: 4 })
})

test('the tables are written as Parquet, a part with each rating', async () => {
  const { tables, interactions, outputDir, read } = await written()
  expect(tables.map(({ name, rows }) => [name, rows])).toEqual([
    ['ratings', 29],
    ['interactions', 29],
    ['movies', 12],
    ['movies_metadata', 3],
    ['movies_local_titles', 0],
    ['movies_cast_crew', 9],
    ['user_features', 6],
    ['movie_features', 12],
    ['user_ids', 0],
    ['item_ids', 0],
  ])
  expect((await read('ratings')).map(({ part }) => part)).toEqual([...interactions.parts])
  expect((await read('ratings'))[0]).toEqual({
    userId: 1,
    movieId: 1,
    rating: 5,
    timestamp: 1_000_001_000,
    part: PART.train,
  })
  expect((await read('movies_cast_crew')).slice(3, 7)).toEqual([
    { movieId: 2, role: 'cast', position: 0, name: 'Keanu Reeves' },
    { movieId: 2, role: 'cast', position: 1, name: 'Carrie-Anne Moss' },
    { movieId: 2, role: 'director', position: 0, name: 'Lana Wachowski' },
    { movieId: 2, role: 'director', position: 1, name: 'Lilly Wachowski' },
  ])
  expect(readdirSync(join(outputDir, '..'))).toEqual(['tables'])
})

test('every table has the columns of the schema, in its order and types', async () => {
  const { dataset, outputDir, statistics } = await written()
  for (const name of Object.keys(TABLES) as TableName[]) {
    const described = await dataset.database.rows<{ column_name: string; column_type: string }>(
      `DESCRIBE FROM '${outputDir}/${name}.parquet'`,
    )
    const columns = described.map(({ column_name, column_type }) => [column_name, column_type])
    expect(columns, name).toEqual(Object.entries(columnsOf(name)))
    expect(statistics.tables.find((table) => table.name === name)!.columns).toEqual(columnsOf(name))
  }
})

test('users are described by their train ratings', async () => {
  const { read, interactions } = await written()
  const [first, , , , , last] = await read('user_features')
  // user 1: of 7 ratings in time order 5, 4, 4.5, 3, 2, 4.5, 3.5 the first 5 are train
  expect([...interactions.parts.subarray(0, 7)]).toEqual([1, 1, 1, 1, 1, 2, 3])
  expect(first).toMatchObject({ userId: 1, ratings: 5, ratingRange: 3, ratingsPerActiveDay: 5 })
  expect(first.meanRating).toBeCloseTo(3.7, 5)
  expect(first.topGenres).toEqual(['Action', 'Adventure', 'Fantasy']) // 2 each with Sci-Fi and Thriller, by name
  expect(last).toMatchObject({ userId: 6, ratings: 2, meanRating: 3.5 })
})

test('movies are described by their train ratings, and by what is known before anyone rates them', async () => {
  const { read, statistics } = await written()
  const [toyStory, matrix, ...others] = await read('movie_features')
  expect(toyStory.year).toBe(1995)
  expect(statistics.genres.slice(0, 3)).toEqual(['Action', 'Adventure', 'Animation'])
  expect((matrix.genreVector as number[]).flatMap((is, at) => (is ? [statistics.genres[at]] : []))).toEqual([
    'Action',
    'Sci-Fi',
    'Thriller',
  ])
  const unrated = others.at(-1)!
  expect(unrated).toMatchObject({ movieId: 12, ratings: 0, logPopularity: 0, meanRating: null, stdRating: null })
  expect(unrated).toMatchObject({ volumeTrend: null, ratingTrend: null })
})

test('interactions tell when a rating was given, and what it is for its user', async () => {
  const { read } = await written()
  // 1 000 001 000 is Sunday 2001-09-09 02:03:20 UTC; user 1: mean 3.7, std sqrt((1.69 + .09 + .64 + .49 + 2.89) / 5)
  const [first] = await read('interactions')
  expect(first).toMatchObject({ userId: 1, movieId: 1, rating: 5, dayOfWeek: 7, hour: 2, part: PART.train })
  expect(first.zRating).toBeCloseTo(1.3 / Math.sqrt(5.8 / 5), 5)
})

test('statistics.json stands beside the tables', async () => {
  const { statistics, outputDir } = await written({ minRatingsPerUser: 3, minRatingsPerMovie: 3 })
  expect(JSON.parse(readFileSync(join(outputDir, 'statistics.json'), 'utf8'))).toEqual(statistics)
  expect(statistics.sources.map(({ rowsRead }) => rowsRead)).toContain(29)
  expect(statistics.filters).toEqual({
    ...{ minRatingsPerUser: 3, minRatingsPerMovie: 3, minTags: 3 },
    ...{ until: 'fixedPoint', applied: true, leftOut: 8 },
  })
  expect(statistics.counts).toMatchObject({ ratings: 29, usedRatings: 21, usedUsers: 5, usedMovies: 6 })
  expect(statistics.density).toBe(21 / (5 * 6))
  expect(statistics.ratingHistogram.slice(0, 3)).toEqual([
    { rating: 0.5, ratings: 1 },
    { rating: 1, ratings: 1 },
    { rating: 2, ratings: 2 },
  ])
  expect(statistics.split.parts.historyOnly.ratings).toBe(8)
  expect(statistics.split.parts.test).toMatchObject({ ratings: 5, users: 5 })
})

test('filters looked at once keep what the fixed point goes on to leave out', async () => {
  // movies 1 to 5 and 10 have 3 ratings; of these users 4 and 6 have fewer than 4, and go: 18 are left
  // then movies 3 and 10 have 2, so user 5 has 2 of his 4: 12 are left, movies 1, 2, 4, 5 of users 1, 2, 3
  const limits = { minRatingsPerUser: 4, minRatingsPerMovie: 3 }
  for (const [filterUntil, usedRatings] of [
    ['once', 18],
    ['fixedPoint', 12],
  ] as const) {
    const { statistics } = await written({ ...limits, filterUntil })
    expect(statistics).toMatchObject({ filters: { until: filterUntil }, counts: { usedRatings } })
  }
})

test('a given split takes the place of the filters', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'test.tsv'), '6\t10\n1\t9\n')
  const { statistics } = await written(
    { minRatingsPerUser: 50 },
    { strategy: 'given', given: { test: join(folder, 'test.tsv') } },
  )
  expect(statistics.filters).toMatchObject({ applied: false, leftOut: 0 })
  expect(statistics.split.parts).toMatchObject({
    train: { ratings: 24 },
    validation: { ratings: 3 },
    test: { ratings: 2 },
  })
  expect(statistics.split.files).toMatchObject([{ rowsRead: 2, rowsKept: 2, dropped: {} }])
})

test('held-out users tell part of their ratings, and are described by it', async () => {
  const { interactions, read } = await written(
    {},
    { strategy: 'strongGeneralization', train: 0.5, validation: 0.25, test: 0.25, foldIn: 0.6 },
  )
  const heldOut = (await read('interactions')).filter(({ part }) => part === PART.foldIn).map(({ userId }) => userId)
  expect(new Set(heldOut).size).toBe(4)
  const trained = (await read('interactions')).filter(({ part }) => part === PART.train).map(({ userId }) => userId)
  expect(trained.some((userId) => heldOut.includes(userId))).toBe(false)
  const features = await read('user_features')
  for (const userId of heldOut)
    expect(features.find((row) => row.userId === userId)!.ratings).toBe(heldOut.filter((id) => id === userId).length)
  const perMovie = (await read('movie_features')).reduce((sum, { ratings }) => sum + (ratings as number), 0)
  expect(perMovie).toBe(interactions.parts.filter((part) => part === PART.train).length)
})

test('a folder with other files is not replaced', async () => {
  const outputDir = temporaryFolder()
  writeFileSync(join(outputDir, 'thesis.docx'), 'years of work')
  await expect(prepareIn(outputDir, await tiny())).rejects.toThrow(
    `${outputDir}: found thesis.docx there, expected a new folder or one with nothing but earlier tables`,
  )
  expect(readdirSync(outputDir)).toEqual(['thesis.docx'])
})

test('an interrupted prepare leaves the earlier tables', async () => {
  const outputDir = join(temporaryFolder(), 'tables')
  mkdirSync(outputDir)
  writeFileSync(join(outputDir, 'ratings.parquet'), 'earlier')
  const dataset = await tiny()
  vi.spyOn(dataset.database, 'writeParquet').mockRejectedValue(new Error('the disk is full'))
  await expect(prepareIn(outputDir, dataset)).rejects.toThrow('the disk is full')
  expect(readFileSync(join(outputDir, 'ratings.parquet'), 'utf8')).toBe('earlier')
  expect(readdirSync(join(outputDir, '..'))).toEqual(['tables'])
})

test('Ctrl-C between two tables leaves the earlier tables', async () => {
  const outputDir = join(temporaryFolder(), 'tables')
  const dataset = await tiny()
  await prepareIn(outputDir, dataset)
  const before = readFileSync(join(outputDir, 'statistics.json'), 'utf8')
  const log = handlesWithLog()
  const interrupt = new AbortController()
  const writeParquet = dataset.database.writeParquet.bind(dataset.database)
  vi.spyOn(dataset.database, 'writeParquet').mockImplementation((...query) => {
    interrupt.abort()
    return writeParquet(...query)
  })
  const handles = { ...log.handles, signal: interrupt.signal }
  await expect(prepareIn(outputDir, dataset, { minTags: 1 }, {}, { ...log, handles })).rejects.toThrow('aborted')
  expect(readFileSync(join(outputDir, 'statistics.json'), 'utf8')).toBe(before)
  expect(readdirSync(join(outputDir, '..'))).toEqual(['tables'])
})

test('tables that stepped aside when the process was killed come back, and its rest goes', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, '.tables.prepare-previous'))
  writeFileSync(join(folder, '.tables.prepare-previous', 'ratings.parquet'), 'earlier')
  mkdirSync(join(folder, '.tables.prepare-unfinished'))
  const dataset = await tiny()
  vi.spyOn(dataset.database, 'writeParquet').mockRejectedValue(new Error('the disk is full'))
  await expect(prepareIn(join(folder, 'tables'), dataset)).rejects.toThrow('the disk is full')
  expect(readdirSync(folder)).toEqual(['tables'])
  expect(readFileSync(join(folder, 'tables', 'ratings.parquet'), 'utf8')).toBe('earlier')
})

test.each([
  [{ minRatingsPerMovie: 500 }, 'no rating is left: minRatingsPerMovie is 500, the most-rated movie has 6'],
  [{ minRatingsPerUser: 50 }, 'no rating is left: minRatingsPerUser is 50, the busiest user has 7'],
  [
    { minRatingsPerUser: 7, minRatingsPerMovie: 2 },
    'no rating is left, as each filter takes from what the other needs: ' +
      'minRatingsPerMovie is 2, the most-rated movie has 6; minRatingsPerUser is 7, the busiest user has 7',
  ],
])('filters that leave nothing are named with the largest count there is: %o', async (data, message) => {
  await expect(prepareTiny(data)).rejects.toThrow(expect.objectContaining({ name: 'DataError', message }))
})

test('the sample is prepared within seconds, and to the same bytes twice', async () => {
  const folder = temporaryFolder()
  const sources = [{ path: join(SAMPLE, 'ml-latest-small') }, { path: join(SAMPLE, 'movie-text.jsonl.gz') }]
  const defaults = { minRatingsPerUser: 5, minRatingsPerMovie: 5 }
  const results = []
  for (const name of ['first', 'second']) {
    const dataset = await ingestFolder(SAMPLE, { sources })
    const start = performance.now()
    results.push(await prepareIn(join(folder, name), dataset, defaults))
    expect(performance.now() - start).toBeLessThan(5000) // 0.6 s on 2 idle cores
  }
  const [first, second] = results
  expect(first.summary).toMatchObject({ users: 610, movies: 9742, ratings: 100_836 })
  expect(first.summary.usedRatings).toBe(90_274)
  expect(second.interactions).toEqual(first.interactions)
  const files = readdirSync(join(folder, 'first'))
  expect(files).toHaveLength(first.tables.length + 1)
  for (const name of files)
    expect(readFileSync(join(folder, 'second', name)).equals(readFileSync(join(folder, 'first', name))), name).toBe(
      true,
    )
})
