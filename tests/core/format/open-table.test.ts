import { describe, expect, test } from 'vitest'
import { ArtifactError, headerOf, openTable } from '#core/format/open-table.ts'
import { CATALOG, type TableSpec } from '#core/format/tables.ts'
import { encodeTable } from '../../../build/export/encode-table.ts'

const SPEC = {
  name: 'sample',
  version: 3,
  columns: { id: 'int32', name: 'utf8', small: 'uint8', row: 'fixed<int8>', list: 'list<uint32>', names: 'list<utf8>' },
} as const satisfies TableSpec

const COLUMNS = {
  id: Int32Array.of(-5, 7),
  name: ['Đừng Khóc', ''],
  small: Uint8Array.of(0, 255),
  row: { size: 3, values: Int8Array.of(1, 2, 3, -4, -5, -128) },
  list: { offsets: Uint32Array.of(0, 0, 2), values: Uint32Array.of(4_000_000_000, 1) },
  names: [['a', 'ß'], []],
}
const BYTES = encodeTable(SPEC, 2, COLUMNS, { note: 'kept' })

describe('a table', () => {
  test('comes back as it was written', () => {
    const table = openTable('sample.arrow', BYTES, SPEC)
    expect(table.numRows).toBe(2)
    expect(table.numbers('id')).toEqual(COLUMNS.id)
    expect(table.numbers('small')).toEqual(COLUMNS.small)
    expect([table.text('name', 0), table.text('name', 1)]).toEqual(COLUMNS.name)
    expect(table.fixed('row')).toEqual({ size: 3, values: COLUMNS.row.values })
    expect([...table.list('list').offsets]).toEqual([0, 0, 2])
    expect(table.list('list').values).toEqual(COLUMNS.list.values)
    expect([table.texts('names', 0), table.texts('names', 1)]).toEqual(COLUMNS.names)
    expect(table.metadata.get('note')).toBe('kept')
  })

  test('says which one it is before it is opened; other bytes are none', () => {
    expect(headerOf(BYTES)).toEqual({ table: 'sample', version: 3 })
    expect(headerOf(new TextEncoder().encode('<html>'))).toBeNull()
  })

  test('is opened as views, without copying', () => {
    const bytes = new Uint8Array(BYTES)
    expect(openTable('sample.arrow', bytes, SPEC).numbers('id').buffer).toBe(bytes.buffer)
  })

  test('without rows is a table', () => {
    const empty = encodeTable(CATALOG, 0, {
      ...{ movieId: new Int32Array(0), title: [], year: new Int16Array(0), genreMask: new Uint32Array(0) },
      ...{
        runtime: new Int16Array(0),
        language: new Uint8Array(0),
        imdbId: new Int32Array(0),
        tmdbId: new Int32Array(0),
      },
      ...{ numRatings: new Int32Array(0), meanRating: new Float32Array(0), popularity: new Float32Array(0) },
    })
    expect(openTable('catalog.arrow', empty, CATALOG).numRows).toBe(0)
  })
})

describe('a file that is not what it should be is refused by name', () => {
  const open = (bytes: Uint8Array, spec: TableSpec = SPEC) => openTable('sample.arrow', bytes, spec)

  test('not Arrow, or cut off', () => {
    expect(() => open(new Uint8Array(0))).toThrow(ArtifactError)
    expect(() => open(new TextEncoder().encode('<html>not found</html>'))).toThrow(/^sample\.arrow: /)
    for (let length = 1; length < BYTES.length; length += 97) expect(() => open(BYTES.slice(0, length))).toThrow()
  })

  test('another version', () => {
    expect(() => open(BYTES, { ...SPEC, version: 2 })).toThrow(/^sample\.arrow: version 3, this reader knows 2$/)
    expect(() => open(BYTES, { ...SPEC, version: 4 })).toThrow(
      'sample.arrow: version 3, this reader knows 4; the model is older than this code, "marquee build" makes it anew',
    )
  })

  test('another table', () => {
    expect(() => open(BYTES, CATALOG)).toThrow('sample.arrow: holds marquee/sample, expected marquee/catalog')
  })

  test('another type, or a column missing', () => {
    expect(() => open(BYTES, { ...SPEC, columns: { id: 'float32' } })).toThrow('column id is int32, expected float32')
    expect(() => open(BYTES, { ...SPEC, columns: { row: 'fixed<uint8>' } })).toThrow(
      'column row is fixed<int8>, expected fixed<uint8>',
    )
    expect(() => open(BYTES, { ...SPEC, columns: { nothing: 'int32' } })).toThrow('column nothing is missing')
  })
})
