import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashFactors, placeFactors, readFactors } from '../../../build/import/index.ts'
import { Database } from '../../../build/io/database.ts'
import { PART } from '../../../build/nouns.ts'
import { makeNpy } from '../../helpers/make-npy.ts'
import { makeZip } from '../../helpers/make-zip.ts'

const FACTORS = join(import.meta.dirname, '../../fixtures/factors')
const folder = mkdtempSync(join(tmpdir(), 'marquee-import-'))
let database: Database
beforeAll(async () => {
  database = await Database.open({ threads: 1 })
})
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true })
})

let files = 0
/** A fresh path in the test's folder. */
const fresh = (name: string) => join(folder, `${files++}-${name}`)

function fileOf(name: string, content: string | Buffer): string {
  const path = fresh(name)
  writeFileSync(path, content)
  return path
}

/** A model folder whose item factors are the rows of a query. */
async function sparkOf(...queries: string[]): Promise<string> {
  const path = fresh('model')
  mkdirSync(join(path, 'itemFactors'), { recursive: true })
  for (const [part, query] of queries.entries())
    await database.writeParquet(query, join(path, 'itemFactors', `part-${part}.parquet`))
  return path
}

const rowsOf = (...rows: string[]) => `SELECT * FROM (VALUES ${rows.join(', ')}) AS t(id, features)`

function npzOf(values: Float32Array | Float64Array, shape: number[], name = 'item_factors.npy'): string {
  const descr = values instanceof Float32Array ? '<f4' : '<f8'
  return fileOf('model.npz', makeZip([{ path: name, contents: makeNpy({ descr, shape, values }) }]))
}

describe('what Spark’s ALSModel.save wrote', () => {
  test('comes in the order of the id, with columns of zeros up to 8', async () => {
    const imported = await readFactors({ path: join(FACTORS, 'spark'), itemIds: null })
    expect(imported).toMatchObject({ engine: 'spark', ownFactors: 4, factors: 8 })
    expect([...imported.movieIds]).toEqual([1, 2, 3, 4, 5, 9, 10])
    expect(imported.itemFactors).toHaveLength(7 * 8)
    // as pandas and pyarrow read them
    expect([...imported.itemFactors.subarray(8, 16)]).toEqual([
      ...[-0.5303478837013245, -0.35603612661361694, -0.8735078573226929, 0.6566411256790161],
      ...[0, 0, 0, 0],
    ])
  })

  test('may be the itemFactors folder alone, of wide ids and doubles, in any order of rows and files', async () => {
    const path = await sparkOf(
      rowsOf('(30::BIGINT, [5, 6]::DOUBLE[])', '(10::BIGINT, [1, 2]::DOUBLE[])'),
      rowsOf('(20::BIGINT, [3, 4]::DOUBLE[])'),
    )
    const { movieIds, itemFactors } = await readFactors({ path: join(path, 'itemFactors'), itemIds: null })
    expect([...movieIds]).toEqual([10, 20, 30])
    expect([...itemFactors].filter((value) => value !== 0)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test.each([
    ['no rows', `${rowsOf('(1, [1]::FLOAT[])')} WHERE id > 1`, 'found no item factors, expected a row a movie'],
    ['other columns', 'SELECT 1 AS movie, [1]::FLOAT[] AS features', 'found columns movie, features; expected id and'],
    ['text ids', rowsOf("('a', [1]::FLOAT[])"), 'column id is VARCHAR, expected INTEGER or BIGINT or SMALLINT'],
    ['no lists', rowsOf('(1, 1.5::FLOAT)'), 'column features is FLOAT, expected FLOAT[] or DOUBLE[]'],
    ['ragged rows', rowsOf('(1, [1, 2]::FLOAT[])', '(2, [1]::FLOAT[])'), 'found rows of 1 to 2 factors, expected all'],
    ['a missing row', rowsOf('(1, [1]::FLOAT[])', '(2, NULL)'), 'found NULL in 1 rows, expected an id and numbers'],
    ['a missing number', rowsOf('(1, [1, NULL]::FLOAT[])'), 'found NULL in 1 rows, expected an id and numbers in each'],
    ['NaN', rowsOf("(7, ['1', 'NaN']::FLOAT[])"), 'id 7 has NaN as factor 1, expected a finite number'],
    ['an id twice', rowsOf('(7, [1]::FLOAT[])', '(7, [2]::FLOAT[])'), 'id 7 is there twice, expected each movie once'],
    ['an id beyond 32 bits', rowsOf('(3000000000, [1]::FLOAT[])'), 'row 0 has id 3000000000, expected a 32-bit whole'],
    ['no factors', rowsOf('(1, []::FLOAT[])'), 'found 0 factors a movie, expected 1 to 512'],
    ['513 factors', 'SELECT 1 AS id, list_resize([1]::FLOAT[], 513, 1) AS features', 'found 513 factors a movie'],
    ['zeros alone', rowsOf('(1, [0, 0]::FLOAT[])'), 'the largest factor is 0, expected 1e-12 to 1000000000000'],
    ['factors that ran away', rowsOf('(1, [1e20]::FLOAT[])'), /the engine learned nothing or diverged$/],
  ])('is refused with %s', async (_, query, message) => {
    await expect(readFactors({ path: await sparkOf(query), itemIds: null })).rejects.toThrow(message)
  })

  test('is refused when a file is no Parquet, or the folder holds something else', async () => {
    const path = await sparkOf(rowsOf('(1, [1]::FLOAT[])'))
    writeFileSync(join(path, 'itemFactors', 'part-1.parquet'), 'cut off')
    await expect(readFactors({ path, itemIds: null })).rejects.toThrow(/model: not readable as Parquet \(.+\)$/)
    const pipeline = fresh('pipeline')
    mkdirSync(join(pipeline, 'stages'), { recursive: true })
    const refused = 'pipeline: found stages; expected itemFactors/ with Parquet files'
    await expect(readFactors({ path: pipeline, itemIds: null })).rejects.toThrow(refused)
    await expect(readFactors({ path: join(folder, 'none'), itemIds: null })).rejects.toThrow(
      'none: no such file or folder',
    )
  })

  test('needs no file of ids', async () => {
    const source = { path: join(FACTORS, 'spark'), itemIds: 'ids.txt' }
    await expect(readFactors(source)).rejects.toThrow('ids.txt: found item ids for the folder')
  })
})

describe('what implicit’s save wrote', () => {
  test('comes in the order of its rows, each with its id', async () => {
    const imported = await readFactors({
      path: join(FACTORS, 'implicit.npz'),
      itemIds: join(FACTORS, 'implicit.ids.txt'),
    })
    expect(imported).toMatchObject({ engine: 'implicit', ownFactors: 4, factors: 8 })
    expect([...imported.movieIds]).toEqual([1, 2, 3, 4, 5, 9, 10])
    // as NumPy reads them
    expect([...imported.itemFactors.subarray(0, 5)]).toEqual([
      ...[0.6531438827514648, -0.5452174544334412, 0.6918404698371887, 0.8802609443664551],
      0,
    ])
  })

  const TWO_BY_ONE: [Float64Array, number[]] = [Float64Array.of(1, 2), [2, 1]]
  test.each([
    ['lines', fileOf('ids.txt', '30\n10\n')],
    ['lines of Windows with a byte order mark', fileOf('ids.txt', '\ufeff30\r\n10\r\n')],
    ['.npy of <i4', fileOf('ids.npy', makeNpy({ descr: '<i4', shape: [2], values: Int32Array.of(30, 10) }))],
    ['.npy of <i8', fileOf('ids.npy', makeNpy({ descr: '<i8', shape: [2], values: BigInt64Array.of(30n, 10n) }))],
  ])('takes ids as %s', async (_, itemIds) => {
    const { movieIds, itemFactors } = await readFactors({ path: npzOf(...TWO_BY_ONE), itemIds })
    expect([...movieIds]).toEqual([30, 10])
    expect([itemFactors[0], itemFactors[8]]).toEqual([1, 2])
  })

  test.each([
    ['as many ids', '1\n', /ids\.txt: found 1 ids, expected 2, one for each row of item_factors\.npy$/],
    ['any id', '', 'found 0 ids, expected 2'],
    ['a number on a line', '1\nmovieId', 'ids.txt:2: found "movieId", expected one movie id'],
    [
      'whole numbers',
      makeNpy({ descr: '<f4', shape: [2], values: Float32Array.of(1, 2) }),
      'holds fractions, expected',
    ],
    ['one dimension', makeNpy({ descr: '<i4', shape: [1, 2], values: Int32Array.of(1, 2) }), 'has the shape (1,2)'],
  ])('is refused without %s', async (_, ids, message) => {
    const source = { path: npzOf(...TWO_BY_ONE), itemIds: fileOf('ids.txt', ids) }
    await expect(readFactors(source)).rejects.toThrow(message)
  })

  test('is refused without a file of ids, or with one that is not there', async () => {
    const path = npzOf(...TWO_BY_ONE)
    await expect(readFactors({ path, itemIds: null })).rejects.toThrow('found no item ids, expected --item-ids')
    await expect(readFactors({ path, itemIds: join(folder, 'none') })).rejects.toThrow('none: no such file, expected')
  })

  test.each([
    [
      'another array only',
      () => npzOf(...TWO_BY_ONE, 'user_factors.npy'),
      'found user_factors.npy in it; expected item_',
    ],
    ['one dimension', () => npzOf(Float32Array.of(1, 2), [2]), 'item_factors.npy has the shape (2), expected (movies,'],
    ['no archive', () => fileOf('model.npz', 'no zip'), 'no end record of a zip archive found'],
  ])('is refused with %s', async (_, path, message) => {
    await expect(readFactors({ path: path(), itemIds: fileOf('ids.txt', '1\n2\n') })).rejects.toThrow(message)
  })
})

test('the files that count are those of the item factors, and the ids', async () => {
  const spark = await hashFactors({ path: join(FACTORS, 'spark'), itemIds: null })
  expect(spark.map(({ file }) => /itemFactors\/part-0000(\d)/.exec(file)?.[1])).toEqual([...'0123459'])
  const [path, itemIds] = [join(FACTORS, 'implicit.npz'), join(FACTORS, 'implicit.ids.txt')]
  expect((await hashFactors({ path, itemIds })).map(({ file }) => file)).toEqual([path, itemIds])
})

describe('placed in a catalogue', () => {
  const catalog = { movieIds: Int32Array.of(10, 20, 30, 40) }
  // 10 and 20 are rated in train, 30 in test only
  const interactions = {
    itemIndices: Int32Array.of(0, 1, 2),
    parts: Uint8Array.of(PART.train, PART.train, PART.test),
  }
  const prepared = { catalog, interactions } as unknown as Parameters<typeof placeFactors>[1]
  const imported = (movieIds: number[]) => ({
    engine: 'spark' as const,
    movieIds: Int32Array.from(movieIds),
    ownFactors: 1,
    factors: 8,
    itemFactors: Float32Array.from({ length: movieIds.length * 8 }, (_, at) => (at % 8 === 0 ? movieIds[at / 8]! : 0)),
  })
  const told: string[] = []
  const log = {
    error() {},
    warn: (line: string) => told.push(line),
    info: (line: string) => told.push(line),
    debug() {},
  }

  test('each row stands at its movie, and what does not fit is counted and told', () => {
    const { itemFactors, report } = placeFactors(imported([30, 99, 10]), prepared, log)
    expect([0, 8, 16, 24].map((at) => itemFactors[at])).toEqual([10, 0, 30, 0])
    expect(report).toEqual({
      ...{ engine: 'spark', ownFactors: 1 },
      ...{ matched: 2, withoutFactors: 2, unknownIds: 1, unseenInTrain: 1 },
    })
    expect(told[0]).toBe('import: 1 factors of spark for 2 of 4 movies; 1 ids are no movie of the catalogue')
    expect(told[1]).toMatch(/honest only if that engine learned from the train part/)
    expect(told[2]).toBe('import: 1 movies have factors that nobody rated in the train part: it learned from more')
  })

  test('ids of another catalogue are refused', () => {
    expect(() => placeFactors(imported([1, 2]), prepared, log)).toThrow(
      'none of the 2 imported ids (1, 2, …) is a movie of the catalogue (10, 20, 30, …)',
    )
  })
})
