import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { DataError, expectText, READ_BYTES } from '../../io/files.ts'

/** adjacency: `user item item …`, a line a user; csv: `user,item[,rating[,timestamp]]`, with or without a header. */
export const SPLIT_FORMATS = ['adjacency', 'csv'] as const
export type SplitFormat = (typeof SPLIT_FORMATS)[number]

/** An interaction as a file has it. Ids are any strings; rating and timestamp (seconds) are NaN where the file has none. */
export type OnInteraction = (user: string, item: string, rating: number, timestamp: number) => void

/** Names that a header may have, in lower case and letters only. */
const NAMES = {
  user: ['user', 'userid', 'uid'],
  item: ['item', 'itemid', 'iid', 'sid', 'movie', 'movieid'],
  rating: ['rating', 'stars', 'score'],
  timestamp: ['timestamp', 'time', 'ts', 'unixtime'],
} as const
type ColumnName = keyof typeof NAMES

/** Where the columns are, from 0; −1 for none. */
type Columns = Record<ColumnName, number>
const PLAIN_COLUMNS: Columns = { user: 0, item: 1, rating: 2, timestamp: 3 }
const PLAIN = Object.keys(PLAIN_COLUMNS).join(',')

/** Times beyond these are in thousandths, millionths, billionths of a second: in seconds the first is the year 5138. */
const FINER_TIMES = [
  [1e17, 1e9],
  [1e14, 1e6],
  [1e11, 1e3],
] as const
/** What 32 bits hold: until 2106. */
const LAST_SECOND = 2 ** 32 - 1

/**
 * Read one file of a split, a line at a time; empty lines are passed over. A line of an adjacency file that has a user
 * alone is a user without items. A csv may be separated by comma, tab, semicolon, `::` or blanks, may quote its fields, and has a
 * header when the first line names columns for the user and the item. Times may be in seconds, milliseconds, µs or ns.
 * @returns how many interactions it has
 * @throws {DataError} naming file and line where an id is missing, a rating or timestamp is none, or a line looks like
 * a list of items or an unknown header; and for what is no text
 */
export async function readSplitFile(
  file: string,
  format: SplitFormat,
  signal: AbortSignal,
  onInteraction: OnInteraction,
): Promise<number> {
  await expectText(file)
  let read: ReadLine | null = null
  const input = createReadStream(file, { highWaterMark: READ_BYTES, signal })
  let line = 0
  let rowsRead = 0
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line++
    const plain = line === 1 ? text.replace(/^\ufeff/u, '') : text
    if (plain.trim() === '') continue
    const isFirst = read === null
    read ??= format === 'adjacency' ? readList : pairReader(plain)
    rowsRead += read(plain, `${file}:${line}`, isFirst, onInteraction)
  }
  return rowsRead
}

/** @param isFirst of those that are not empty @returns how many interactions the line has */
type ReadLine = (text: string, where: string, isFirst: boolean, onInteraction: OnInteraction) => number

const readList: ReadLine = (text, where, isFirst, onInteraction) => {
  const [user, ...items] = text.trim().split(/[ \t]+/u)
  if (isFirst && items.length === 0 && /[,;]|::/u.test(text))
    throw new DataError(
      `${where}: found ${show(text)}, expected a user and items between spaces; or is it --format csv?`,
    )
  for (const item of items) onInteraction(user!, item, Number.NaN, Number.NaN)
  return items.length
}

function pairReader(first: string): ReadLine {
  const separator = ['\t', '::', ',', ';', ' '].find((candidate) => first.includes(candidate)) ?? ','
  const header = headerOf(fieldsOf(first, separator))
  const columns = header ?? PLAIN_COLUMNS
  /** a first line that names no columns and holds no number: ids of the file, or names that are not known here */
  let maybeHeader: string | null = null
  return (text, where, isFirst, onInteraction) => {
    if (header && isFirst) return 0
    const fields = fieldsOf(text, separator)
    const [user, item] = [fields[columns.user], fields[columns.item]]
    if (!user || !item)
      throw new DataError(
        `${where}: found ${show(text)}, expected user and item separated by ${show(separator)}, as in the first line`,
      )
    if (!header && fields.slice(Object.keys(PLAIN_COLUMNS).length).some((field) => field !== ''))
      throw new DataError(
        `${where}: found ${fields.length} columns and no header that names them, expected ${PLAIN}; or is it --format adjacency?`,
      )
    if (isFirst && !fields.some(isNumber)) maybeHeader = text
    else if (maybeHeader !== null && fields.every(isNumber))
      throw new DataError(`${where}: found numbers below ${show(maybeHeader)}, expected a header such as ${PLAIN}`)
    else maybeHeader = null
    const numberIn = (name: ColumnName) => {
      const field = fields[columns[name]] ?? ''
      const value = field === '' ? Number.NaN : Number(field)
      if (field !== '' && !Number.isFinite(value))
        throw new DataError(`${where}: found the ${name} ${show(field)}, expected a number`)
      return value
    }
    const time = numberIn('timestamp')
    const seconds = time / (FINER_TIMES.find(([above]) => time > above)?.[1] ?? 1)
    if (seconds < 0 || seconds > LAST_SECOND)
      throw new DataError(`${where}: found the timestamp ${time}, expected seconds since 1970, 0 to ${LAST_SECOND}`)
    onInteraction(user, item, numberIn('rating'), seconds)
    return 1
  }
}

/** Columns by their names; null when these are no names of a user and an item. */
function headerOf(fields: string[]): Columns | null {
  const names = fields.map((field) => field.toLowerCase().replaceAll(/[^a-z]/gu, ''))
  const columnOf = (name: ColumnName) => names.findIndex((found) => (NAMES[name] as readonly string[]).includes(found))
  const columns = {
    user: columnOf('user'),
    item: columnOf('item'),
    rating: columnOf('rating'),
    timestamp: columnOf('timestamp'),
  }
  return columns.user >= 0 && columns.item >= 0 ? columns : null
}

/** Fields without surrounding blanks and quotes; a quoted one may hold the separator, and a quote as two. */
function fieldsOf(line: string, separator: string): string[] {
  const text = separator === ' ' ? line.trim().replaceAll(/ +/gu, ' ') : line
  if (!text.includes('"')) return text.split(separator).map((field) => field.trim())
  const fields: string[] = []
  for (let from = 0; from <= text.length; ) {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*/u.exec(text.slice(from))
    const end = text.indexOf(separator, from + (quoted?.[0].length ?? 0))
    const to = end < 0 ? text.length : end
    fields.push(quoted ? quoted[1]!.replaceAll('""', '"') : text.slice(from, to).trim())
    from = to + separator.length
  }
  return fields
}

function isNumber(field: string): boolean {
  return field !== '' && Number.isFinite(Number(field))
}

function show(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
