import { ArtifactError, type OpenedTable, openTable } from './open-table.ts'
import { SEGMENTS, type TableSpec } from './tables.ts'

/** Bytes of a published object, by range; made at the edge over R2, in Node over memory or a file. */
export interface Source {
  slice(start: number, end: number): Promise<Uint8Array>
  /** past the copies that may be kept nearer by; absent where there are none */
  sliceAnew?(start: number, end: number): Promise<Uint8Array>
}

/** SHA-256 as lower-case hexadecimal; the platform's own. */
export type Sha256 = (bytes: Uint8Array) => Promise<string>

/** A file of which only the segment that holds a row is read. */
export interface SegmentedTable {
  /** @returns the segment's table and the row within it */
  row(rowIndex: number): Promise<{ table: OpenedTable; row: number }>
}

/**
 * Open a segmented file by its index, which holds the Arrow schema message that every batch needs before it.
 * @param index bytes of `<name>-index.arrow`
 * @param spec a table with rowsPerSegment
 */
export function openSegments(
  name: string,
  index: Uint8Array,
  spec: TableSpec & { rowsPerSegment: number },
  source: Source,
  sha256: Sha256,
): SegmentedTable {
  const segments = openTable(`${name}-index.arrow`, index, SEGMENTS)
  const offsets = segments.numbers<Uint32Array>('offset')
  const sizes = segments.numbers<Uint32Array>('sizeBytes')
  const file = `${name}.arrow`
  const schema = fromHex(segments.metadata.get('schema') ?? '')

  return {
    async row(rowIndex) {
      const segment = Math.floor(rowIndex / spec.rowsPerSegment)
      if (!(rowIndex >= 0 && segment < segments.numRows))
        throw new RangeError(`${file}: row ${rowIndex} is in no segment`)
      const start = offsets[segment]!
      const end = start + sizes[segment]!
      const expected = segments.text('sha256', segment)
      let bytes = await source.slice(start, end)
      let found = await sha256(bytes)
      if (found !== expected && source.sliceAnew) {
        bytes = await source.sliceAnew(start, end)
        found = await sha256(bytes)
      }
      if (found !== expected)
        throw new ArtifactError(`${file}: segment ${segment} has SHA-256 ${found}, expected ${expected}`)
      return { table: openTable(file, [schema, bytes], spec), row: rowIndex % spec.rowsPerSegment }
    },
  }
}

function fromHex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
