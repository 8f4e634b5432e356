import { type DataType, type Table, tableFromIPC } from '@uwdata/flechette'
import { type ColumnType, FORMAT, type TableSpec } from './tables.ts'

/** A published file that is not what its name says: altered, cut off, or of another version. */
export class ArtifactError extends Error {
  override name = 'ArtifactError'
}

export type Numbers = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array

interface ListView<Values> {
  /** numRows + 1; row r's values are [offsets[r], offsets[r + 1]) */
  offsets: Int32Array
  values: Values
}

/** Views on one record batch; nothing is copied, strings are decoded when asked for. */
export interface OpenedTable {
  numRows: number
  metadata: ReadonlyMap<string, string>
  numbers<T extends Numbers>(column: string): T
  list<T extends Numbers>(column: string): ListView<T>
  /** values of all rows back to back, and how many a row has */
  fixed<T extends Numbers>(column: string): { values: T; size: number }
  text(column: string, row: number): string
  texts(column: string, row: number): string[]
}

/**
 * Open one artifact and check it once: readable, format, version, columns, types, one record batch.
 * @param parts the whole file, or a schema message followed by one record batch (a segment)
 * @throws {ArtifactError} naming the file, what was found and what was expected
 */
export function openTable(file: string, parts: Uint8Array | Uint8Array[], spec: TableSpec): OpenedTable {
  const table = decode(file, parts)
  checkHeader(file, table, spec)
  for (const [column, expected] of Object.entries(spec.columns)) checkColumn(file, table, column, expected)

  const { numRows } = table
  const batches = new Map(Object.keys(spec.columns).map((column) => [column, table.getChild(column).data[0]!]))
  const batch = (column: string) => batches.get(column)!
  // a view may run on into the padding of its buffer: each is cut to its rows
  return {
    numRows,
    metadata: table.schema.metadata ?? new Map(),
    numbers: <T>(column: string) => (batch(column).values as Numbers).subarray(0, numRows) as T,
    list: <T>(column: string) => {
      const { offsets, children } = batch(column)
      const values = children[0]!.values as Numbers
      return {
        offsets: offsets.subarray(0, numRows + 1) as Int32Array,
        values: values.subarray(0, Number(offsets[numRows])) as T,
      }
    },
    fixed: <T>(column: string) => {
      const { children, type } = batch(column)
      const size = (type as { stride: number }).stride
      return { values: (children[0]!.values as Numbers).subarray(0, numRows * size) as T, size }
    },
    text: (column, row) => batch(column).at(row) as string,
    texts: (column, row) => [...(batch(column).at(row) as Iterable<string>)],
  }
}

/** Which table some bytes hold, and of which version; null where they are none of ours. */
export function headerOf(bytes: Uint8Array): { table: string; version: number } | null {
  try {
    const { metadata } = tableFromIPC(bytes).schema
    if (metadata?.get('format') !== FORMAT) return null
    return { table: metadata.get('table') ?? '', version: Number(metadata.get('version')) }
  } catch {
    return null
  }
}

function decode(file: string, parts: Uint8Array | Uint8Array[]): Table {
  try {
    return tableFromIPC(parts)
  } catch (cause) {
    throw new ArtifactError(`${file}: not readable as Arrow IPC (${(cause as Error).message})`, { cause })
  }
}

function checkHeader(file: string, table: Table, spec: TableSpec): void {
  const { metadata } = table.schema
  const format = `${metadata?.get('format')}/${metadata?.get('table')}`
  if (format !== `${FORMAT}/${spec.name}`)
    throw new ArtifactError(`${file}: holds ${format}, expected ${FORMAT}/${spec.name}`)
  const version = metadata?.get('version')
  if (version !== String(spec.version))
    throw new ArtifactError(
      `${file}: version ${version}, this reader knows ${spec.version}` +
        (Number(version) < spec.version ? '; the model is older than this code, "marquee build" makes it anew' : ''),
    )
}

function checkColumn(file: string, table: Table, column: string, expected: ColumnType): void {
  const field = table.schema.fields.find(({ name }) => name === column)
  if (!field) throw new ArtifactError(`${file}: column ${column} is missing`)
  const found = columnType(field.type)
  if (found !== expected) throw new ArtifactError(`${file}: column ${column} is ${found}, expected ${expected}`)
  const { data, nullCount } = table.getChild(column)
  if (data.length !== 1) throw new ArtifactError(`${file}: ${data.length} record batches, expected 1`)
  if (nullCount > 0) throw new ArtifactError(`${file}: column ${column} has ${nullCount} nulls, expected none`)
}

// ids of the Arrow format, https://github.com/apache/arrow/blob/main/format/Schema.fbs
const INT = 2
const FLOAT = 3
const UTF8 = 5
const LIST = 12
const FIXED_SIZE_LIST = 16

function columnType(type: DataType): string {
  const { typeId, bitWidth, signed, precision, children } = type as DataType & {
    bitWidth?: number
    signed?: boolean
    precision?: number
    children?: { type: DataType }[]
  }
  if (typeId === INT) return `${signed ? '' : 'u'}int${bitWidth}`
  if (typeId === FLOAT) return `float${16 << (precision ?? 0)}`
  if (typeId === UTF8) return 'utf8'
  if (typeId === LIST) return `list<${columnType(children![0]!.type)}>`
  if (typeId === FIXED_SIZE_LIST) return `fixed<${columnType(children![0]!.type)}>`
  return `Arrow type ${typeId}`
}
