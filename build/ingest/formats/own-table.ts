import { stat } from 'node:fs/promises'
import { OWN_COLUMNS, type SourceConfig } from '#core/schemas/config.ts'
import { Database } from '../../io/database.ts'
import { DataError, firstLine } from '../../io/files.ts'
import type { Kind, ReaderInput, Staged } from '../reader.ts'
import { type InputFile, inputFile } from '../staging/input-file.ts'
import { type Layout, shown } from '../staging/locate.ts'
import { type FileColumns, stageCsv } from '../staging/stage-csv.ts'
import { isParquet, parquetColumns, stageParquet } from '../staging/stage-parquet.ts'
import type { Column } from './own-values.ts'

type OwnFormat = keyof typeof OWN_COLUMNS

/** what may stand between the columns of a text file, the likeliest first */
const DELIMITERS = ['\t', '::', ',', ';', '|', ' ']

/** A table of one's own, its columns told apart: a text file with or without a header, or a Parquet file. */
export interface OwnTable {
  input: InputFile
  /** of a text file; null for Parquet */
  layout: Layout | null
  /** all columns of the file, in its order, by the name that they are read under */
  columns: FileColumns
  /** a column of the config → the name that it is read under; absent when the file has none */
  names: Map<string, string>
}

/** Name and SQL type of a column that the file has, by its name in the config. */
export function columnOf({ names, columns }: OwnTable, name: string): Column {
  const read = names.get(name)!
  return { name: read, type: columns[read]! }
}

/**
 * Find the columns that the config maps, or that have the names of the format.
 * @param numbers columns of the format that are numbers, so that others are refused with their line
 * @throws {DataError} when a mapped or needed column is not there, naming those that are
 */
export async function openOwnTable(
  format: OwnFormat,
  { path, source, scratch, database }: ReaderInput,
  numbers: readonly string[],
): Promise<OwnTable> {
  const input = await inputFile(path, scratch)
  const wanted = wantedColumns(format, source)
  if (isParquet(path)) {
    const columns = await parquetColumns(input, database)
    return { input, layout: null, columns, names: findNames(input.file, wanted, Object.keys(columns)) }
  }
  const line = await firstLine(input.plain)
  const byNumber = isByNumber(source.columns)
  const layout = { delimiter: findDelimiter(line, wanted, byNumber), quoted: true, header: !byNumber }
  if (layout.delimiter === '::') layout.quoted = false
  const row = splitRow(line, layout.delimiter)
  const header = byNumber ? row.map((_, index) => String(index + 1)) : row
  const found = findNames(input.file, wanted, header)
  // the file's own names may be anything, and be there twice: the mapped ones are read under ours
  const read = header.map(
    (column, index) => [...found].find(([, mapped]) => mapped === column)?.[0] ?? `column${index + 1}`,
  )
  return {
    input,
    layout,
    columns: Object.fromEntries(read.map((name) => [name, numbers.includes(name) ? 'DOUBLE' : 'VARCHAR'])),
    names: new Map([...found].map(([name, column]) => [name, read[header.indexOf(column)]])),
  }
}

/** Stage it, text in the place of ids. @param select SQL of staged columns over the columns read */
export async function stageOwn(
  kind: Kind,
  { input, layout, columns }: OwnTable,
  staged: Record<string, string>,
  select: Record<string, string>,
  database: Database,
): Promise<Staged> {
  const table =
    layout === null
      ? await stageParquet(kind, input, staged, select, database)
      : await stageCsv(kind, input, database, { layout, columns, select, staged, headerIsKnown: true })
  return { ...table, textIds: true }
}

/** Whether a file has the needed columns of a format under their own names. */
export async function looksOwn(path: string, names: readonly string[]): Promise<boolean> {
  if (!/\.(csv|tsv|txt|parquet)$/u.test(path) || !(await stat(path)).isFile()) return false
  if (!isParquet(path)) {
    const line = await firstLine(path)
    return DELIMITERS.some((delimiter) => isSubset(names, splitRow(line, delimiter)))
  }
  const database = await Database.open({ threads: 1 })
  try {
    return isSubset(names, Object.keys(await parquetColumns({ file: path, plain: path }, database)))
  } finally {
    await database.close()
  }
}

interface Wanted {
  name: string
  /** the file's name of it, or its number from 1 */
  column: string
  needed: boolean
}

/** A column that the config names must be there; of the others only those that the format cannot do without. */
function wantedColumns(format: OwnFormat, { columns = {} }: SourceConfig): Wanted[] {
  const byNumber = isByNumber(columns)
  const wanted: Wanted[] = []
  for (const [name, need] of Object.entries(OWN_COLUMNS[format])) {
    const column = columns[name]
    if (column === null || (column === undefined && byNumber && need === 'optional')) continue
    wanted.push({ name, column: String(column ?? name), needed: need === 'needed' || column !== undefined })
  }
  return wanted
}

function isByNumber(columns: SourceConfig['columns'] = {}): boolean {
  return Object.values(columns).some((column) => typeof column === 'number')
}

/** Ours → the file's. */
function findNames(file: string, wanted: readonly Wanted[], present: readonly string[]): Map<string, string> {
  const names = new Map<string, string>()
  for (const { name, column, needed } of wanted) {
    const count = present.filter((other) => other === column).length
    if (count > 1) throw new DataError(`${file}:1: found the column ${column} ${count} times, expected it once`)
    if (count === 1) names.set(name, column)
    else if (needed)
      throw new DataError(
        `${file}:1: found the columns ${shown(present.join(', '))}, expected ${column} among them as ${name} ` +
          '(data.sources, columns)',
      )
  }
  return names
}

/** The first delimiter by which all needed columns are there; the one that gives most columns when none does. */
function findDelimiter(line: string, wanted: readonly Wanted[], byNumber: boolean): string {
  const needed = wanted.filter(({ needed }) => needed).map(({ column }) => column)
  const fits = (delimiter: string) => {
    const row = splitRow(line, delimiter)
    return isSubset(needed, byNumber ? row.map((_, index) => String(index + 1)) : row)
  }
  const most = DELIMITERS.toSorted((a, b) => splitRow(line, b).length - splitRow(line, a).length)
  return DELIMITERS.find(fits) ?? most[0]
}

function isSubset(names: readonly string[], of: readonly string[]): boolean {
  return names.every((name) => of.includes(name))
}

/** The columns of one row; a delimiter between quotes is none. */
function splitRow(line: string, delimiter: string): string[] {
  const columns: string[] = []
  let rest = line
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"/u.exec(rest)
    const end = rest.indexOf(delimiter, quoted?.[0].length ?? 0)
    const text = end === -1 ? rest : rest.slice(0, end)
    columns.push((quoted === null ? text : quoted[1].replaceAll('""', '"')).trim())
    if (end === -1) return columns
    rest = rest.slice(end + delimiter.length)
  }
}
