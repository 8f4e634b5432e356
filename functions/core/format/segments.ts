import { ArtifactError, type OpenedTable, openTable } from './open-table.ts'
import { SEGMENTS, type TableSpec } from './tables.ts'

/** Segments of a file that stay open: those asked for last, up to so many bytes. A viewer's next request finds theirs. */
const KEPT_BYTES = 4 << 20

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
 * @throws {ArtifactError} when the index does not say how many rows a segment has
 */
export function openSegments(
  name: string,
  index: Uint8Array,
  spec: TableSpec,
  source: Source,
  sha256: Sha256,
): SegmentedTable {
  const segments = openTable(`${name}-index.arrow`, index, SEGMENTS)
  const offsets = segments.numbers<Uint32Array>('offset')
  const sizes = segments.numbers<Uint32Array>('sizeBytes')
  const file = `${name}.arrow`
  const schema = fromHex(segments.metadata.get('schema') ?? '')
  const rowsPerSegment = Number(segments.metadata.get('rowsPerSegment'))
  if (!(Number.isInteger(rowsPerSegment) && rowsPerSegment > 0))
    throw new ArtifactError(
      `${name}-index.arrow: rowsPerSegment is ${rowsPerSegment}, expected a whole number from 1 up`,
    )
  const kept = keptTables(KEPT_BYTES)

  async function read(segment: number): Promise<OpenedTable> {
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
    const table = openTable(file, [schema, bytes], spec)
    kept.add(segment, table, bytes.length)
    return table
  }

  return {
    async row(rowIndex) {
      const segment = Math.floor(rowIndex / rowsPerSegment)
      if (!(rowIndex >= 0 && segment < segments.numRows))
        throw new RangeError(`${file}: row ${rowIndex} is in no segment`)
      return { table: kept.get(segment) ?? (await read(segment)), row: rowIndex % rowsPerSegment }
    },
  }
}

/** The tables asked for last, of so many bytes together. */
function keptTables(maxBytes: number) {
  // a Map goes through its keys in the order in which they were set
  const kept = new Map<number, { table: OpenedTable; sizeBytes: number }>()
  let total = 0
  const drop = (segment: number) => {
    total -= kept.get(segment)?.sizeBytes ?? 0
    kept.delete(segment)
  }
  return {
    get(segment: number): OpenedTable | null {
      const found = kept.get(segment)
      if (!found) return null
      kept.delete(segment)
      kept.set(segment, found)
      return found.table
    },
    add(segment: number, table: OpenedTable, sizeBytes: number): void {
      drop(segment)
      kept.set(segment, { table, sizeBytes })
      total += sizeBytes
      for (const oldest of kept.keys()) {
        if (total <= maxBytes) break
        drop(oldest)
      }
    },
  }
}

function fromHex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
