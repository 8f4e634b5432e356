import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { DataError } from '../../../build/io/files.ts'
import type { Dataset } from '../../../build/nouns.ts'
import { makeZip } from '../../helpers/make-zip.ts'
import { ingestFolder, ML_TINY, refusal, temporaryFolder } from './workspace.ts'

type Files = Record<string, string | Uint8Array>

const rows = (name: string) => readFileSync(join(ML_TINY, name), 'utf8').trim().split('\n').slice(1)
/** ml-tiny's rows by their columns, quotes taken off */
const cells = (name: string) =>
  rows(name).map((row) =>
    [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/gu)].map(([, quoted, plain]) =>
      quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
    ),
  )
const lines = (table: string[][], delimiter: string) => table.map((row) => `${row.join(delimiter)}\n`).join('')

/** ml-tiny as the 10M data set would have it; texts in ISO 8859-1 as in 1M when asked for */
function datFiles(encoding: 'utf8' | 'latin1' = 'utf8'): Files {
  const [movies, ratings, tags] = ['movies.csv', 'ratings.csv', 'tags.csv'].map((name) => lines(cells(name), '::'))
  // an en dash is not in ISO 8859-1
  return { 'movies.dat': Buffer.from(movies!.replace('–', '-'), encoding), 'ratings.dat': ratings!, 'tags.dat': tags! }
}

const GENRES = ['unknown', 'Action', 'Comedy', 'Film-Noir']
const FILES_100K: Files = {
  'u.data': '7\t1\t5\t881250949\n7\t2\t3\t881250950\n9\t1\t4\t881250951\n',
  'u.item': Buffer.from(
    '1|Léon (1994)|01-Jan-1994||http://us.imdb.com/M/title-exact?L%E9on|0|1|0|1\n' +
      '2|Usual Suspects, The (1995)|14-Aug-1995|||0|0|1|0\n3|unknown||||1|0|0|0\n',
    'latin1',
  ),
  'u.genre': `${GENRES.map((name, index) => `${name}|${index}\n`).join('')}\n`,
}

function folderOf(files: Files): string {
  const folder = temporaryFolder()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

const tablesOf = async ({ database }: Dataset) => ({
  ratings: await database.rows('FROM ratings'),
  movies: await database.rows('FROM movies'),
  tags: await database.rows('FROM tags'),
})

describe('.dat files', () => {
  test.each(['utf8', 'latin1'] as const)('give the tables that CSV gives, their texts in %s', async (encoding) => {
    const { ratings, movies, tags } = await tablesOf(await ingestFolder(ML_TINY))
    const read = await tablesOf(await ingestFolder(folderOf(datFiles(encoding))))
    expect(read).toEqual({
      ratings,
      movies,
      tags,
    })
  })

  test('need no tags', async () => {
    const { 'tags.dat': _, ...files } = datFiles()
    const { database } = await ingestFolder(folderOf(files))
    expect(await database.count('SELECT count(*) FROM tags')).toBe(0)
  })

  test('hold titles with single colons and quotes as they are', async () => {
    const files = {
      'movies.dat': '1::Alien: "Resurrection (1997)::Sci-Fi\n2::X::Y\n',
      'ratings.dat': '1::1::4::5\n',
    }
    const { database } = await ingestFolder(folderOf(files))
    expect(await database.rows('SELECT title, year FROM movies')).toEqual([
      { title: 'Alien: "Resurrection', year: 1997 },
      { title: 'X', year: 0 },
    ])
  })
})

describe('the 100K files', () => {
  test('are read with their flags as genres, "unknown" being none', async () => {
    const { database, sources } = await ingestFolder(folderOf(FILES_100K))
    expect(await database.rows('FROM movies')).toEqual([
      { movieId: 1, title: 'Léon', year: 1994, genres: ['Action', 'Film-Noir'] },
      { movieId: 2, title: 'The Usual Suspects', year: 1995, genres: ['Comedy'] },
      { movieId: 3, title: 'unknown', year: 0, genres: [] },
    ])
    expect(await database.rows('FROM ratings LIMIT 1')).toEqual([
      { userId: 7, movieId: 1, rating: 5, timestamp: 881_250_949 },
    ])
    expect(sources.map(({ file, rowsKept }) => [basename(file), rowsKept])).toEqual([
      ['u.item', 3],
      ['u.data', 3],
    ])
  })

  test('without u.genre have the 19 genres of the published data', async () => {
    const flags = Array.from({ length: 19 }, (_, genre) => (genre === 18 || genre === 4 ? 1 : 0))
    const files = {
      'u.item': `1|Heat (1995)|||x|${flags.join('|')}\n`,
      'u.data': '1\t1\t5\t9\n',
    }
    const { database } = await ingestFolder(folderOf(files))
    expect(await database.rows('SELECT genres FROM movies')).toEqual([{ genres: ["Children's", 'Western'] }])
  })

  test.each([
    [
      'a flag that is not 0 or 1',
      { 'u.item': '1|Heat (1995)|||x|0|7|0|0\n' },
      'u.item:1: found "1|Heat (1995)|||x|0|7|0|0", expected 0 or 1 as flag1',
    ],
    [
      'a flag too few',
      { 'u.item': '1|Heat (1995)|||x|0|1|0\n' },
      'u.item:1: found "1|Heat (1995)|||x|0|1|0", expected 9 columns',
    ],
    [
      'a genre out of order',
      { 'u.genre': 'unknown|0\nAction|2\n' },
      'u.genre:2: found "Action|2", expected a genre and its number, "NAME|1"',
    ],
  ])('are refused with %s', async (_, files, message) => {
    expect(await refusal(folderOf({ ...FILES_100K, ...files }))).toContain(message)
  })
})

/** format, its ratings file, and what stands between columns */
const FORMATS = [
  ['.dat', datFiles(), 'ratings.dat', '::'],
  ['100K', FILES_100K, 'u.data', '\t'],
] as const

describe.each(FORMATS)('ratings of %s', (_, files, name, delimiter) => {
  const broken = (text: string) => folderOf({ ...files, [name]: text.replaceAll('|', delimiter) })
  const shownOf = (text: string) => JSON.stringify(text.replaceAll('|', delimiter))

  test.each([
    ['truncated in its last line', '1|1|4|5\n1|2|4', 2, '1|2|4', '4 columns'],
    ['with too many columns', '1|1|4|5\n1|2|4|5|6\n', 2, '1|2|4|5|6', '4 columns'],
    ['with text for a number', '1|1|4|5\n\n1|2|x|5\n', 3, '1|2|x|5', 'a number as rating'],
    ['with a rating of 7', '1|1|4|5\n1|2|7|5\n', 2, '1|2|7|5', 'a rating from 0.5 to 5 (data.ratingScale)'],
    ['with a rating of NaN', '1|2|NaN|5\n', 1, '1|2|NaN|5', 'a rating from 0.5 to 5 (data.ratingScale)'],
    ['with a user of 0', '0|2|3|5\n', 1, '0|2|3|5', 'userId to be a whole number above 0'],
    ['with half a movie', '1|2.5|3|5\n', 1, '1|2.5|3|5', 'movieId to be a whole number above 0'],
    ['with a time before 1970', '1|2|3|-5\n', 1, '1|2|3|-5', 'timestamp in whole seconds since 1970'],
    ['with an unknown movie', '1|77|3|5\n', 1, '1|77|3|5', 'a movieId that the movies have'],
  ])('%s are refused with line, finding and expectation', async (_case, text, line, found, expected) => {
    expect(await refusal(broken(text))).toContain(`${name}:${line}: found ${shownOf(found)}, expected ${expected}`)
  })

  test.each([
    ['empty', '', `${name}: the file is empty, expected rows`],
    ['blank', '\n\n', `${name}: found no rows, expected ratings`],
    [
      'of mixed line ends',
      '1|1|4|5\n1|2|4|5\r\n',
      `${name}:2: found a line that ends in CRLF, expected LF as in line 1`,
    ],
    [
      'of a lone carriage return',
      '1|1|4|5\n1|2|4|5\r2|2|4|5\n',
      `${name}:2: found a line that ends in CR, expected LF as in line 1`,
    ],
  ])('that are %s are refused', async (_case, text, message) => {
    expect(await refusal(broken(text))).toBe(message)
  })

  test('in UTF-16 are refused', async () => {
    const bytes = Buffer.from(`\ufeff1${delimiter}1${delimiter}4${delimiter}5\n`, 'utf16le')
    expect(await refusal(folderOf({ ...files, [name]: bytes }))).toBe(
      `${name}:1: found a UTF-16 byte order mark, expected UTF-8`,
    )
  })

  test('are read past CRLF, a byte order mark and a missing last line end', async () => {
    const text = '1|1|4|5\n2|2|3|6\n2|1|3|7'
    for (const spelled of [text, `\ufeff${text}`, text.replaceAll('\n', '\r\n')]) {
      const { database } = await ingestFolder(broken(spelled))
      expect(await database.rows('SELECT "userId", rating FROM ratings')).toEqual([
        { userId: 1, rating: 4 },
        { userId: 2, rating: 3 },
        { userId: 2, rating: 3 },
      ])
    }
  })

  test('given twice count once, the latest first', async () => {
    const { database, sources } = await ingestFolder(broken('1|1|4|5\n1|1|4|5\n1|1|2|4\n'))
    expect(await database.rows('SELECT rating FROM ratings')).toEqual([{ rating: 4 }])
    expect(sources.find(({ file }) => file.endsWith(name))?.dropped).toEqual({
      'the same row again': 1,
      'rated again': 1,
    })
  })

  test('may be gzipped, and are refused when cut off', async () => {
    const bytes = gzipSync(files[name as keyof typeof files])
    const { [name]: _, ...others } = files as Files
    const [plain, packed] = [
      await ingestFolder(folderOf(files)),
      await ingestFolder(folderOf({ ...others, [`${name}.gz`]: bytes })),
    ]
    expect(await tablesOf(packed)).toEqual(await tablesOf(plain))
    expect(packed.sources.find(({ file }) => file.endsWith(`${name}.gz`))?.sizeBytes).toBe(bytes.length)
    const cut = folderOf({ ...others, [`${name}.gz`]: bytes.subarray(0, -12) })
    expect(await refusal(cut)).toMatch(
      new RegExp(`^${name}\\.gz: found a damaged gzip stream \\(.+\\), expected a whole one$`),
    )
  })

  test('of any bytes are read or refused with a message, never wrongly', { timeout: 60_000 }, async () => {
    const token = fc.oneof(
      fc.constantFrom(
        delimiter,
        '\n',
        '\r\n',
        '\r',
        '"',
        '1',
        '2',
        '5',
        '4.5',
        '-1',
        'NaN',
        'x',
        '\ufeff',
        '\0',
        '1e9',
        ' ',
      ),
      fc.nat(9).map(String),
    )
    const rowText = fc.tuple(fc.nat(9), fc.nat(3), fc.nat(6), fc.nat(9)).map((row) => row.join(delimiter))
    const text = fc.array(fc.oneof({ weight: 3, arbitrary: rowText.map((row) => `${row}\n`) }, token), {
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          text.map((parts) => Buffer.from(parts.join(''))),
          fc.uint8Array({ maxLength: 60 }),
        ),
        async (bytes) => {
          const folder = folderOf({ ...files, [name]: bytes })
          try {
            const { database } = await ingestFolder(folder, { maxBadRowShare: 1 })
            // what was read stands in the file, as a line of these four values
            const whole = new Set(
              Buffer.from(bytes)
                .toString()
                .replace(/^\ufeff/u, '')
                .split(/\r\n|\n|\r/u)
                .map((line) => line.split(delimiter).map(Number).join()),
            )
            for (const row of await database.rows<Record<string, number>>('SELECT * FROM ratings'))
              expect(whole).toContain(Object.values(row).join())
          } catch (error) {
            if (!(error instanceof DataError)) throw error
            expect(error.message).toContain(name)
          }
        },
      ),
      { numRuns: 12, seed: 1 },
    )
  })
})

describe('an archive', () => {
  const csvNames = ['movies.csv', 'ratings.csv', 'links.csv', 'tags.csv']
  const csvFiles: Files = Object.fromEntries(csvNames.map((name) => [name, readFileSync(join(ML_TINY, name))]))

  function archiveOf(
    files: Files,
    inside = 'ml-tiny/',
    change: (bytes: Buffer) => Uint8Array = (bytes) => bytes,
  ): string {
    const file = join(temporaryFolder(), 'ml-tiny.zip')
    const entries = Object.entries(files).map(([name, content]) => ({
      path: inside + name,
      contents: Buffer.from(content as string),
    }))
    writeFileSync(file, change(makeZip(entries)))
    return file
  }

  test.each([
    ['.dat', datFiles()],
    ['100K', FILES_100K],
    ['CSV', csvFiles],
  ])('of %s files gives what the folder gives, and messages name its members', async (_, files) => {
    const file = archiveOf(files)
    const packed = await ingestFolder(file)
    expect(await tablesOf(packed)).toEqual(await tablesOf(await ingestFolder(folderOf(files))))
    expect(packed.sources.map((source) => dirname(source.file))).toEqual(packed.sources.map(() => `${file}/ml-tiny`))
  })

  test('may have its files at the top, and others beside them', async () => {
    const file = archiveOf({ ...csvFiles, 'README.txt': 'x', 'genome-scores.csv': 'x' }, '')
    const { sources } = await ingestFolder(file)
    expect(sources.map((source) => source.file)).toEqual(csvNames.map((name) => `${file}/${name}`))
  })

  test('with a bad row is refused, naming the member and its line', async () => {
    const file = archiveOf({ ...datFiles('latin1'), 'movies.dat': Buffer.from('1::Am\xe9lie::X\n0::Y::Z\n', 'latin1') })
    expect(await refusal(file)).toContain(
      'ml-tiny/movies.dat:2: found "0::Y::Z", expected movieId to be a whole number above 0',
    )
  })

  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, -30), /no end record of a zip archive/],
    ['damaged', (bytes: Buffer) => bytes.fill(0, 60, 80), /is damaged/],
  ])('that is %s is refused', async (_, change, message) => {
    expect(await refusal(archiveOf(csvFiles, '', change))).toMatch(message)
  })

  test('that is missing is named', async () => {
    const file = join(temporaryFolder(), 'ml.zip')
    expect(await refusal(file)).toBe(`${file}: no such file or folder, expected it as data.sources names it`)
  })

  test('leaves nothing behind in the temporary folder, read or refused, nor beside itself', async () => {
    const temporary = temporaryFolder()
    const good = archiveOf(datFiles('latin1'))
    const bad = archiveOf({ ...csvFiles, 'ratings.csv': 'x' })
    vi.stubEnv('TMPDIR', temporary)
    chmodSync(dirname(good), 0o555)
    const { database } = await ingestFolder(good)
    await database.close()
    await refusal(bad)
    chmodSync(dirname(good), 0o755)
    vi.unstubAllEnvs()
    expect(readdirSync(temporary)).toEqual([])
    expect(readdirSync(dirname(good))).toEqual([basename(good)])
  })
})
