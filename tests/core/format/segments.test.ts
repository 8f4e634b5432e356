import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { openSegments } from '#core/format/segments.ts'
import { SEGMENTS, type TableSpec } from '#core/format/tables.ts'
import { encodeSegmentedTable, encodeTable } from '../../../build/export/encode-table.ts'

const SPEC = {
  name: 'rows',
  version: 1,
  rowsPerSegment: 3,
  columns: { id: 'int32', name: 'utf8' },
} as const satisfies TableSpec
const sha256 = async (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function segmented(numRows: number, metadata: Record<string, string> = { rowsPerSegment: '3' }) {
  const ids = Int32Array.from({ length: numRows }, (_, row) => row * 10)
  const columns = { id: ids, name: [...ids].map((id) => `row ${id}`) }
  const { file, schema, segments } = encodeSegmentedTable(SPEC, numRows, columns)
  const index = encodeTable(
    SEGMENTS,
    segments.length,
    {
      offset: Uint32Array.from(segments, ({ offset }) => offset),
      sizeBytes: Uint32Array.from(segments, ({ bytes }) => bytes.length),
      sha256: await Promise.all(segments.map(({ bytes }) => sha256(bytes))),
    },
    { schema: Buffer.from(schema).toString('hex'), ...metadata },
  )
  return { file, index }
}

test('every row is found by reading its own segment only', async () => {
  const { file, index } = await segmented(8)
  const read: number[] = []
  const source = {
    slice: async (start: number, end: number) => {
      read.push(end - start)
      return file.slice(start, end)
    },
  }
  const rows = openSegments('rows', index, SPEC, source, sha256)
  for (let row = 0; row < 8; row++) {
    const found = await rows.row(row)
    expect(found.table.text('name', found.row)).toBe(`row ${row * 10}`)
    expect(found.table.numbers<Int32Array>('id')[found.row]).toBe(row * 10)
  }
  expect(read).toHaveLength(3)
  expect(Math.max(...read)).toBeLessThan(file.length / 2)
})

test('a segment that is asked for again is not read again, until larger ones have taken its place', async () => {
  const texts = Array.from({ length: 9 }, (_, row) => String(row).repeat(800_000))
  const columns = { id: Int32Array.from(texts.keys()), name: texts }
  const { file, schema, segments } = encodeSegmentedTable(SPEC, 9, columns)
  const index = encodeTable(
    SEGMENTS,
    3,
    {
      offset: Uint32Array.from(segments, ({ offset }) => offset),
      sizeBytes: Uint32Array.from(segments, ({ bytes }) => bytes.length),
      sha256: await Promise.all(segments.map(({ bytes }) => sha256(bytes))),
    },
    { schema: Buffer.from(schema).toString('hex'), rowsPerSegment: '3' },
  )
  let reads = 0
  const source = {
    slice: async (start: number, end: number) => {
      reads++
      return file.slice(start, end)
    },
  }
  const rows = openSegments('rows', index, SPEC, source, sha256)
  // 2.4 MB a segment: one stays beside what 4 MiB hold
  for (const [row, expected] of [
    [0, 1],
    [2, 1],
    [3, 2],
    [4, 2],
    [0, 3],
  ] as const) {
    expect((await rows.row(row)).table.numbers<Int32Array>('id')[row % 3]).toBe(row)
    expect(reads).toBe(expected)
  }
})

test('an index that does not say how many rows a segment has is refused', async () => {
  const { file, index } = await segmented(8, {})
  const source = { slice: async (start: number, end: number) => file.slice(start, end) }
  expect(() => openSegments('rows', index, SPEC, source, sha256)).toThrow(
    'rows-index.arrow: rowsPerSegment is NaN, expected a whole number from 1 up',
  )
})

test('an altered segment is refused, the others are still read', async () => {
  const { file, index } = await segmented(8)
  const altered = file.slice()
  altered[100]! ^= 1
  const source = { slice: async (start: number, end: number) => altered.slice(start, end) }
  const rows = openSegments('rows', index, SPEC, source, sha256)
  await expect(rows.row(0)).rejects.toThrow(/^rows\.arrow: segment 0 has SHA-256 [0-9a-f]{64}, expected /)
  expect((await rows.row(7)).row).toBe(1)
})

test('a row beyond the table is a RangeError', async () => {
  const { file, index } = await segmented(8)
  const rows = openSegments('rows', index, SPEC, { slice: async (start, end) => file.slice(start, end) }, sha256)
  await expect(rows.row(9)).rejects.toThrow('rows.arrow: row 9 is in no segment')
  await expect(rows.row(-1)).rejects.toThrow(RangeError)
})
