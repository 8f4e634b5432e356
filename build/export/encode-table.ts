import {
  type Data,
  type DataType,
  Field,
  FixedSizeList,
  Float32,
  Int8,
  Int16,
  Int32,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Uint8,
  Uint16,
  Uint32,
  Utf8,
} from 'apache-arrow'
import type { Numbers } from '#core/format/open-table.ts'
import { type ColumnType, FORMAT, type Scalar, type TableSpec } from '#core/format/tables.ts'

/** A column's values: one a row, lists as offsets into values, or `size` values a row back to back. */
export type ColumnValues =
  | Numbers
  | readonly string[]
  | readonly (readonly string[])[]
  | { offsets: Uint32Array | Int32Array; values: Numbers }
  | { size: number; values: Numbers }

const SCALARS: Record<Scalar, () => DataType> = {
  int8: () => new Int8(),
  uint8: () => new Uint8(),
  int16: () => new Int16(),
  uint16: () => new Uint16(),
  int32: () => new Int32(),
  uint32: () => new Uint32(),
  float32: () => new Float32(),
}

/** The Arrow IPC file of a table: uncompressed, no nulls, one record batch. */
export function encodeTable(
  spec: TableSpec,
  numRows: number,
  columns: Record<string, ColumnValues>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const schema = schemaOf(spec, columns, metadata)
  return tableToIPC(new Table(schema, [batchOf(schema, spec, columns, 0, numRows)]), 'file')
}

export interface SegmentedFile {
  file: Uint8Array
  /** the Arrow schema message, which a batch needs before it to be read alone */
  schema: Uint8Array
  rowsPerSegment: number
  segments: { offset: number; bytes: Uint8Array }[]
}

/**
 * The file of a segmented table, a record batch every `rowsPerSegment` rows, and where each batch's bytes lie.
 * @throws {Error} when a batch does not stand in the file where it was computed to stand
 */
export function encodeSegmentedTable(
  spec: TableSpec & { rowsPerSegment: number },
  numRows: number,
  columns: Record<string, ColumnValues>,
): SegmentedFile {
  const schema = schemaOf(spec, columns, {})
  const batches: RecordBatch[] = []
  for (let from = 0; from === 0 || from < numRows; from += spec.rowsPerSegment)
    batches.push(batchOf(schema, spec, columns, from, Math.min(from + spec.rowsPerSegment, numRows)))
  const file = tableToIPC(new Table(schema, batches), 'file')

  // a stream is schema message, batch and end mark; the file holds the same batches from behind its magic on
  let offset = MAGIC_BYTES
  let schemaMessage = new Uint8Array(0)
  const segments = batches.map((batch) => {
    const stream = tableToIPC(new Table(schema, [batch]), 'stream')
    schemaMessage = stream.slice(0, messageBytes(stream))
    const bytes = stream.subarray(schemaMessage.length, stream.length - END_MARK_BYTES)
    const segment = { offset, bytes: file.subarray(offset, offset + bytes.length) }
    if (Buffer.compare(segment.bytes, bytes) !== 0)
      throw new Error(`${spec.name}: a record batch is not at byte ${offset} of the file`)
    offset += bytes.length
    return segment
  })
  return { file, schema: schemaMessage, rowsPerSegment: spec.rowsPerSegment, segments }
}

const MAGIC_BYTES = 8
const END_MARK_BYTES = 8

/** Length of the message that a stream begins with: continuation mark, length, that many bytes; a schema has no body. */
function messageBytes(stream: Uint8Array): number {
  return 8 + new DataView(stream.buffer, stream.byteOffset).getInt32(4, true)
}

function schemaOf(spec: TableSpec, columns: Record<string, ColumnValues>, metadata: Record<string, string>): Schema {
  const fields = Object.entries(spec.columns).map(([name, type]) => new Field(name, arrowType(type, columns[name]!)))
  const header = { format: FORMAT, table: spec.name, version: String(spec.version) }
  return new Schema(fields, new Map(Object.entries({ ...header, ...metadata })))
}

function arrowType(type: ColumnType, values: ColumnValues): DataType {
  if (type === 'utf8') return new Utf8()
  const inner = /^(list|fixed)<(\w+)>$/.exec(type)
  if (!inner) return SCALARS[type as Scalar]()
  const child = new Field('item', inner[2] === 'utf8' ? new Utf8() : SCALARS[inner[2] as Scalar]())
  return inner[1] === 'list' ? new List(child) : new FixedSizeList((values as { size: number }).size, child)
}

function batchOf(
  schema: Schema,
  spec: TableSpec,
  columns: Record<string, ColumnValues>,
  from: number,
  to: number,
): RecordBatch {
  const children = schema.fields.map((field) =>
    columnData(spec.columns[field.name]!, field.type, columns[field.name]!, from, to),
  )
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length: to - from, nullCount: 0, children }),
  )
}

function columnData(type: ColumnType, arrow: DataType, values: ColumnValues, from: number, to: number): Data {
  const length = to - from
  if (type === 'utf8') return textData((values as readonly string[]).slice(from, to))
  if (type === 'list<utf8>') {
    const lists = (values as readonly (readonly string[])[]).slice(from, to)
    const child = textData(lists.flat())
    return makeData({ type: arrow as List, length, nullCount: 0, valueOffsets: offsetsOf(lists), child })
  }
  if (type.startsWith('list')) {
    const { offsets, values: flat } = values as { offsets: Uint32Array; values: Numbers }
    const start = offsets[from]!
    const valueOffsets = Int32Array.from({ length: length + 1 }, (_, row) => offsets[from + row]! - start)
    const child = numberData((arrow as List).children[0]!.type, flat.subarray(start, offsets[to]!))
    return makeData({ type: arrow as List, length, nullCount: 0, valueOffsets, child })
  }
  if (type.startsWith('fixed')) {
    const { size, values: flat } = values as { size: number; values: Numbers }
    const child = numberData((arrow as FixedSizeList).children[0]!.type, flat.subarray(from * size, to * size))
    return makeData({ type: arrow as FixedSizeList, length, nullCount: 0, child })
  }
  return numberData(arrow, (values as Numbers).subarray(from, to))
}

function numberData(type: DataType, data: Numbers): Data {
  return makeData({ type: type as Int32, length: data.length, nullCount: 0, data: data as Int32Array })
}

function textData(texts: readonly string[]): Data {
  const encoded = texts.map((text) => Buffer.from(text, 'utf8'))
  const data = Buffer.concat(encoded)
  return makeData({
    type: new Utf8(),
    length: texts.length,
    nullCount: 0,
    valueOffsets: offsetsOf(encoded),
    data: new Uint8Array(data),
  })
}

function offsetsOf(rows: readonly { length: number }[]): Int32Array {
  const offsets = new Int32Array(rows.length + 1)
  rows.forEach((row, index) => {
    offsets[index + 1] = offsets[index]! + row.length
  })
  return offsets
}
