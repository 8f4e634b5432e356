import { type Database, quote } from '../../io/database.ts'
import { DataError, firstLine } from '../../io/files.ts'
import { type Dropped, type Kind, STAGED_COLUMNS, type Staged } from '../reader.ts'
import type { InputFile } from './input-file.ts'
import { type Layout, locateRejected, locateRows, shown, strangeLineEnd } from './locate.ts'

/** rows shown of each reason */
const SHOWN_ROWS = 3

export const CSV: Layout = { delimiter: ',', quoted: true, header: true }

/** A text file's columns in its order, with the types that they are read as. */
export type FileColumns = Record<string, string>

export interface CsvOptions {
  layout?: Layout
  /** the staged columns without those that the select adds */
  columns?: FileColumns | undefined
  /** SQL of staged columns over the file's; a staged column that neither has is NULL */
  select?: Record<string, string>
  /** types of the staged columns, where ids are still text */
  staged?: Record<string, string>
  /** whether the caller has looked at the header, and the columns have names of its own */
  headerIsKnown?: boolean
}

/**
 * Stage a text file of rows and columns by DuckDB: typed, in the file's order, rows of wrong types set aside.
 * LF and CRLF line ends and a UTF-8 byte order mark are fine.
 * @throws {DataError} for another header, mixed line ends, or a quote that is not closed, after which nobody knows
 *   where rows begin
 */
export async function stageCsv(
  kind: Kind,
  { plain, ...named }: InputFile,
  database: Database,
  options: CsvOptions = {},
): Promise<Staged> {
  const { layout = CSV, select = {}, headerIsKnown = false } = options
  const columns: FileColumns = options.columns ?? STAGED_COLUMNS[kind]
  const line = await firstLine(plain)
  if (layout.header && !headerIsKnown) checkHeader(named.file, line, layout, Object.keys(columns))
  const source: Source = { ...named, plain, layout, columns, table: `staged_${kind}` }
  const staged = Object.entries(options.staged ?? STAGED_COLUMNS[kind]).map(
    ([name, type]) =>
      `(${select[name] ?? (name in columns ? wholeNumber(name, columns[name]) : 'NULL')})::${type} AS "${name}"`,
  )
  await readCsv(source, staged, database)
  const rejected = await readRejects(source, database)
  return {
    kind,
    table: source.table,
    ...named,
    rows: await database.count(`SELECT count(*) FROM ${source.table}`),
    rejected: rejected.dropped,
    locate: async (rowids) => {
      if (!layout.quoted) await refuseLineEnds(named.file, plain)
      return locateRows(plain, layout, rowids, rejected.offsets)
    },
  }
}

interface Source extends InputFile {
  layout: Layout
  columns: FileColumns
  table: string
}

function checkHeader(file: string, line: string, { delimiter }: Layout, expected: string[]): void {
  const found = line.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/u, '$1'))
  if (found.join() !== expected.join())
    throw new DataError(
      `${file}:1: found the columns ${shown(found.join(delimiter))}, expected "${expected.join(delimiter)}"`,
    )
}

/**
 * Whole numbers are read as DOUBLE (exact to 2^53) and then narrowed, because DuckDB would silently round
 * "1.5" to the id 2; what is not whole or too large becomes NULL, which the checks name. 10M ratings take 2.1 s, as with INTEGER.
 */
function wholeNumber(name: string, type: string): string {
  return isWhole(type) ? `CASE WHEN "${name}" = trunc("${name}") THEN try_cast("${name}" AS ${type}) END` : `"${name}"`
}

function isWhole(type: string): boolean {
  return type === 'INTEGER' || type === 'BIGINT' || type === 'SMALLINT'
}

async function readCsv({ file, plain, layout, columns, table }: Source, select: string[], database: Database) {
  const types = Object.entries(columns).map(
    ([name, type]) => `${quote(name)}: ${quote(isWhole(type) ? 'DOUBLE' : type)}`,
  )
  const quotes = layout.quoted ? `quote = '"', escape = '"'` : `quote = '', escape = ''`
  try {
    await database.run(`
      CREATE TABLE ${table} AS SELECT ${select.join(', ')} FROM read_csv(${quote(plain)},
        auto_detect = false, header = ${layout.header}, columns = {${types.join(', ')}},
        delim = ${quote(layout.delimiter)}, ${quotes},
        store_rejects = true, rejects_table = '${table}_rejects', rejects_scan = '${table}_scans')`)
  } catch (cause) {
    await refuseLineEnds(file, plain, cause)
    throw new DataError(`${file}: DuckDB cannot read it as CSV (${(cause as Error).message.split('\n', 1)[0]})`, {
      cause,
    })
  }
}

/** @throws {DataError} when the line ends are not all LF, or all CRLF; DuckDB takes a lone CR for one too */
async function refuseLineEnds(file: string, plain: string, cause?: unknown): Promise<void> {
  const strange = await strangeLineEnd(plain)
  if (strange === undefined) return
  const { line, found, expected } = strange
  throw new DataError(`${file}:${line}: found a line that ends in ${found}, expected ${expected}`, { cause })
}

interface Reject {
  offset: number
  type: string
  column: string | null
}

/** What DuckDB could not read, one reject a row, and its byte offset: its own line numbers count records, not lines. */
async function readRejects(
  { table, file, plain, layout, columns }: Source,
  database: Database,
): Promise<{ dropped: Dropped[]; offsets: Float64Array }> {
  // a row of several errors counts once: a wrong shape before a wrong value, the leftmost of them
  await database.run(`
    CREATE TABLE ${table}_offsets AS
    SELECT (line_byte_position - 1)::DOUBLE AS "offset",
      arg_min({type: error_type::VARCHAR, column_name: column_name},
              (error_type = 'CAST')::INTEGER * 1000 + column_idx) AS error
    FROM ${table}_rejects GROUP BY line_byte_position ORDER BY line_byte_position`)
  const groups = await database.rows<Reject & { rows: number }>(`
    SELECT "offset", error.type AS "type", error.column_name AS "column",
      count(*) OVER (PARTITION BY reason) AS "rows"
    FROM (SELECT *, error.type || CASE WHEN error.type = 'CAST' THEN error.column_name ELSE '' END AS reason
          FROM ${table}_offsets)
    QUALIFY row_number() OVER (PARTITION BY reason ORDER BY "offset") <= ${SHOWN_ROWS}
    ORDER BY "offset"`)
  // in quotes any line end may stand; elsewhere lines could not be told with it
  if (groups.length > 0 && !layout.quoted) await refuseLineEnds(file, plain)
  const located = await locateRejected(
    plain,
    layout,
    groups.map((reject) => reject.offset),
  )
  if (located.length < groups.length) {
    await refuseLineEnds(file, plain)
    throw new DataError(`${file}: found rows whose lines cannot be told, expected one row a line`)
  }
  const dropped = new Map<string, Dropped>()
  for (const [index, reject] of groups.entries()) {
    const { reason, expected, fatal } = describe(reject, columns)
    const finding = { line: located[index].line, found: located[index].text, expected }
    if (fatal) throw new DataError(`${file}:${finding.line}: ${reason}: found ${finding.found}, expected ${expected}`)
    if (!dropped.has(reason)) dropped.set(reason, { reason, rows: reject.rows, bad: true, first: [] })
    dropped.get(reason)!.first.push(finding)
  }
  const count = await database.count(`SELECT count(*) FROM ${table}_offsets`)
  const { offset: offsets } = await database.columns(
    `SELECT "offset" FROM ${table}_offsets ORDER BY 1`,
    { offset: Float64Array },
    count,
  )
  for (const suffix of ['rejects', 'scans', 'offsets']) await database.run(`DROP TABLE ${table}_${suffix}`)
  return { dropped: [...dropped.values()], offsets }
}

/** DuckDB's kinds of reject in the words of a message. */
function describe(reject: Reject, columns: Record<string, string>): { reason: string; expected: string; fatal?: true } {
  switch (reject.type) {
    case 'CAST':
      return columns[reject.column!] === 'BOOLEAN'
        ? { reason: `${reject.column} is not 0 or 1`, expected: `0 or 1 as ${reject.column}` }
        : { reason: `${reject.column} is not a number`, expected: `a number as ${reject.column}` }
    case 'MISSING COLUMNS':
      return { reason: 'too few columns', expected: `${Object.keys(columns).length} columns` }
    case 'TOO MANY COLUMNS':
      return { reason: 'too many columns', expected: `${Object.keys(columns).length} columns` }
    case 'INVALID ENCODING':
      return { reason: 'not UTF-8', expected: 'text in UTF-8' }
    case 'UNQUOTED VALUE':
      return {
        reason: 'a quote that is not closed',
        expected: 'quotes around the whole column, doubled inside it',
        fatal: true,
      }
    default:
      return { reason: reject.type.toLowerCase(), expected: `${Object.keys(columns).length} columns` }
  }
}
