import { type Database, quote } from '../io/database.ts'
import { firstLine, hashFile } from '../io/files.ts'
import { DataError } from './data-error.ts'
import { locateRejected, locateRows, mixedLineEnd, shown } from './locate.ts'
import { type Dropped, type Kind, STAGED_COLUMNS, type Staged } from './reader.ts'

/** rows shown of each reason */
const SHOWN_ROWS = 3

/**
 * Stage a comma-separated file with a header by DuckDB: typed, in the file's order, rows of wrong types set aside.
 * LF and CRLF line ends and a UTF-8 byte order mark are fine.
 * @throws {DataError} for a missing or empty file, another header, mixed line ends, or a quote that is not closed,
 *   after which nobody knows where rows begin
 */
export async function stageCsv(kind: Kind, file: string, database: Database): Promise<Staged> {
  const { sizeBytes, sha256 } = await hashFile(file)
  const columns = STAGED_COLUMNS[kind]
  await checkHeader(file, Object.keys(columns))
  const table = `staged_${kind}`
  await readCsv(table, file, columns, database)
  const rejected = await readRejects(table, file, columns, database)
  return {
    kind,
    table,
    file,
    sizeBytes,
    sha256,
    rows: await database.count(`SELECT count(*) FROM ${table}`),
    rejected: rejected.dropped,
    locate: (rowids) => locateRows(file, rowids, rejected.offsets),
  }
}

async function checkHeader(file: string, expected: string[]): Promise<void> {
  const line = await firstLine(file)
  const found = line.split(',').map((name) => name.trim().replace(/^"(.*)"$/u, '$1'))
  if (found.join() !== expected.join())
    throw new DataError(`${file}:1: found the columns ${shown(found.join(','))}, expected "${expected.join()}"`)
}

/**
 * Whole numbers are read as DOUBLE (exact to 2^53) and then narrowed, because DuckDB would silently round
 * "1.5" to the id 2; what is not whole or too large becomes NULL, which the checks name. 10M ratings take 2.1 s, as with INTEGER.
 */
async function readCsv(
  table: string,
  file: string,
  columns: Record<string, string>,
  database: Database,
): Promise<void> {
  const isWhole = (type: string) => type === 'INTEGER' || type === 'BIGINT'
  const select = Object.entries(columns).map(([name, type]) =>
    isWhole(type)
      ? `CASE WHEN "${name}" = trunc("${name}") THEN try_cast("${name}" AS ${type}) END AS "${name}"`
      : `"${name}"`,
  )
  const types = Object.entries(columns).map(
    ([name, type]) => `${quote(name)}: ${quote(isWhole(type) ? 'DOUBLE' : type)}`,
  )
  try {
    await database.run(`
      CREATE TABLE ${table} AS SELECT ${select.join(', ')} FROM read_csv(${quote(file)},
        auto_detect = false, header = true, columns = {${types.join(', ')}}, delim = ',', quote = '"', escape = '"',
        store_rejects = true, rejects_table = '${table}_rejects', rejects_scan = '${table}_scans')`)
  } catch (cause) {
    const mixed = await mixedLineEnd(file)
    if (mixed !== undefined)
      throw new DataError(
        `${file}:${mixed.line}: found a line that ends in ${mixed.found}, expected ${mixed.first} as in line 1`,
        { cause },
      )
    throw new DataError(`${file}: DuckDB cannot read it as CSV (${(cause as Error).message.split('\n', 1)[0]})`, {
      cause,
    })
  }
}

interface Reject {
  offset: number
  type: string
  column: string | null
}

/** What DuckDB could not read, one reject a row, and its byte offset: its own line numbers count records, not lines. */
async function readRejects(
  table: string,
  file: string,
  columns: Record<string, string>,
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
  const located = await locateRejected(
    file,
    groups.map((reject) => reject.offset),
  )
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
      return { reason: `${reject.column} is not a number`, expected: `a number as ${reject.column}` }
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
