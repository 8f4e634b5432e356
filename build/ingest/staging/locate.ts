import { createReadStream } from 'node:fs'
import { READ_BYTES } from '../../io/files.ts'

const NEWLINE = 10
const RETURN = 13
const QUOTE = 34
/** longest text shown of a row, characters */
const SHOWN = 160

/** How rows and columns stand in a text file. */
export interface Layout {
  /** between columns, 1 to 4 ASCII characters */
  delimiter: string
  /** whether a column may stand in double quotes, doubled inside it, and hold line ends and delimiters then */
  quoted: boolean
  /** whether the first row is the names of the columns */
  header: boolean
}

/**
 * Physical lines of CSV records, found by one pass over the bytes: quoted line ends, blank lines and rows that
 * DuckDB rejected are all counted as they are. Needed only when something is wrong, so DuckDB need not carry lines.
 * @param rows accepted records, from 0 after the header line where there is one, ascending
 * @param rejectedOffsets byte offsets of the rejected records, as in `locateRejected`
 */
export async function locateRows(
  file: string,
  layout: Layout,
  rows: readonly number[],
  rejectedOffsets: Float64Array,
): Promise<{ line: number; text: string }[]> {
  const located: { line: number; text: string }[] = []
  let header = layout.header
  let accepted = -1
  let nextRejected = 0
  for await (const { offset, line, text } of records(file, layout)) {
    if (header) {
      header = false
      continue
    }
    if (nextRejected < rejectedOffsets.length && rejectedOffsets[nextRejected] <= offset) {
      nextRejected++
      continue
    }
    accepted++
    if (accepted === rows[located.length]) {
      located.push({ line, text: text() })
      if (located.length === rows.length) return located
    }
  }
  return located
}

/**
 * Physical lines and text of records that DuckDB rejected, by their byte offsets, ascending. An offset may be that of
 * a line end or blank line right before the record. Past a quote that is not closed nothing more is found.
 */
export async function locateRejected(
  file: string,
  layout: Layout,
  offsets: readonly number[],
): Promise<{ line: number; text: string }[]> {
  const located: { line: number; text: string }[] = []
  if (offsets.length === 0) return located
  for await (const { offset, line, text } of records(file, layout)) {
    if (offsets[located.length] > offset) continue
    located.push({ line, text: text() })
    if (located.length === offsets.length) break
  }
  return located
}

/** The first line that ends in a lone CR, or otherwise than the first line; undefined when all are alike. */
export async function strangeLineEnd(
  file: string,
): Promise<{ line: number; found: string; expected: string } | undefined> {
  let line = 0
  let first: string | undefined
  let returned = false
  for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>) {
    for (const byte of chunk) {
      if (byte === NEWLINE || returned) {
        line++
        const found = byte === NEWLINE ? (returned ? 'CRLF' : 'LF') : 'CR'
        first ??= found
        if (first === 'CR') return { line, found, expected: 'LF or CRLF' }
        if (found !== first) return { line, found, expected: `${first} as in line 1` }
      }
      returned = byte === RETURN
    }
  }
  return undefined
}

/** Non-blank records with their first byte and first line. Text is cut out only when asked for. */
async function* records(
  file: string,
  { delimiter, quoted: mayBeQuoted }: Layout,
): AsyncGenerator<{ offset: number; line: number; text: () => string }> {
  const delimiterEnd = delimiter.charCodeAt(delimiter.length - 1)
  let line = 1
  let position = 0
  let quoted = false
  let closedAt = -2
  let start = { offset: 0, line: 1 }
  let carried = Buffer.alloc(0)
  for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([carried, chunk])
    let from = 0
    for (let at = carried.length; at < bytes.length; at++) {
      if (bytes[at] === QUOTE && mayBeQuoted) {
        // a quote opens a column only at its start; right after a closing one it is doubled, and the column goes on
        if (quoted) closedAt = at
        quoted = !quoted && (at === from || bytes[at - 1] === delimiterEnd || closedAt === at - 1)
      } else if (bytes[at] === NEWLINE) {
        line++
        if (quoted) continue
        const [first, last] = [from, bytes[at - 1] === RETURN ? at - 1 : at]
        if (last > first) yield { ...start, text: () => shown(bytes.subarray(first, last)) }
        from = at + 1
        start = { offset: position + from, line }
      }
    }
    carried = bytes.subarray(from)
    position += from
    closedAt -= from
  }
  if (carried.length > 0) yield { ...start, text: () => shown(carried) }
}

/** A row for a message: on one line, control characters escaped, cut where it is long. */
export function shown(row: Buffer | string): string {
  const text = row.toString().trim()
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)
}
