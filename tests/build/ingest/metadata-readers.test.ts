import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { DataConfig } from '#core/schemas/config.ts'
import { undoDoubleUtf8 } from '../../../build/ingest/text/double-utf8.ts'
import { handlesWithLog, ingestFolder, ML_TINY, refusal, temporaryFolder } from './workspace.ts'

function folderOf(files: Record<string, string | Uint8Array>): string {
  const folder = temporaryFolder()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

/** Ingest ml-tiny and a folder of metadata: its rows by movieId, and what was dropped of each file. */
async function read(files: Record<string, string | Uint8Array>, config: Partial<DataConfig> = {}) {
  const log = handlesWithLog()
  const sources = [{ path: ML_TINY }, { path: folderOf(files) }]
  const dataset = await ingestFolder(ML_TINY, { sources, maxBadRowShare: 0.9, ...config }, log)
  const metadata = await dataset.database.rows<Record<string, unknown>>('FROM metadata ORDER BY "movieId"')
  return { metadata, dropped: dataset.sources.slice(4).map(({ dropped }) => dropped), dataset, log }
}

/** The refusal of a folder of metadata beside ml-tiny. */
function refused(files: Record<string, string | Uint8Array>): Promise<string> {
  const folder = folderOf(files)
  return refusal(folder, { sources: [{ path: ML_TINY }, { path: folder }] })
}

const nothing = {
  ...{ overview: '', tagline: '', keywords: [], cast: [], directors: [], runtime: 0, language: '', poster: '' },
  source: '',
}

const MOVIES_METADATA =
  'adult,belongs_to_collection,budget,genres,homepage,id,imdb_id,original_language,original_title,overview,' +
  'popularity,poster_path,production_companies,production_countries,release_date,revenue,runtime,spoken_languages,' +
  'status,tagline,title,video,vote_average,vote_count\n'
const toyStory = (overview: string, adult = 'False') =>
  `${adult},"{'id': 10194}",30000000,"[{'id': 16, 'name': 'Animation'}]",,862,tt0114709,en,Toy Story,"${overview}",` +
  `21.9,/rhIRbceoE9lR4veEXuwCC2wARtG.jpg,[],[],1995-10-30,373554033,81.0,"[{'name': 'English'}]",Released,` +
  'A tagline,Toy Story,False,7.7,5415\n'

test('The Movies Dataset: metadata, credits and keywords come together by tmdbId', async () => {
  const crew = `[{'job': 'Director', 'name': 'John Lasseter'}, {'job': 'Writer', 'name': 'Joss Whedon'}]`
  const cast = `[{'name': 'Tim Allen', 'order': 1}, {'name': 'Tom Hanks', 'order': 0}]`
  const { metadata, dropped } = await read({
    'movies_metadata.csv': MOVIES_METADATA + toyStory('Led by Woody,\n""Andy\'s"" toys.'),
    'credits.csv': `cast,crew,id\n"${cast}","${crew}",862\n`,
    'keywords.csv': `id,keywords\n862,"[{'id': 1, 'name': ""children's book""}]"\n603,[]\n`,
  })
  expect(metadata).toEqual([
    {
      ...{ movieId: 1, overview: 'Led by Woody, "Andy\'s" toys.', tagline: 'A tagline', runtime: 81, source: '' },
      language: 'en',
      ...{ keywords: ["children's book"], cast: ['Tom Hanks', 'Tim Allen'], directors: ['John Lasseter'] },
      poster: 'https://image.tmdb.org/t/p/w342/rhIRbceoE9lR4veEXuwCC2wARtG.jpg',
    },
    { movieId: 2, ...nothing },
  ])
  expect(dropped).toEqual([{}, {}, {}])
})

test('The Movies Dataset: a record torn in two is named by its lines, both halves', async () => {
  const torn = toyStory('text').replace('"text"', '"text"\n - Written by someone')
  const shifted = toyStory('text', ' - Written by Ørnås').replace(',862,', ',1997-08-20,')
  const { metadata, dropped, log } = await read({
    'movies_metadata.csv': MOVIES_METADATA + torn + shifted + toyStory('a\nb', 'FALSE'),
  })
  expect(dropped).toEqual([{ 'too few columns': 2, 'columns are shifted': 1 }])
  expect(log.warnings.join('\n')).toMatch(/movies_metadata\.csv:2: found "False.*", expected 24 columns/)
  expect(log.warnings.join('\n')).toMatch(/movies_metadata\.csv:3: found "- Written.*", expected 24 columns/)
  expect(log.warnings.join('\n')).toMatch(/movies_metadata\.csv:4: found .*, expected True or False as adult/)
  expect(metadata[0]).toMatchObject({ movieId: 1, overview: 'a b' })
})

test('The Movies Dataset: an id that is a date is no id', async () => {
  const row = toyStory('text').replace(',862,', ',1997-08-20,')
  const { dropped, log } = await read({ 'movies_metadata.csv': MOVIES_METADATA + row + toyStory('text') })
  expect(dropped).toEqual([{ 'id is not an id': 1 }])
  expect(log.warnings[0]).toMatch(/movies_metadata\.csv:2: found .*, expected a whole number above 0 as id/)
})

test('The Movies Dataset: of an id told twice the first counts', async () => {
  const { metadata, dropped } = await read({
    'movies_metadata.csv': MOVIES_METADATA + toyStory('first') + toyStory('first', 'FALSE') + toyStory('second'),
  })
  expect(dropped).toEqual([{ 'the same row again': 1, 'id twice': 1 }])
  expect(metadata[0]).toMatchObject({ overview: 'first' })
})

test('The Movies Dataset: a list that is none is named, and nothing is evaluated', async () => {
  const { dropped, log } = await read({
    'keywords.csv': `id,keywords\n862,__import__('os')\n603,"[{'id': 1}]"\n194,"[{'id': 1, 'name': 'love'}]"\n`,
  })
  expect(dropped).toEqual([{ 'keywords is not a list': 2 }])
  expect(log.warnings[0]).toContain(
    'keywords.csv:2: found "862,__import__(\'os\')", expected a Python list of names as keywords ' +
      '(found "__import__(\'os\')" at character 0, expected a value)',
  )
  expect(log.warnings[0]).toContain('(expected a name in every entry of the list)')
})

test('The Movies Dataset: a cast is cut at 20, in the order of billing', async () => {
  const cast = Array.from({ length: 30 }, (_, order) => `{'name': 'Actor ${order}', 'order': ${order}}`).reverse()
  const { metadata } = await read({ 'credits.csv': `cast,crew,id\n"[${cast.join(', ')}]",[],862\n` })
  expect(metadata[0].cast).toEqual(Array.from({ length: 20 }, (_, order) => `Actor ${order}`))
})

test('TMDB 5000: lists in JSON, movies and credits', async () => {
  const movies =
    'budget,genres,homepage,id,keywords,original_language,original_title,overview,popularity,production_companies,' +
    'production_countries,release_date,revenue,runtime,spoken_languages,status,tagline,title,vote_average,vote_count\n' +
    '1,"[{""id"": 28, ""name"": ""Action""}]",,603,"[{""id"": 1, ""name"": ""saving the world""}]",en,The Matrix,Text,1,[],[],' +
    '1999-03-30,1,136.0,[],Released,Free your mind,The Matrix,7.9,8907\n'
  const credits =
    'movie_id,title,cast,crew\n' +
    '603,The Matrix,"[{""name"": ""Keanu Reeves"", ""order"": 0}]","[{""job"": ""Director"", ""name"": ""Lana Wachowski""}]"\n' +
    '862,Toy Story,[oops],[]\n'
  const { metadata, dropped } = await read({ 'tmdb_5000_movies.csv': movies, 'tmdb_5000_credits.csv': credits })
  expect(metadata).toEqual([
    {
      ...{ ...nothing, movieId: 2, overview: 'Text', tagline: 'Free your mind', runtime: 136, language: 'en' },
      ...{ keywords: ['saving the world'], cast: ['Keanu Reeves'], directors: ['Lana Wachowski'] },
    },
  ])
  expect(dropped).toEqual([{}, { 'cast is not a list': 1 }])
})

test('TMDB with lists between |: known by its header, whatever the file is called', async () => {
  const header =
    'id,imdb_id,original_title,cast,director,tagline,keywords,overview,runtime,genres,release_date,release_year\n'
  const { metadata, dropped } = await read({
    'any name.csv':
      `${header}603,tt0133093,The Matrix,Keanu Reeves|Carrie-Anne Moss,Lana|Lilly,,hacker||hacker,Text,136,Action,3/30/99,1999\n` +
      'x,,,,,,,,,,,\n',
  })
  expect(metadata).toEqual([
    {
      ...{ ...nothing, movieId: 2, overview: 'Text', runtime: 136, keywords: ['hacker'] },
      ...{ cast: ['Keanu Reeves', 'Carrie-Anne Moss'], directors: ['Lana', 'Lilly'] },
    },
  ])
  expect(dropped).toEqual([{ 'id is not an id': 1 }])
})

test.each([
  ['GonzÃ¡lez IÃ±Ã¡rritu', 'González Iñárritu'],
  ['Bondâ€™s past', 'Bond’s past'],
  ['González', 'González'],
  ['Amélie – 天', 'Amélie – 天'],
  ['plain', 'plain'],
])('UTF-8 encoded twice is undone: %s is %s', (text, expected) => {
  expect(undoDoubleUtf8(text)).toBe(expected)
})

test('OMDb: by movieId, N/A is nothing', async () => {
  const rows =
    'movieId,title,year,plot,director,cast,runtime\n2,The Matrix,1999,N/A,"Lana, Lilly","Keanu Reeves, Moss",136 min\n' +
    '1,Toy Story,1995,Text,N/A,N/A,N/A\n'
  const { metadata } = await read({ 'omdb.csv': rows })
  expect(metadata).toEqual([
    { ...nothing, movieId: 1, overview: 'Text' },
    { ...nothing, movieId: 2, directors: ['Lana', 'Lilly'], cast: ['Keanu Reeves', 'Moss'], runtime: 136 },
  ])
})

const article = (title: string, year: number, href: string, extract: string) =>
  JSON.stringify({ title, year, cast: ['Somebody Known'], genres: ['Drama'], href, extract }, null, 2)

test('Wikipedia: decades are one table, joined by title and year, each article once', async () => {
  const matrix = article('The Matrix', 2000, 'The_Matrix', 'The Matrix is a 1999 film.')
  const { metadata, dropped, dataset, log } = await read({
    'movies-1990s.json': `[\n${article('Amelie', 1999, 'Other', 'Another film.')},\n{ "title": 7 }\n]`,
    'movies-2000s.json': `[${article('Amelie', 2001, 'Amélie', 'Amélie is a 2001 film.')}, ${matrix}, ${matrix}, {oops}]\n`,
  })
  expect(metadata.map(({ movieId, overview, source }) => [movieId, overview, source])).toEqual([
    [2, 'The Matrix is a 1999 film.', 'https://en.wikipedia.org/wiki/The_Matrix'],
    [10, 'Amélie is a 2001 film.', 'https://en.wikipedia.org/wiki/Amélie'],
  ])
  expect(dataset.sources.slice(4)).toHaveLength(1)
  expect(dropped).toEqual([{ 'title unusable': 1, 'the same article again': 1, 'invalid JSON': 1 }])
  expect(log.warnings.join('\n')).toMatch(/movies-1990s\.json:14: found "\{ \\"title\\": 7 \}", expected title: /)
})

test.each([
  ['[{"title": "cut', 'movies-1990s.json:1: found the end of the file, expected ] to close the array whose last'],
  ['{"title": "no list"}', 'movies-1990s.json:1: found "{\\"title\\": \\"no list\\"}", expected a JSON array'],
  ['[]\nmore', 'movies-1990s.json:2: found "more", expected nothing behind the array'],
])('Wikipedia: %s is refused', async (text, message) => {
  expect(await refused({ 'movies-1990s.json': text })).toContain(message)
})

const BASICS =
  'tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n' +
  'tt0114709\tmovie\tToy "Story\tToy Story\t0\t1995\t\\N\t81\tAdventure,Animation\n' +
  'tt0000001\tshort\tCarmencita\tCarmencita\t0\t1894\t\\N\t1\t\\N\n' +
  'tt0133093\tmovie\tThe Matrix\tThe Matrix\t0\t1999\t\\N\t\\N\tAction\n'
const NAMES =
  'nconst\tprimaryName\tbirthYear\tdeathYear\tprimaryProfession\tknownForTitles\n' +
  'nm1\tTom Hanks\t\\N\t\\N\t\\N\t\\N\nnm2\tJohn Lasseter\t\\N\t\\N\t\\N\t\\N\nnm3\tTim Allen\t\\N\t\\N\t\\N\t\\N\n'
const IMDB = {
  'title.basics.tsv': BASICS,
  'title.crew.tsv': 'tconst\tdirectors\twriters\ntt0114709\tnm2,nm9\t\\N\ntt0133093\t\\N\t\\N\n',
  'title.principals.tsv':
    'tconst\tordering\tnconst\tcategory\tjob\tcharacters\n' +
    'tt0114709\t2\tnm3\tactor\t\\N\t["Buzz"]\ntt0114709\t1\tnm1\tactor\t\\N\t["Woody"]\n' +
    'tt0114709\t3\tnm2\tdirector\t\\N\t\\N\ntt0000001\t1\tnm1\tself\t\\N\t\\N\n',
  'name.basics.tsv': NAMES,
}

test.each(['plain', 'gzipped'])('IMDb: only titles that links name are kept, %s', async (how) => {
  const files = Object.entries(IMDB).map(([name, text]) =>
    how === 'plain' ? [name, text] : [`${name}.gz`, gzipSync(text)],
  )
  const { metadata, dropped, dataset } = await read(Object.fromEntries(files))
  expect(metadata).toEqual([
    { ...nothing, movieId: 1, runtime: 81, cast: ['Tom Hanks', 'Tim Allen'], directors: ['John Lasseter'] },
    { ...nothing, movieId: 2 },
  ])
  expect(dataset.joins.map(({ byImdbId, unmatched }) => [byImdbId, unmatched])).toEqual([
    [2, 0],
    [1, 0],
    [1, 0],
  ])
  expect(dropped).toEqual([
    { 'a title that no link names': 1 },
    { 'nobody of interest, or one row with others of its title': 1 },
    { 'a title that no link names': 1, 'nobody of interest, or one row with others of its title': 2 },
  ])
})

test('IMDb: a line of another width is named', async () => {
  const { dropped, log } = await read({ 'title.basics.tsv': `${BASICS}tt0112682\tmovie\n` })
  expect(dropped).toEqual([{ 'a title that no link names': 1, 'another number of columns': 1 }])
  expect(log.warnings[0]).toContain('title.basics.tsv:5: found "tt0112682\\tmovie", expected 9 columns between tabs')
})

test('IMDb: without links before it the folder is refused', async () => {
  const folder = folderOf(IMDB)
  expect(await refusal(folder)).toContain('found no links to IMDb in the sources before it')
})

test('IMDb: a damaged gzip stream is refused', async () => {
  expect(await refused({ 'title.basics.tsv.gz': gzipSync(BASICS).subarray(0, 60) })).toMatch(
    /^title\.basics\.tsv\.gz: found a damaged gzip stream \(.+\), expected a whole one$/,
  )
})

test.each([
  ['a missing column', 'id,words\n1,[]\n', ':1: found the columns "id,words", expected id,keywords among them'],
  ['a column twice', 'id,keywords,id\n1,[],1\n', ':1: found the column "id" twice, expected it once'],
  ['UTF-16', Buffer.from('\ufeffid,keywords\n', 'utf16le'), ':1: found a UTF-16 byte order mark, expected UTF-8'],
  [
    'an open quote',
    'id,keywords\n862,[]\n603,"[\n',
    ':3: a quote that is not closed: found "603,\\"[", expected quotes',
  ],
  [
    'text behind a quote',
    'id,keywords\n862,"[]"x\n',
    ':2: found "862,\\"[]\\"x", expected quotes inside a column doubled',
  ],
  [
    'bytes that are no text',
    Buffer.from('id,keywords\n862,\xff\n', 'latin1'),
    ':2: found "862,�", expected text in UTF-8',
  ],
  ['nothing but a header', 'id,keywords\n', undefined],
])('CSV: %s', async (_, text, message) => {
  if (message === undefined) expect((await read({ 'keywords.csv': text })).metadata).toEqual([])
  else expect(await refused({ 'keywords.csv': text })).toContain(`keywords.csv${message}`)
})
