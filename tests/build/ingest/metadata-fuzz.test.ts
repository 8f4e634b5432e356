import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SourceConfig } from '#core/schemas/config.ts'
import { imdbTsv } from '../../../build/ingest/formats/imdb-tsv.ts'
import { localTitles } from '../../../build/ingest/formats/local-titles.ts'
import { movieText } from '../../../build/ingest/formats/movie-text.ts'
import { omdb } from '../../../build/ingest/formats/omdb.ts'
import { theMoviesDataset } from '../../../build/ingest/formats/the-movies-dataset.ts'
import { tmdb5000 } from '../../../build/ingest/formats/tmdb-5000.ts'
import { tmdbApi } from '../../../build/ingest/formats/tmdb-api.ts'
import { tmdbPipe } from '../../../build/ingest/formats/tmdb-pipe.ts'
import { wikipedia } from '../../../build/ingest/formats/wikipedia.ts'
import type { Format } from '../../../build/ingest/reader.ts'
import { Scratch } from '../../../build/ingest/staging/scratch.ts'
import { readCsvRecords } from '../../../build/ingest/text/csv-records.ts'
import { jsonElements } from '../../../build/ingest/text/json-elements.ts'
import { Database } from '../../../build/io/database.ts'
import { DataError } from '../../../build/io/files.ts'
import { handlesWithLog, temporaryFolder } from './workspace.ts'

let database: Database
let scratch: Scratch

beforeAll(async () => {
  database = await Database.open({ threads: 1, memoryBytes: 2e8 })
  scratch = await Scratch.open()
  await database.run('CREATE TABLE links AS SELECT 1 AS "movieId", unnest([114709, 133093]) AS "imdbId"')
})

afterAll(async () => {
  await database.close()
  await scratch.close()
})

/** What a format reads of a file: the numbers of its staged rows, or the DataError's message. Anything else is thrown. */
async function readBy(format: Format, file: string, path: string): Promise<number[] | string> {
  try {
    const staged = await format.read({
      ...{
        path,
        scratch,
        database,
        handles: handlesWithLog().handles,
        ratingScale: [0.5, 5],
        titleLanguages: ['vi-VN'],
      },
      source: SourceConfig.parse({ path }),
    })
    const numbers: number[] = []
    for (const { table, rows } of staged) {
      const read = await database.rows<Record<string, number | null>>(
        `SELECT "movieId", "tmdbId", "imdbId" FROM ${table}`,
      )
      expect(read).toHaveLength(rows)
      numbers.push(...read.flatMap((row) => Object.values(row)).filter((value) => value !== null))
    }
    return numbers
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    expect(error.message.startsWith(file) || error.message.startsWith(path)).toBe(true)
    return error.message
  } finally {
    const tables = await database.rows<{ name: string }>(
      "SELECT table_name AS name FROM duckdb_tables() WHERE table_name <> 'links'",
    )
    for (const { name } of tables) await database.run(`DROP TABLE ${name}`)
  }
}

/** Some bytes of a text replaced, inserted or cut out; those that formats are made of come often. */
function spoiled(text: string): fc.Arbitrary<Buffer> {
  const original = Buffer.from(text)
  const byte = fc.oneof(fc.constantFrom(...Buffer.from('",\n\r\t\\[]{}\'|0-\0')), fc.integer({ min: 0, max: 255 }))
  const edit = fc.record({
    at: fc.nat(original.length),
    cut: fc.oneof(fc.constant(0), fc.constant(1), fc.nat(60)),
    insert: fc.array(byte, { maxLength: 3 }),
  })
  return fc
    .array(edit, { minLength: 1, maxLength: 4 })
    .map((edits) =>
      edits.reduce(
        (bytes, { at, cut, insert }) =>
          Buffer.concat([bytes.subarray(0, at), Buffer.from(insert), bytes.subarray(at + cut)]),
        original,
      ),
    )
}

const list = (...names: string[]) => `"[${names.map((name) => `{'name': '${name}', 'job': 'Director'}`).join(', ')}]"`
const jsonList = list('A', 'B').slice(1, -1).replaceAll("'", '""')
const FILES: [string, Format, string, string][] = [
  [
    'movies_metadata.csv',
    theMoviesDataset,
    'folder',
    'adult,genres,id,imdb_id,overview,poster_path,release_date,runtime,tagline,title\n' +
      `False,${list('Drama')},862,tt0114709,"Text, ""so""\nto say",/a.jpg,1995-10-30,81.0,,Toy Story\n`.repeat(3),
  ],
  ['credits.csv', theMoviesDataset, 'folder', `cast,crew,id\n${`${list('A', 'B')},${list('C')},862\n`.repeat(3)}`],
  ['keywords.csv', theMoviesDataset, 'folder', `id,keywords\n862,${list('toy')}\n603,[]\n`],
  [
    'tmdb_5000_credits.csv',
    tmdb5000,
    'folder',
    `movie_id,title,cast,crew\n603,The Matrix,"${jsonList}","${jsonList}"\n862,Toy Story,[],[]\n`,
  ],
  [
    'tmdb.csv',
    tmdbPipe,
    'file',
    'id,imdb_id,original_title,cast,director,tagline,keywords,overview,runtime,genres,release_year\n' +
      '603,tt0133093,The Matrix,A|B,C|D,,e|f,"Text, so",136,Action,1999\n'.repeat(3),
  ],
  [
    'omdb.csv',
    omdb,
    'file',
    `movieId,title,year,plot,director,cast,runtime\n${'2,T,1999,N/A,"A, B","C",136 min\n'.repeat(3)}`,
  ],
  [
    'movies-1990s.json',
    wikipedia,
    'folder',
    JSON.stringify(
      [{ title: 'The Matrix', year: 1999, cast: ['A "B"'], genres: [], href: 'a', extract: 'b' }],
      null,
      1,
    ),
  ],
  ['texts.jsonl', movieText, 'file', `${JSON.stringify({ movieId: 1, overview: 'a "b"', cast: ['c'] })}\n`.repeat(3)],
  [
    'titles.tsv',
    localTitles,
    'file',
    `imdbId\ttitle\tyear\tlanguage\tlocalTitle\n${'tt0133093\tThe Matrix\t1999\tvi\tMa trận\n'.repeat(3)}`,
  ],
  [
    '603.json',
    tmdbApi,
    'folder',
    JSON.stringify({
      ...{ id: 603, imdb_id: 'tt0133093', title: 'The "Matrix"', release_date: '1999-03-30', runtime: 136, genres: [] },
      translations: { translations: [{ iso_3166_1: 'VN', iso_639_1: 'vi', data: { title: 'Ma trận' } }] },
    }),
  ],
  [
    'title.akas.tsv',
    imdbTsv,
    'folder',
    'titleId\tordering\ttitle\tregion\tlanguage\ttypes\tattributes\tisOriginalTitle\n' +
      'tt0114709\t7\tCâu chuyện "đồ chơi\tVN\t\\N\timdbDisplay\t\\N\t0\n'.repeat(3),
  ],
  [
    'title.basics.tsv',
    imdbTsv,
    'folder',
    'tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n' +
      'tt0114709\tmovie\tToy "Story\tToy Story\t0\t1995\t\\N\t81\tAdventure,Animation\n'.repeat(3),
  ],
]

test.each(FILES)(
  '%s: whatever bytes stand there, rows are read or refused by a message',
  async (name, format, kind, text) => {
    const folder = temporaryFolder()
    const file = join(folder, name)
    const path = kind === 'folder' ? folder : file
    mkdirSync(dirname(file), { recursive: true })
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 9, arbitrary: spoiled(text) }, fc.uint8Array().map(Buffer.from)),
        async (bytes) => {
          writeFileSync(file, bytes)
          const read = await readBy(format, file, path)
          if (typeof read === 'string') return
          // a number that was read stands in the file, as it is
          const inFile = new Set((bytes.toString('latin1').match(/\d+/gu) ?? []).map(Number))
          for (const value of read) expect(inFile).toContain(value)
        },
      ),
      // DuckDB opens IMDb's file three times a run, 60 ms
      { numRuns: format === imdbTsv ? 15 : 40 },
    )
  },
  20_000,
)

const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' ', '7'), maxLength: 6 })
const quoted = (text: string) => (/["\n\r,]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

async function recordsOf(text: string) {
  const plain = join(temporaryFolder(), 'table.csv')
  writeFileSync(plain, text)
  const records: { line: number; values?: string[] }[] = []
  for await (const record of readCsvRecords({ file: plain, plain, sizeBytes: 0, sha256: '' }, ['a', 'b']))
    records.push('fields' in record ? { line: record.line, values: [record.fields.a, record.fields.b] } : record)
  return records
}

test('CSV as it was written is read back, with the lines that rows begin in', async () => {
  const rows = fc.array(fc.tuple(cell, cell), { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(rows, fc.constantFrom('\n', '\r\n'), async (rows, lineEnd) => {
      const written = rows.map((row) => row.map(quoted).join(','))
      let line = 2
      const expected = rows.map((values, index) => {
        const record = { line, values }
        line += written[index].split('\n').length
        return record
      })
      expect(await recordsOf(['a,b', ...written, ''].join(lineEnd))).toEqual(expected)
    }),
  )
})

test('CSV rows that lie across what is read at once are whole', async () => {
  // 2.4 MB, read by 1 MiB
  const rows = Array.from({ length: 60_000 }, (_, row) => [`${row}`, `a "long", cell\nof row ${row}`])
  const text = `a,b\n${rows.map((row) => row.map(quoted).join(',')).join('\n')}`
  expect(text.length).toBeGreaterThan(2 * 2 ** 20)
  const read = await recordsOf(text)
  expect(read.map(({ values }) => values)).toEqual(rows)
  expect(read.at(-1)!.line).toBe(2 + 2 * 59_999)
})

test('elements of a JSON array are those that JSON.parse gives', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1), (values, indent) => {
      const text = JSON.stringify(values, null, indent)
      const elements = [...jsonElements('file', Buffer.from(text))]
      expect(elements.map(({ value }) => value)).toEqual(JSON.parse(text))
    }),
  )
})
