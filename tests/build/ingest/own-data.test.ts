import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type * as z from 'zod'
import type { SourceConfig } from '#core/schemas/config.ts'
import { Database } from '../../../build/io/database.ts'
import { DataError } from '../../../build/io/files.ts'
import type { Dataset } from '../../../build/nouns.ts'
import { handlesWithLog, ingestFolder, type Logged, ML_TINY, refusal, temporaryFolder } from './workspace.ts'

type Source = Omit<z.input<typeof SourceConfig>, 'path'>

const PLAYS = 'user,song,at\nann,s-2,2024-05-01 10:00:00\nann,s-1,2024-05-02T11:30:00Z\nbob,s-2,2024-05-03\n'
const PLAYS_SOURCE = {
  format: 'interactions',
  columns: { userId: 'user', itemId: 'song', rating: null, timestamp: 'at' },
} as const
const SONGS = 'song;name;styles;length;singers\ns-1;Blue;jazz/soul;3;Nina/Etta\ns-2;Red (Take 2);;4.4;\n'
const SONGS_SOURCE = {
  format: 'items',
  columns: { itemId: 'song', title: 'name', genres: 'styles', runtime: 'length', cast: 'singers' },
  separator: '/',
} as const

/** Ingest files written to a temporary folder, each a source. */
function ingestFiles(
  files: [name: string, content: string | Uint8Array, source: Source][],
  log?: Logged,
): Promise<Dataset> {
  return ingestFolder('', { sources: sourcesOf(temporaryFolder(), files) }, log)
}

function sourcesOf(folder: string, files: [name: string, content: string | Uint8Array, source: Source][]) {
  return files.map(([name, content, source]) => {
    writeFileSync(join(folder, name), content)
    return { path: join(folder, name), ...source }
  })
}

/** The refusal of one file, given as `interactions`. */
function refusalOf(content: string | Uint8Array, source: Source = { format: 'interactions' }, name = 'plays.csv') {
  const folder = temporaryFolder()
  return refusal(folder, { sources: sourcesOf(folder, [[name, content, source]]) })
}

describe('interactions', () => {
  test('with their own names are found by their columns', async () => {
    const { database, sources } = await ingestFiles([
      ['r.csv', 'userId,itemId,rating,timestamp\n3,9,4.5,50\n4,8,1,60\n', {}],
    ])
    expect(await database.rows('FROM ratings')).toEqual([
      { userId: 3, movieId: 9, rating: 4.5, timestamp: 50 },
      { userId: 4, movieId: 8, rating: 1, timestamp: 60 },
    ])
    expect(await database.rows('SELECT "movieId", title, year, genres FROM movies')).toEqual([
      { movieId: 8, title: '8', year: 0, genres: [] },
      { movieId: 9, title: '9', year: 0, genres: [] },
    ])
    expect(await database.count('SELECT count(*) FROM user_ids')).toBe(0)
    expect(sources).toMatchObject([{ rowsRead: 2, rowsKept: 2, dropped: {} }])
  })

  test('with text for ids are numbered in the order of the text, and both are kept', async () => {
    const { database } = await ingestFiles([['plays.csv', PLAYS, PLAYS_SOURCE]])
    // 2024-05-01T10:00:00Z = 1714557600; without ratings each is a like at the top of the scale
    expect(await database.rows('FROM ratings')).toEqual([
      { userId: 1, movieId: 2, rating: 5, timestamp: 1_714_557_600 },
      { userId: 1, movieId: 1, rating: 5, timestamp: 1_714_649_400 },
      { userId: 2, movieId: 2, rating: 5, timestamp: 1_714_694_400 },
    ])
    expect(await database.rows('FROM user_ids')).toEqual([
      { userId: 1, id: 'ann' },
      { userId: 2, id: 'bob' },
    ])
    expect(await database.rows('SELECT "movieId", id, title FROM item_ids JOIN movies USING ("movieId")')).toEqual([
      { movieId: 1, id: 's-1', title: 's-1' },
      { movieId: 2, id: 's-2', title: 's-2' },
    ])
  })

  test('with ids from 0 are numbered in the order of the numbers', async () => {
    const { database } = await ingestFiles([['r.csv', 'userId,itemId\n10,5\n9,5\n0,5\n', {}]])
    expect(await database.rows('FROM user_ids')).toEqual([
      { userId: 1, id: '0' },
      { userId: 2, id: '9' },
      { userId: 3, id: '10' },
    ])
    expect(await database.rows('SELECT "userId", "movieId", "timestamp" FROM ratings')).toEqual([
      { userId: 3, movieId: 5, timestamp: 1 },
      { userId: 2, movieId: 5, timestamp: 2 },
      { userId: 1, movieId: 5, timestamp: 3 },
    ])
  })

  test.each([
    ['tabs', 'u.tsv', '\t'],
    ['semicolons', 'u.csv', ';'],
    ['double colons', 'u.txt', '::'],
  ])('are read with %s between columns, and without a header by the columns numbers', async (_, name, delimiter) => {
    const text = ['x|7|b|3', 'y|8|a|2'].join('\n').replaceAll('|', delimiter)
    const source = { format: 'interactions', columns: { userId: 3, itemId: 2, rating: 4 } } as const
    const { database } = await ingestFiles([[name, text, source]])
    expect(await database.rows('SELECT "userId", "movieId", rating FROM ratings')).toEqual([
      { userId: 2, movieId: 7, rating: 3 },
      { userId: 1, movieId: 8, rating: 2 },
    ])
  })

  test('may be gzipped, quoted, with CRLF and a byte order mark', async () => {
    const text = '\ufeff"user","song","at","a ""note"""\r\n"ann, b","s-1",5,"x\r\ny"\r\n'
    const { database } = await ingestFiles([['plays.csv.gz', gzipSync(text), PLAYS_SOURCE]])
    expect(await database.rows('SELECT id, rating, "timestamp" FROM ratings JOIN user_ids USING ("userId")')).toEqual([
      { id: 'ann, b', rating: 5, timestamp: 5 },
    ])
  })

  test('may be Parquet, with its own types', async () => {
    const database = await Database.open()
    const file = join(temporaryFolder(), 'plays.parquet')
    await database.writeParquet(
      `SELECT * FROM (VALUES (1.0::DOUBLE, 'a', 3::TINYINT, TIMESTAMP '2024-05-01 10:00:00'), (2, 'b', 4, NULL)) t("userId", "itemId", rating, "timestamp")`,
      file,
    )
    await database.close()
    const { database: read, sources } = await ingestFolder(file, { maxBadRowShare: 0.5 })
    expect(await read.rows('SELECT * FROM ratings')).toEqual([
      { userId: 1, movieId: 1, rating: 3, timestamp: 1_714_557_600 },
    ])
    expect(sources[0]!.dropped).toEqual({ 'timestamp is not a time': 1 })
  })

  test('may be Parquet whose column names hold quotes', async () => {
    const database = await Database.open()
    const file = join(temporaryFolder(), 'quotes.parquet')
    await database.writeParquet(
      `SELECT 1 AS "a ""user""", 2 AS "an ""item""", 4 AS "its ""stars""", 9 AS "at ""time"""`,
      file,
    )
    await database.close()
    const columns = { userId: 'a "user"', itemId: 'an "item"', rating: 'its "stars"', timestamp: 'at "time"' }
    const { database: read } = await ingestFolder(file, { sources: [{ path: file, format: 'interactions', columns }] })
    expect(await read.rows('SELECT * FROM ratings')).toEqual([{ userId: 1, movieId: 2, rating: 4, timestamp: 9 }])
  })

  test('taken up again count once, the latest', async () => {
    const { database, sources } = await ingestFiles([
      ['r.csv', 'userId,itemId,rating\na,x,1\na,x,2\nb,x,3\nb,x,3\n', {}],
    ])
    expect(await database.rows('SELECT rating FROM ratings')).toEqual([{ rating: 2 }, { rating: 3 }])
    expect(sources[0]!.dropped).toEqual({ 'rated again': 2 })
  })
})

describe('items', () => {
  test('of any kind are joined to their interactions, texts and lists included', async () => {
    const { database } = await ingestFiles([
      ['plays.csv', PLAYS, PLAYS_SOURCE],
      ['songs.csv', SONGS, SONGS_SOURCE],
    ])
    expect(await database.rows('FROM movies')).toEqual([
      { movieId: 1, title: 'Blue', year: 0, genres: ['jazz', 'soul'] },
      { movieId: 2, title: 'Red (Take 2)', year: 0, genres: [] },
    ])
    expect(await database.rows('SELECT "movieId", "cast", runtime FROM metadata')).toEqual([
      { movieId: 1, cast: ['Nina', 'Etta'], runtime: 3 },
      { movieId: 2, cast: [], runtime: 4 },
    ])
  })

  test('have their year from a column or a date, or behind the title', async () => {
    const plays = ['plays.csv', 'userId,itemId\n1,1\n', {}] as [string, string, Source]
    const dated = await ingestFiles([
      plays,
      ['i.csv', 'itemId,title,year\n1,"Dark, The (1999)",1998-12-03\n2,X,soon\n', { format: 'items' }],
    ])
    expect(await dated.database.rows('SELECT title, year FROM movies')).toEqual([
      { title: 'Dark, The (1999)', year: 1998 },
      { title: 'X', year: 0 },
    ])
    const titled = await ingestFiles([plays, ['i.csv', 'itemId,title\n1,"Dark, The (1999)"\n', {}]])
    expect(await titled.database.rows('SELECT title, year FROM movies')).toEqual([{ title: 'The Dark', year: 1999 }])
  })

  test('that no table of items has are titled by their id, with a warning', async () => {
    const log = handlesWithLog()
    const { database } = await ingestFiles(
      [
        ['plays.csv', `${PLAYS}bob,s-3,2024-05-04\n`, PLAYS_SOURCE],
        ['songs.csv', SONGS, SONGS_SOURCE],
      ],
      log,
    )
    expect(await database.rows('SELECT title FROM movies WHERE "movieId" = 3')).toEqual([{ title: 's-3' }])
    expect(log.warnings.join()).toContain('plays.csv: 1 items are in no table of items: titled by their id')
  })

  test('of MovieLens may have interactions of one’s own, by movieId', async () => {
    const folder = temporaryFolder()
    const sources = [...sourcesOf(folder, [['r.csv', 'userId,itemId\nann,1\nbob,2\n', {}]]), { path: ML_TINY }]
    const log = handlesWithLog()
    const { database } = await ingestFolder('', { sources }, log)
    expect(await database.rows('SELECT "userId", title FROM ratings JOIN movies USING ("movieId")')).toEqual([
      { userId: 1, title: 'Toy Story' },
      { userId: 2, title: 'The Matrix' },
    ])
    expect(log.infos).toContain(`${ML_TINY}/ratings.csv: left out, as an earlier source has ratings`)
    const text = [...sourcesOf(folder, [['r.csv', 'userId,itemId\nann,tt1\n', {}]]), { path: ML_TINY }]
    expect(await refusal(folder, { sources: text })).toBe(
      `r.csv: found the itemId "tt1", expected whole numbers from 1, as ${ML_TINY}/movies.csv has its movies by movieId`,
    )
  })
})

describe('ids of one’s own', () => {
  const SOURCE = { format: 'interactions' } as const
  const numbered = async (rows: string, idsFrom: string | null, log?: Logged) => {
    const folder = temporaryFolder()
    const sources = sourcesOf(folder, [['plays.csv', `userId,itemId\n${rows}`, SOURCE]])
    const { database } = await ingestFolder('', { sources, idsFrom }, log)
    return {
      users: await database.rows('FROM user_ids'),
      items: await database.rows<{ movieId: number; id: string }>('FROM item_ids'),
      ratings: await database.rows('SELECT "userId", "movieId" FROM ratings'),
      async write(tables: string) {
        for (const table of ['user_ids', 'item_ids'])
          await database.writeParquet(`FROM ${table}`, join(tables, `${table}.parquet`))
      },
    }
  }

  test('keep the numbers of an earlier build; new ones come after, those that are gone stay taken', async () => {
    const before = temporaryFolder()
    await (await numbered('bob,s-2\ndan,s-4\n', null)).write(before)
    const log = handlesWithLog()
    const { users, items, ratings } = await numbered('ann,s-2\nbob,s-1\n', before, log)
    expect(users).toEqual([
      { userId: 1, id: 'bob' },
      { userId: 2, id: 'dan' },
      { userId: 3, id: 'ann' },
    ])
    expect(items.map(({ id }) => id)).toEqual(['s-2', 's-4', 's-1'])
    expect(ratings).toEqual([
      { userId: 3, movieId: 1 },
      { userId: 1, movieId: 3 },
    ])
    expect(log.infos).toContain(`userId: 2 ids have their numbers from ${before}, 1 come after them`)
  })

  test('keep them also where all that are left are whole numbers', async () => {
    const before = temporaryFolder()
    await (await numbered('bob,7\n12,s-1\n', null)).write(before)
    const { users, ratings } = await numbered('12,7\n', before)
    expect(users).toEqual([
      { userId: 1, id: '12' },
      { userId: 2, id: 'bob' },
    ])
    expect(ratings).toEqual([{ userId: 1, movieId: 1 }])
  })

  test('that are whole numbers stay what they are, with empty tables from before', async () => {
    const before = temporaryFolder()
    await (await numbered('3,9\n', null)).write(before)
    expect(await numbered('5,8\n', before)).toMatchObject({ users: [], ratings: [{ userId: 5, movieId: 8 }] })
  })

  test.each([
    ['not there', null, 'user_ids.parquet: no such file'],
    ['something else', 'SELECT 1 AS a', 'found no table of userId and id'],
    [
      'one id twice',
      `SELECT * FROM (VALUES (1, 'bob'), (2, 'bob')) t("userId", id)`,
      'found "bob" without a userId of its own',
    ],
    [
      'one number twice',
      `SELECT * FROM (VALUES (1, 'ann'), (1, 'bob')) t("userId", id)`,
      'found "ann" without a userId of its own',
    ],
    ['a number of 0', `SELECT * FROM (VALUES (0, 'ann')) t("userId", id)`, 'found "ann" without a userId of its own'],
  ])('are refused where the tables are %s', async (_, query, message) => {
    const before = temporaryFolder()
    const database = await Database.open()
    if (query !== null) await database.writeParquet(query, join(before, 'user_ids.parquet'))
    await database.close()
    const folder = temporaryFolder()
    const sources = sourcesOf(folder, [['plays.csv', 'userId,itemId\nann,s-1\n', SOURCE]])
    expect(await refusal(folder, { sources, idsFrom: before })).toContain(message)
  })
})

describe('a file of one’s own', () => {
  const header = 'userId,itemId,rating,timestamp\n'

  test.each([
    ['truncated in its last row', `${header}1,1,4,5\n1,2,4`, 'plays.csv:3: found "1,2,4", expected 4 columns'],
    ['with too many columns', `${header}1,1,4,5,6\n`, 'plays.csv:2: found "1,1,4,5,6", expected 4 columns'],
    ['with text as rating', `${header}1,1,good,5\n`, 'plays.csv:2: found "1,1,good,5", expected a number as rating'],
    ['with a rating of 7', `${header}1,1,7,5\n`, 'plays.csv:2: found "1,1,7,5", expected a rating from 0.5 to 5'],
    ['with a rating of NaN', `${header}1,1,NaN,5\n`, 'plays.csv:2: found "1,1,NaN,5", expected a rating from 0.5 to 5'],
    ['without a user', `${header}\n,1,4,5\n`, 'plays.csv:3: found ",1,4,5", expected text as userId'],
    ['without an item', `${header}1, ,4,5\n`, 'plays.csv:2: found "1, ,4,5", expected text as itemId'],
    [
      'with a date of another time zone',
      `${header}1,1,4,2024-05-01T10:00:00+02:00\n`,
      'expected timestamp in whole seconds since 1970',
    ],
    ['with milliseconds', `${header}1,1,4,1714557600000\n`, 'expected timestamp in whole seconds since 1970'],
    ['that is empty', '', 'plays.csv: the file is empty, expected rows'],
    ['that is a header', header, 'plays.csv: found no rows, expected ratings'],
    [
      'with bytes that are not UTF-8',
      Buffer.from(`${header}Am\xe9lie,1,4,5\n`, 'latin1'),
      'plays.csv:2: found "Am�lie,1,4,5", expected text in UTF-8',
    ],
    [
      'with mixed line ends',
      `${header}1,1,4,5\r\n`,
      'plays.csv:2: found a line that ends in CRLF, expected LF as in line 1',
    ],
    [
      'with other columns',
      'user,item\n1,1\n',
      'plays.csv:1: found the columns "user, item", expected userId among them as userId (data.sources, columns)',
    ],
    [
      'with a column twice',
      'userId,itemId,itemId\n1,1,1\n',
      'plays.csv:1: found the column itemId 2 times, expected it once',
    ],
  ])('%s is refused', async (_, content, message) => {
    expect(await refusalOf(content)).toContain(message)
  })

  test('without a column that the config maps is refused, naming those there are', async () => {
    expect(await refusalOf(PLAYS, { ...PLAYS_SOURCE, columns: { ...PLAYS_SOURCE.columns, itemId: 'track' } })).toBe(
      'plays.csv:1: found the columns "user, song, at", expected track among them as itemId (data.sources, columns)',
    )
    expect(await refusalOf('1,2\n', { format: 'interactions', columns: { userId: 1, itemId: 3 } })).toContain(
      'found the columns "1, 2", expected 3 among them as itemId',
    )
  })

  test('that is no Parquet, or a part of one, is refused', async () => {
    expect(await refusalOf('PAR1 x', { format: 'interactions' }, 'p.parquet')).toMatch(
      /^p\.parquet: DuckDB cannot read it as Parquet/,
    )
  })

  test('with two titles for one item is refused, naming both lines', async () => {
    const sources: [string, string, Source][] = [
      ['plays.csv', PLAYS, PLAYS_SOURCE],
      ['songs.csv', `${SONGS}s-1;Other;;;\n`, SONGS_SOURCE],
    ]
    const folder = temporaryFolder()
    expect(await refusal(folder, { sources: sourcesOf(folder, sources) })).toContain(
      'songs.csv:4: found "s-1;Other;;;", which has the movieId of line 2,',
    )
  })

  test('of any bytes is read or refused with a message, never wrongly', { timeout: 60_000 }, async () => {
    const cell = fc.oneof(
      fc.nat(9).map(String),
      fc.constantFrom('a', 'é', '"x"', '"', '', ' ', '\0', 'NaN', '4.5', '\r', '1e3'),
    )
    const line = fc.array(cell, { minLength: 2, maxLength: 4 }).map((cells) => cells.join(','))
    const text = fc
      .array(line, { maxLength: 6 })
      .map((lines) => Buffer.from(['userId,itemId,rating', ...lines].join('\n')))
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, fc.uint8Array({ maxLength: 60 })), async (bytes) => {
        const folder = temporaryFolder()
        const sources = sourcesOf(folder, [['plays.csv', bytes, { format: 'interactions' }]])
        try {
          const { database } = await ingestFolder('', { sources, maxBadRowShare: 1 })
          const content = Buffer.from(bytes).toString()
          for (const { rating, userId } of await database.rows<{ rating: number; userId: string }>(
            'SELECT rating, coalesce(id, "userId"::VARCHAR) AS "userId" FROM ratings LEFT JOIN user_ids USING ("userId")',
          )) {
            expect(rating >= 0.5 && rating <= 5).toBe(true)
            expect(content).toContain(userId)
          }
        } catch (error) {
          if (!(error instanceof DataError)) throw error
          expect(error.message).toContain('plays.csv')
        }
      }),
      { numRuns: 12, seed: 1 },
    )
  })
})
