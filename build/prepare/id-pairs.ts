import { createReadStream } from 'node:fs'
import { DataError, firstLine, READ_BYTES } from '../io/files.ts'

/** A line of ids longer than this is no line: a user with a million movies takes 8 MB. */
const MAX_LINE_BYTES = 1 << 26
const LARGEST_ID = 0x7fff_ffff
/** Names of the columns, in lower case without what is between words. */
const USER_NAMES = ['userid', 'user', 'uid']
const ITEM_NAMES = ['movieid', 'itemid', 'movie', 'item', 'sid', 'iid']

const [NEWLINE, CARRIAGE_RETURN, SPACE, QUOTE, ZERO] = [0x0a, 0x0d, 0x20, 0x22, 0x30]

/** How the lines of a file are to be read. */
type Layout =
  | { kind: 'lists' }
  | { kind: 'pairs'; separator: Buffer; userColumn: number; itemColumn: number; header: boolean }

type OnPair = (userId: number, itemId: number, line: number) => void

/**
 * Read a file of user and movie ids, in either of the layouts that splits are published in; its first line tells which:
 * - pairs: `user,movie[,rating[,timestamp]]` by comma, tab, semicolon or `::`; a header names the columns, without one
 *   they are the first and the second. What else a line has is not looked at.
 * - lists: `user movie movie …` by spaces, a line a user, as LightGCN's data sets come; a user may have none.
 * Empty lines are passed over. Streamed: the memory does not grow with the file.
 * @param onPair ids are whole numbers from 0 to 2³¹ − 1
 * @throws {DataError} naming file and line where there is no id
 */
export async function readIdPairs(file: string, signal: AbortSignal, onPair: OnPair): Promise<void> {
  const layout = layoutOf(file, await firstLine(file))
  await eachLine(file, signal, (bytes, start, end, line) => {
    if (layout.kind === 'lists') readList(bytes, start, end, file, line, onPair)
    else if (line > 1 || !layout.header) readPair(bytes, start, end, layout, file, line, onPair)
  })
}

/** @throws {DataError} when there is a header without a column for the user or the movie */
function layoutOf(file: string, first: string): Layout {
  const separator = ['\t', '::', ',', ';'].find((candidate) => first.includes(candidate))
  if (separator === undefined) return { kind: 'lists' }
  const pairs = { kind: 'pairs', separator: Buffer.from(separator) } as const
  const cells = first.split(separator).map((cell) => cell.trim().replaceAll('"', ''))
  if (/^\d/.test(cells[0])) return { ...pairs, userColumn: 0, itemColumn: 1, header: false }

  const names = cells.map((cell) => cell.toLowerCase().replaceAll(/[^a-z]/g, ''))
  const [userColumn, itemColumn] = [USER_NAMES, ITEM_NAMES].map((known) =>
    names.findIndex((name) => known.includes(name)),
  )
  if (userColumn < 0 || itemColumn < 0)
    throw new DataError(
      `${file}:1: found ${show(first)}, expected ids, or a header with userId (or user, uid) and movieId (or itemId, item, sid)`,
    )
  return { ...pairs, userColumn, itemColumn, header: true }
}

async function eachLine(
  file: string,
  signal: AbortSignal,
  onLine: (bytes: Buffer, start: number, end: number, line: number) => void,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0)
  let line = 0
  const take = (bytes: Buffer, start: number, end: number) => {
    line++
    let from = start
    let to = end
    if (line === 1 && bytes.subarray(from, from + 3).toString('latin1') === '\u00ef\u00bb\u00bf') from += 3
    while (to > from && (bytes[to - 1] === CARRIAGE_RETURN || bytes[to - 1] === SPACE)) to--
    if (to > from) onLine(bytes, from, to, line)
  }
  for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES, signal })) {
    const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      take(bytes, start, end)
      start = end + 1
    }
    rest = bytes.subarray(start)
    if (rest.length > MAX_LINE_BYTES)
      throw new DataError(`${file}:${line + 1}: found a line of more than ${MAX_LINE_BYTES} bytes, expected ids`)
  }
  take(rest, 0, rest.length)
}

function readPair(
  bytes: Buffer,
  start: number,
  end: number,
  { separator, userColumn, itemColumn }: Layout & { kind: 'pairs' },
  file: string,
  line: number,
  onPair: OnPair,
): void {
  let userId = -1
  let itemId = -1
  const lastColumn = Math.max(userColumn, itemColumn)
  let from = start
  for (let column = 0; column <= lastColumn && from <= end; column++) {
    // a call of indexOf for every field would cost more than the reading
    let to = from
    while (to < end && !startsWith(separator, bytes, to)) to++
    if (column === userColumn) userId = idAt(bytes, from, to)
    if (column === itemColumn) itemId = idAt(bytes, from, to)
    from = to + separator.length
  }
  if (userId < 0 || itemId < 0) refuse(bytes, start, end, 'the ids of a user and a movie', file, line)
  onPair(userId, itemId, line)
}

function readList(bytes: Buffer, start: number, end: number, file: string, line: number, onPair: OnPair): void {
  let userId = -1
  for (let from = start; from < end; ) {
    let to = from
    while (to < end && bytes[to] !== SPACE) to++
    if (to > from) {
      const id = idAt(bytes, from, to)
      if (id < 0) refuse(bytes, from, to, 'an id, as the first line has ids between spaces', file, line)
      if (userId < 0) userId = id
      else onPair(userId, id, line)
    }
    from = to + 1
  }
}

function startsWith(separator: Buffer, bytes: Buffer, at: number): boolean {
  return bytes[at] === separator[0] && (separator.length === 1 || bytes[at + 1] === separator[1])
}

/** The whole number that stands there, maybe in quotes; −1 when there is none, or too large a one. */
function idAt(bytes: Buffer, start: number, end: number): number {
  let from = start
  let to = end
  while (from < to && bytes[from] === SPACE) from++
  while (to > from && bytes[to - 1] === SPACE) to--
  if (to - from > 2 && bytes[from] === QUOTE && bytes[to - 1] === QUOTE) {
    from++
    to--
  }
  if (from === to) return -1
  let id = 0
  for (let at = from; at < to; at++) {
    const digit = bytes[at] - ZERO
    if (digit < 0 || digit > 9) return -1
    id = id * 10 + digit
    if (id > LARGEST_ID) return -1
  }
  return id
}

function refuse(bytes: Buffer, start: number, end: number, expected: string, file: string, line: number): never {
  throw new DataError(`${file}:${line}: found ${show(bytes.toString('utf8', start, end))}, expected ${expected}`)
}

function show(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
