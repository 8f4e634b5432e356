import { type Database, quote } from '../../io/database.ts'
import { DataError } from '../../io/files.ts'
import type { Kind, Staged } from '../reader.ts'
import type { InputFile } from './input-file.ts'
import { shown } from './locate.ts'
import type { FileColumns } from './stage-csv.ts'

export function isParquet(path: string): boolean {
  return path.endsWith('.parquet')
}

/** Names and types of a Parquet file's columns. @throws {DataError} when it is none, or damaged */
export async function parquetColumns(
  { file, plain }: Pick<InputFile, 'file' | 'plain'>,
  database: Database,
): Promise<FileColumns> {
  const columns = await refusing(file, () =>
    database.rows<{ column_name: string; column_type: string }>(`DESCRIBE FROM read_parquet(${quote(plain)})`),
  )
  return Object.fromEntries(columns.map(({ column_name, column_type }) => [column_name, column_type]))
}

/** Stage a Parquet file. It has no lines: a row is named by its number, from 1. */
export async function stageParquet(
  kind: Kind,
  { plain, ...named }: InputFile,
  types: Record<string, string>,
  select: Record<string, string>,
  database: Database,
): Promise<Staged> {
  const table = `staged_${kind}`
  const columns = Object.entries(types).map(([name, type]) => `(${select[name] ?? 'NULL'})::${type} AS "${name}"`)
  await refusing(named.file, () =>
    database.run(`CREATE TABLE ${table} AS SELECT ${columns.join(', ')} FROM read_parquet(${quote(plain)})`),
  )
  return {
    kind,
    table,
    ...named,
    rows: await database.count(`SELECT count(*) FROM ${table}`),
    rejected: [],
    locate: async (rowids) => {
      const located: { line: number; text: string }[] = []
      for (const rowid of rowids) {
        const [row] = await database.rows<{ text: string }>(
          `SELECT r::VARCHAR AS text FROM (FROM read_parquet(${quote(plain)}) LIMIT 1 OFFSET ${rowid}) r`,
        )
        located.push({ line: rowid + 1, text: shown(row.text) })
      }
      return located
    },
  }
}

async function refusing<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const [reason] = (cause as Error).message.split('\n', 1)
    throw new DataError(`${file}: DuckDB cannot read it as Parquet (${reason})`, { cause })
  }
}
