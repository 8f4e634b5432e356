import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { handlesWithLog, ingestFolder, ML_TINY, refusal, temporaryFolder, tinyWith } from './workspace.ts'

const RATINGS = 'userId,movieId,rating,timestamp\n'
const MOVIES = 'movieId,title,genres\n'
const texts = readFileSync(join(ML_TINY, 'movie-text.jsonl'), 'utf8')

test('a missing folder is named', async () => {
  const folder = join(temporaryFolder(), 'absent')
  expect(await refusal(folder)).toBe(`${folder}: no such file or folder, expected it as data.sources names it`)
  expect(await refusal(folder, { sources: [{ path: folder, format: 'movielens-csv' }] })).toBe(
    `${folder}: no such folder, expected the folder with ratings.csv, movies.csv and links.csv`,
  )
})

test('a missing file is named', async () => {
  const folder = tinyWith({})
  rmSync(join(folder, 'links.csv'))
  expect(await refusal(folder)).toBe('links.csv: no such file, expected it as the config names it')
})

test('a folder in the place of a file is named', async () => {
  const folder = tinyWith({})
  rmSync(join(folder, 'links.csv'))
  mkdirSync(join(folder, 'links.csv'))
  expect(await refusal(folder)).toBe('links.csv: found a folder, expected a file')
})

test('an empty file is refused', async () => {
  expect(await refusal(tinyWith({ 'ratings.csv': '' }))).toBe('ratings.csv: the file is empty, expected rows')
})

test('a header without rows is refused for ratings', async () => {
  expect(await refusal(tinyWith({ 'ratings.csv': RATINGS }))).toBe('ratings.csv: found no rows, expected ratings')
})

test('tags may be absent, or a header without rows', async () => {
  const log = handlesWithLog()
  const folder = tinyWith({ 'tags.csv': 'userId,movieId,tag,timestamp\n' })
  const { database } = await ingestFolder(folder, {}, log)
  expect(await database.count('SELECT count(*) FROM tags')).toBe(0)
  expect(log.warnings).toEqual([`${folder}/tags.csv: no rows`])
  rmSync(join(folder, 'tags.csv'))
  const without = await ingestFolder(folder)
  expect(await without.database.count('SELECT count(*) FROM tags')).toBe(0)
})

test('another header is refused, with the columns found and expected', async () => {
  expect(await refusal(tinyWith({ 'ratings.csv': 'user,movie,rating,timestamp\n1,1,4,5\n' }))).toBe(
    'ratings.csv:1: found the columns "user,movie,rating,timestamp", expected "userId,movieId,rating,timestamp"',
  )
})

test('UTF-16 is refused', async () => {
  const bytes = Buffer.from(`\ufeff${RATINGS}1,1,4,5\n`, 'utf16le')
  expect(await refusal(tinyWith({ 'ratings.csv': bytes }))).toBe(
    'ratings.csv:1: found a UTF-16 byte order mark, expected UTF-8',
  )
})

test.each([
  ['a truncated last line', '1,1,4,5\n1,2,4', ':3: found "1,2,4", expected 4 columns'],
  ['too many columns', '1,1,4,5\n1,2,4,5,6\n', ':3: found "1,2,4,5,6", expected 4 columns'],
  ['text in a number column', '1,1,4,5\n\n1,2,good,5\n', ':4: found "1,2,good,5", expected a number as rating'],
  ['a rating of 7', '1,1,4,5\n1,2,7,5\n', ':3: found "1,2,7,5", expected a rating from 0.5 to 5 (data.ratingScale)'],
  ['a rating of NaN', '1,2,NaN,5\n', ':2: found "1,2,NaN,5", expected a rating from 0.5 to 5 (data.ratingScale)'],
  ['an empty rating', '1,2,,5\n', ':2: found "1,2,,5", expected a rating from 0.5 to 5 (data.ratingScale)'],
  ['a userId of 0', '0,2,3,5\n', ':2: found "0,2,3,5", expected userId to be a whole number above 0'],
  ['a movieId with a fraction', '1,2.5,3,5\n', ':2: found "1,2.5,3,5", expected movieId to be a whole number above 0'],
  [
    'an id beyond 31 bits',
    '4000000000,2,3,5\n',
    ':2: found "4000000000,2,3,5", expected userId to be a whole number above 0',
  ],
  ['a negative timestamp', '1,2,3,-5\n', ':2: found "1,2,3,-5", expected timestamp in whole seconds since 1970'],
  [
    'milliseconds',
    '1,2,3,964982703000\n',
    ':2: found "1,2,3,964982703000", expected timestamp in whole seconds since 1970',
  ],
  ['a movie that movies.csv lacks', '1,77,3,5\n', ':2: found "1,77,3,5", expected a movieId that the movies have'],
  [
    'a NUL byte in a number',
    '1,1,4,5\n1,2\0,3,5\n',
    String.raw`:3: found "1,2\u0000,3,5", expected a number as movieId`,
  ],
])('%s is refused with line, finding and expectation', async (_, rows, expected) => {
  expect(await refusal(tinyWith({ 'ratings.csv': RATINGS + rows }))).toContain(`ratings.csv${expected}`)
})

test('mixed line ends are refused with their line', async () => {
  expect(await refusal(tinyWith({ 'ratings.csv': `${RATINGS}1,1,4,5\n1,2,4,5\r\n` }))).toBe(
    'ratings.csv:3: found a line that ends in CRLF, expected LF as in line 1',
  )
})

test('bytes that are not UTF-8 are refused with their line', async () => {
  const bytes = Buffer.concat([
    Buffer.from(`${MOVIES}1,Toy Story (1995),Comedy\n2,Am`),
    Buffer.from([0xe9]),
    Buffer.from('lie (2001),Comedy\n'),
  ])
  expect(await refusal(tinyWith({ 'movies.csv': bytes }))).toContain(
    'movies.csv:3: found "2,Am�lie (2001),Comedy", expected text in UTF-8',
  )
})

test('a NUL byte in a title is refused', async () => {
  expect(await refusal(tinyWith({ 'movies.csv': `${MOVIES}1,Toy\0Story (1995),Comedy\n` }))).toContain(
    String.raw`movies.csv:2: found "1,Toy\u0000Story (1995),Comedy", expected text as title`,
  )
})

test('a quote that is not closed is refused even where bad rows are allowed, as it hides the rows after it', async () => {
  const movies = `${MOVIES}1,Toy Story (1995),Comedy\n2,"Matrix, The (1999),Action\n3,Other (2000),Drama\n`
  expect(await refusal(tinyWith({ 'movies.csv': movies }), { maxBadRowShare: 1 })).toMatch(
    /^movies\.csv:3: a quote that is not closed/,
  )
})

test('two titles for one movieId are refused, naming both lines', async () => {
  const movies = `${MOVIES}1,Toy Story (1995),Comedy\n2,Jumanji (1995),Adventure\n1,Heat (1995),Action\n`
  expect(await refusal(tinyWith({ 'movies.csv': movies }))).toBe(
    'movies.csv:4: found "1,Heat (1995),Action", which has the movieId of line 2, "1,Toy Story (1995),Comedy", expected each movieId once',
  )
})

test('the lines named are physical, past blank lines, quoted line ends, rejected rows and a byte order mark', async () => {
  const rows = [
    '\ufeffmovieId,title,genres', // line 1
    '1,"Toy', // 2
    'Story (1995)",Comedy', // 3
    '', // 4
    'x,Rejected (1999),Drama', // 5
    '2,"The 5"" ""Disk"" (1999)",Drama', // 6
    '4,The 3" Disk (1999),Drama', // 7
    '-3,Broken (1999),Drama', // 8
  ]
  for (const lineEnd of ['\n', '\r\n']) {
    const message = await refusal(tinyWith({ 'movies.csv': rows.join(lineEnd) }))
    expect(message.split('\n')).toEqual([
      'movies.csv: 2 of 5 rows cannot be used (40 %), expected at most 0.1 % (data.maxBadRowShare)',
      '  movies.csv:5: found "x,Rejected (1999),Drama", expected a number as movieId',
      '  movies.csv:8: found "-3,Broken (1999),Drama", expected movieId to be a whole number above 0',
    ])
  }
})

test('bad rows below the allowed share are left out, counted by reason and logged', async () => {
  const log = handlesWithLog()
  const folder = tinyWith({ 'ratings.csv': `${RATINGS}1,1,4,5\n1,2,7,5\n1,3,x,5\n1,4,8,5\n1,5,3,5\n` })
  const { sources, database } = await ingestFolder(folder, { maxBadRowShare: 0.6 }, log)
  const report = sources.find(({ file }) => file.endsWith('ratings.csv'))
  expect(report).toMatchObject({
    rowsRead: 5,
    rowsKept: 2,
    dropped: { 'rating is not a number': 1, 'rating outside the scale': 2 },
  })
  expect(await database.rows('SELECT "movieId" FROM ratings')).toEqual([{ movieId: 1 }, { movieId: 5 }])
  expect(log.warnings.join('\n').replaceAll(`${folder}/`, '')).toBe(
    [
      'ratings.csv: 1 of 5 rows left out: rating is not a number',
      '  ratings.csv:4: found "1,3,x,5", expected a number as rating',
      'ratings.csv: 2 of 5 rows left out: rating outside the scale',
      '  ratings.csv:3: found "1,2,7,5", expected a rating from 0.5 to 5 (data.ratingScale)',
      '  ratings.csv:5: found "1,4,8,5", expected a rating from 0.5 to 5 (data.ratingScale)',
    ].join('\n'),
  )
})

test('a file with no usable row is refused whatever share is allowed', async () => {
  const message = await refusal(tinyWith({ 'ratings.csv': `${RATINGS}1,1,9,5\n` }), { maxBadRowShare: 1 })
  expect(message).toContain('ratings.csv: none of the 1 rows can be used')
})

test('an invalid line of the texts is named', async () => {
  const folder = tinyWith({ 'movie-text.jsonl': texts.replace('"movieId":2,', '"movieId":') })
  const message = await refusal(folder, { sources: [{ path: folder }, { path: join(folder, 'movie-text.jsonl') }] })
  expect(message).toContain('movie-text.jsonl: 1 of 4 rows cannot be used (25 %)')
  expect(message).toMatch(/movie-text\.jsonl:2: found .*, expected one JSON object a line/)
})

test('a text of another type is named', async () => {
  const folder = tinyWith({ 'movie-text.jsonl': '{"movieId":1,"cast":"Tom Hanks"}\n' })
  expect(await refusal(folder, { sources: [{ path: folder }, { path: join(folder, 'movie-text.jsonl') }] })).toMatch(
    /movie-text\.jsonl:1: found .*, expected cast: .*array/,
  )
})

test.each([
  ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 20)],
  ['damaged', (bytes: Buffer) => bytes.fill(0, 40, 60)],
])('a gzip file that is %s is named with the line reached', async (_, spoil) => {
  const folder = tinyWith({})
  writeFileSync(join(folder, 'texts.jsonl.gz'), spoil(gzipSync(texts)))
  const message = await refusal(folder, { sources: [{ path: folder }, { path: join(folder, 'texts.jsonl.gz') }] })
  expect(message).toMatch(/^texts\.jsonl\.gz:\d+: found a damaged gzip stream \(.+\), expected a whole one$/)
})
