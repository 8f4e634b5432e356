import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Database, quote } from '../io/database.ts'
import { DataError } from '../io/files.ts'
import { listed } from '../io/table.ts'
import type { RawFactors } from './index.ts'

/** Types that ids and factors may have in the Parquet files; ALS itself writes the first of each. */
const ID_TYPES = ['INTEGER', 'BIGINT', 'SMALLINT']
const FEATURE_TYPES = ['FLOAT[]', 'DOUBLE[]']

/**
 * Item factors that Spark MLlib wrote: `ALSModel.save` makes a folder with itemFactors/ and userFactors/, Parquet files
 * of `id INT, features ARRAY<FLOAT>`; `itemFactors/` alone does too. Rows come in the order of the id.
 * @throws {DataError} when a column is missing or of another type, or the rows are of different lengths
 */
export async function readSpark(folder: string): Promise<RawFactors> {
  const files = await sparkFiles(folder)
  const database = await Database.open()
  try {
    await describeColumns(database, folder, files)
    const { rows, shortest, longest } = await load(database, folder, files)
    if (shortest !== longest)
      throw new DataError(`${folder}: found rows of ${shortest} to ${longest} factors, expected all of one length`)
    const { ids } = await database.columns('SELECT id FROM factors', { ids: Float64Array }, rows)
    const sql = 'SELECT unnest(features) FROM factors'
    const { values } = await database.columns(sql, { values: Float64Array }, rows * longest)
    return { engine: 'spark', ids, ownFactors: longest, values }
  } finally {
    await database.close()
  }
}

/** The Parquet files of the item factors, by name; markers such as _SUCCESS and hidden checksums left out. */
export async function sparkFiles(folder: string): Promise<string[]> {
  const inside = join(folder, 'itemFactors')
  for (const candidate of [inside, folder]) {
    const names = await readdir(candidate).catch(() => [])
    const files = names.filter((name) => name.endsWith('.parquet') && !/^[._]/.test(name)).sort()
    if (files.length > 0) return files.map((name) => join(candidate, name))
  }
  const names = (await readdir(folder)).sort()
  const found = names.length === 0 ? 'an empty folder' : listed(names)
  throw new DataError(
    `${folder}: found ${found}; expected itemFactors/ with Parquet files, as Spark's ALSModel.save writes it ` +
      '(of a saved pipeline, name the folder of its ALS stage)',
  )
}

async function describeColumns(database: Database, folder: string, files: string[]): Promise<void> {
  const columns = await database
    .rows<{ column_name: string; column_type: string }>(`DESCRIBE SELECT * FROM ${parquet(files)}`)
    .catch((cause) => refuse(folder, cause))
  for (const [name, types] of [
    ['id', ID_TYPES],
    ['features', FEATURE_TYPES],
  ] as const) {
    const column = columns.find(({ column_name }) => column_name === name)
    if (!column) {
      const names = columns.map(({ column_name }) => column_name).join(', ')
      throw new DataError(`${folder}: found columns ${names}; expected id and features`)
    }
    if (!types.includes(column.column_type))
      throw new DataError(`${folder}: column ${name} is ${column.column_type}, expected ${types.join(' or ')}`)
  }
}

/** Rows in the order of the id, so that neither the number of files nor their names change a result. */
async function load(database: Database, folder: string, files: string[]) {
  await database
    .run(`CREATE TABLE factors AS
      SELECT id::DOUBLE AS id, features::DOUBLE[] AS features FROM ${parquet(files)} ORDER BY id`)
    .catch((cause) => refuse(folder, cause))
  const [counts] = await database.rows<Record<'rows' | 'nulls' | 'shortest' | 'longest', number>>(`
    SELECT count(*) AS rows, coalesce(min(len(features)), 0) AS shortest, coalesce(max(len(features)), 0) AS longest,
      count(*) FILTER (id IS NULL OR features IS NULL OR list_count(features) < len(features)) AS nulls FROM factors`)
  const { nulls, ...shape } = counts!
  if (nulls > 0) throw new DataError(`${folder}: found NULL in ${nulls} rows, expected an id and numbers in each`)
  return shape
}

/** DuckDB names the file; what follows its first line is of no use to a reader. */
function refuse(folder: string, cause: Error): never {
  throw new DataError(`${folder}: not readable as Parquet (${cause.message.split('\n')[0]})`, { cause })
}

function parquet(files: string[]): string {
  return `read_parquet([${files.map(quote).join(', ')}])`
}
