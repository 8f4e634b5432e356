import { createReadStream } from 'node:fs'
import { DataError, READ_BYTES } from '../../io/files.ts'
import type { InputFile } from '../staging/input-file.ts'
import { shown } from '../staging/locate.ts'

const NEWLINE = 10
const RETURN = 13
const QUOTE = 34
const COMMA = 44
/** the longest of The Movies Dataset is under 1 MiB; past this it is a quote that was never closed */
const MAX_RECORD_BYTES = 1 << 24

/** A row that may span lines, or why it is none. */
export type CsvRecord = { line: number; bytes: Buffer } & (
  | { fields: Record<string, string> }
  | { reason: string; expected: string; bad: true }
)

/**
 * The rows of a comma-separated file with a header, with physical line numbers, in one pass: for files whose columns
 * are parsed further in JavaScript. Quotes, line ends and the byte order mark as RFC 4180 and Excel have them; the
 * columns may stand in any order, and others beside them.
 * @param needed columns that must be there
 * @throws {DataError} for a header without them, UTF-16, or a quote that is not closed
 */
export async function* readCsvRecords(
  { file, plain }: InputFile,
  needed: readonly string[],
): AsyncGenerator<CsvRecord> {
  let names: string[] | undefined
  for await (const { line, bytes, columns, stray } of splitRecords(file, plain)) {
    if (names === undefined) {
      names = headerOf(file, columns, needed)
      continue
    }
    const decoded = decode(columns)
    if (decoded === undefined) yield { line, bytes, reason: 'not UTF-8', expected: 'text in UTF-8', bad: true }
    else if (stray)
      yield { line, bytes, reason: 'text behind a closed quote', expected: 'quotes inside a column doubled', bad: true }
    else if (decoded.length !== names.length)
      yield {
        ...{ line, bytes, bad: true },
        reason: decoded.length < names.length ? 'too few columns' : 'too many columns',
        expected: `${names.length} columns`,
      }
    else yield { line, bytes, fields: Object.fromEntries(names.map((name, column) => [name, decoded[column]])) }
  }
  if (names === undefined) throw new DataError(`${file}:1: found no row, expected the columns ${needed.join()}`)
}

function headerOf(file: string, columns: Buffer[], needed: readonly string[]): string[] {
  const [first] = columns
  if ((first[0] === 0xff && first[1] === 0xfe) || (first[0] === 0xfe && first[1] === 0xff))
    throw new DataError(`${file}:1: found a UTF-16 byte order mark, expected UTF-8`)
  const names = columns.map((column) =>
    column
      .toString('utf8')
      .replace(/^\ufeff/u, '')
      .trim(),
  )
  const twice = names.find((name, column) => name !== '' && names.indexOf(name) !== column)
  if (twice !== undefined) throw new DataError(`${file}:1: found the column ${shown(twice)} twice, expected it once`)
  if (needed.every((name) => names.includes(name))) return names
  throw new DataError(`${file}:1: found the columns ${shown(names.join())}, expected ${needed.join()} among them`)
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decode(columns: Buffer[]): string[] | undefined {
  try {
    return columns.map((column) => UTF8.decode(column))
  } catch {
    return undefined
  }
}

interface RawRecord {
  columns: Buffer[]
  /** text between a closing quote and the next comma */
  stray: boolean
  /** where the record ends, without and with its line end */
  end: number
  next: number
}

/** Non-blank records with their first line. */
async function* splitRecords(
  file: string,
  plain: string,
): AsyncGenerator<{ line: number; bytes: Buffer; columns: Buffer[]; stray: boolean }> {
  let line = 1
  let carried: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(plain, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>) {
    const bytes: Buffer = carried.length === 0 ? chunk : Buffer.concat([carried, chunk])
    let from = 0
    for (let record = scan(bytes, from, false); record !== undefined; record = scan(bytes, from, false)) {
      const { columns, stray, end, next } = record
      if (end > from) yield { line, bytes: bytes.subarray(from, end), columns, stray }
      line += linesIn(bytes, from, next)
      from = next
    }
    carried = bytes.subarray(from)
    if (carried.length > MAX_RECORD_BYTES) throw unclosed(file, line, carried)
  }
  if (carried.length === 0) return
  const record = scan(carried, 0, true)
  if (record === undefined) throw unclosed(file, line, carried)
  if (record.end > 0)
    yield { line, bytes: carried.subarray(0, record.end), columns: record.columns, stray: record.stray }
}

function unclosed(file: string, line: number, bytes: Buffer): DataError {
  return new DataError(
    `${file}:${line}: a quote that is not closed: found ${shown(bytes.subarray(0, 1024))}, ` +
      'expected quotes around the whole column, doubled inside it',
  )
}

/** One record from `from` on; undefined when the bytes end inside of it. */
function scan(bytes: Buffer, from: number, isLast: boolean): RawRecord | undefined {
  const columns: Buffer[] = []
  let stray = false
  let at = from
  for (;;) {
    let start = at
    let column: Buffer | undefined
    if (bytes[at] === QUOTE) {
      start = at + 1
      let doubled = false
      at = bytes.indexOf(QUOTE, start)
      while (at !== -1 && bytes[at + 1] === QUOTE) {
        doubled = true
        at = bytes.indexOf(QUOTE, at + 2)
      }
      // a quote at the very end may be the first half of a doubled one
      if (at === -1 || (at + 1 === bytes.length && !isLast)) return undefined
      column = bytes.subarray(start, at)
      if (doubled) column = Buffer.from(column.toString('latin1').replaceAll('""', '"'), 'latin1')
      start = ++at
    }
    while (at < bytes.length && bytes[at] !== COMMA && bytes[at] !== NEWLINE) at++
    if (at === bytes.length && !isLast) return undefined
    const end = bytes[at] !== COMMA && at > start && bytes[at - 1] === RETURN ? at - 1 : at
    if (column !== undefined && end > start) stray = true
    columns.push(column ?? bytes.subarray(start, end))
    if (bytes[at] !== COMMA) return { columns, stray, end, next: Math.min(at + 1, bytes.length) }
    at++
  }
}

function linesIn(bytes: Buffer, from: number, to: number): number {
  let lines = 0
  for (let at = bytes.indexOf(NEWLINE, from); at !== -1 && at < to; at = bytes.indexOf(NEWLINE, at + 1)) lines++
  return lines
}
