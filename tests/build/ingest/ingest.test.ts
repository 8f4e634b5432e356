import { createHash } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { handlesWithLog, ingestFolder, ML_TINY, SAMPLE, tinyWith } from './workspace.ts'

const RATINGS = 'userId,movieId,rating,timestamp\n'

test('titles, years and genres are cleaned', async () => {
  const { database } = await ingestFolder(ML_TINY)
  const movies = await database.rows('SELECT title, year, genres FROM movies WHERE "movieId" IN (2, 6, 7, 8)')
  expect(movies).toEqual([
    { title: 'The Matrix', year: 1999, genres: ['Action', 'Sci-Fi', 'Thriller'] },
    { title: '"Great Performances" Cats', year: 1998, genres: ['Musical'] },
    { title: 'Babylon 5', year: 0, genres: ['Sci-Fi'] },
    { title: 'Hyena Road', year: 0, genres: [] },
  ])
})

test('links may be empty', async () => {
  const { database } = await ingestFolder(ML_TINY)
  expect(await database.rows('SELECT * FROM links WHERE "movieId" IN (1, 6)')).toEqual([
    { movieId: 1, imdbId: 114709, tmdbId: 862 },
    { movieId: 6, imdbId: 173714, tmdbId: null },
  ])
})

test('texts are read plain and gzipped, and those of unknown movies are left out without being bad', async () => {
  const folder = tinyWith({})
  writeFileSync(join(folder, 'texts.jsonl.gz'), gzipSync(readFileSync(join(ML_TINY, 'movie-text.jsonl'))))
  for (const name of ['movie-text.jsonl', 'texts.jsonl.gz']) {
    const { database, sources, joins } = await ingestFolder(folder, {
      sources: [{ path: folder }, { path: join(folder, name) }],
    })
    expect(sources.at(-1)).toMatchObject({ rowsRead: 4, rowsKept: 4, dropped: {} })
    expect(joins).toMatchObject([{ source: join(folder, name), rows: 4, byMovieId: 3, unmatched: 1 }])
    expect(await database.rows('SELECT "cast", tagline, runtime, poster FROM metadata WHERE "movieId" = 2')).toEqual([
      { cast: ['Keanu Reeves', 'Carrie-Anne Moss'], tagline: 'Free your mind', runtime: 136, poster: '' },
    ])
  }
})

test('of two ratings of a movie by one user the latest counts, on a tie the later line', async () => {
  const log = handlesWithLog()
  const rows = '1,1,4,50\n1,1,2,90\n1,1,3,70\n2,1,1,5\n2,1,5,5\n3,1,3,5\n3,1,3,5\n'
  const { database, sources } = await ingestFolder(tinyWith({ 'ratings.csv': RATINGS + rows }), {}, log)
  expect(await database.rows('SELECT "userId", rating FROM ratings')).toEqual([
    { userId: 1, rating: 2 },
    { userId: 2, rating: 5 },
    { userId: 3, rating: 3 },
  ])
  expect(sources[1].dropped).toEqual({ 'rated again': 3, 'the same row again': 1 })
  expect(log.warnings).toEqual([])
})

test('a movie listed twice in the same words counts once', async () => {
  const movies = readFileSync(join(ML_TINY, 'movies.csv'), 'utf8')
  const folder = tinyWith({ 'movies.csv': `${movies}1,Toy Story (1995),Adventure|Animation|Children|Comedy|Fantasy\n` })
  const { database, sources } = await ingestFolder(folder)
  expect(await database.count('SELECT count(*) FROM movies')).toBe(12)
  expect(sources[0].dropped).toEqual({ 'the same row again': 1 })
})

test.each([
  ['CRLF line ends', (text: string) => text.replaceAll('\n', '\r\n')],
  ['a byte order mark', (text: string) => `\ufeff${text}`],
  ['no line end at the end', (text: string) => text.trimEnd()],
  ['blank lines', (text: string) => text.replaceAll('\n', '\n\n')],
])('%s make no difference', async (_, change) => {
  const files = ['ratings.csv', 'movies.csv', 'links.csv', 'tags.csv']
  const folder = tinyWith(
    Object.fromEntries(files.map((name) => [name, change(readFileSync(join(ML_TINY, name), 'utf8'))])),
  )
  const [plain, changed] = [await ingestFolder(ML_TINY), await ingestFolder(folder)]
  for (const table of ['ratings', 'movies', 'links', 'tags'])
    expect(await changed.database.rows(`FROM ${table}`)).toEqual(await plain.database.rows(`FROM ${table}`))
})

test('sources are reported with size and SHA-256, and the input folder is left as it was', async () => {
  const folder = tinyWith({})
  const before = readdirSync(folder)
  chmodSync(folder, 0o555)
  const { sources } = await ingestFolder(folder)
  chmodSync(folder, 0o755)
  expect(readdirSync(folder)).toEqual(before)
  const bytes = readFileSync(join(ML_TINY, 'ratings.csv'))
  expect(sources.find(({ file }) => file.endsWith('ratings.csv'))).toEqual({
    file: join(folder, 'ratings.csv'),
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    rowsRead: 29,
    rowsKept: 29,
    dropped: {},
  })
})

test('an aborted ingest stops', async () => {
  const log = handlesWithLog()
  log.handles.signal = AbortSignal.abort()
  await expect(ingestFolder(ML_TINY, {}, log)).rejects.toThrow('aborted')
})

test('the bundled sample is read whole, within seconds', async () => {
  const log = handlesWithLog()
  const start = performance.now()
  const { database, sources } = await ingestFolder(
    join(SAMPLE, 'ml-latest-small'),
    { sources: [{ path: join(SAMPLE, 'ml-latest-small') }, { path: join(SAMPLE, 'movie-text.jsonl.gz') }] },
    log,
  )
  expect(performance.now() - start).toBeLessThan(5000) // 0.5 s on 2 idle cores
  expect(await database.rows('SELECT count(*) AS ratings, count(DISTINCT "userId") AS users FROM ratings')).toEqual([
    { ratings: 100_836, users: 610 },
  ])
  expect(await database.count('SELECT count(*) FROM movies')).toBe(9742)
  expect(await database.count('SELECT count(*) FROM tags')).toBe(3683)
  expect(await database.count('SELECT count(*) FROM metadata')).toBe(6335)
  expect(sources.map(({ dropped }) => dropped)).toEqual([{}, {}, {}, {}, {}])
  expect(log.warnings).toEqual([])
})
