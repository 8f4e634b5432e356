import { join } from 'node:path'
import { type Database, quote } from '../../io/database.ts'
import { DataError, hashFile } from '../../io/files.ts'
import type { Log } from '../../io/handles.ts'
import { STAGED_COLUMNS, type Staged } from '../reader.ts'
import { shown } from '../staging/locate.ts'

/** largest INTEGER */
const LAST_ID = 0x7fff_ffff
const IDS = [
  { column: 'userId', own: 'userId', table: 'user_ids' },
  { column: 'movieId', own: 'itemId', table: 'item_ids' },
] as const

/**
 * Own ids may be any text; from here on they are numbers. Where all of them are whole numbers from 1 to 2^31 − 1 they
 * stay what they are. Otherwise they are numbered from 1: whole numbers first, ascending, then text in the order of its
 * code points; a table has both: `user_ids(userId, id)`, `item_ids(movieId, id)`, which are empty where ids are kept.
 * Such a number shifts with every id that comes in before it: what outlives a build must keep it, by `idsFrom`.
 * @param idsFrom folder with both tables of an earlier build: its ids have the numbers they had, others come after
 * @throws {DataError} when items would have to be numbered, and another source has movieIds; when a table of `idsFrom` is
 * missing, or does not give each id a number of its own
 */
export async function numberIds(
  staged: readonly Staged[],
  idsFrom: string | null,
  database: Database,
  log: Log,
): Promise<void> {
  const own = staged.filter(({ textIds }) => textIds)
  for (const { column, own: name, table } of IDS) {
    const tables = own.filter(({ kind }) => column in STAGED_COLUMNS[kind])
    await database.run(`CREATE TABLE ${table} ("${column}" INTEGER, id VARCHAR)`)
    if (tables.length === 0) continue
    if (idsFrom !== null) await readNumbers(join(idsFrom, `${table}.parquet`), table, column, database)
    const known = await database.count(`SELECT count(*) FROM ${table}`)
    const other = await firstOther(tables, column, database)
    if (other === null && known === 0) continue
    if (column === 'movieId') {
      const found = other === null ? 'item ids that have numbers of their own' : `the itemId ${shown(other)}`
      await refuseOtherIds(staged, `${tables[0].file}: found ${found}`, database)
    }
    await database.run(`
      INSERT INTO ${table} SELECT (SELECT coalesce(max("${column}"), 0) FROM ${table})
        + row_number() OVER (ORDER BY try_cast(id AS UBIGINT) NULLS LAST, id), id
      FROM (${idsOf(tables, column)}) WHERE id IS NOT NULL AND id NOT IN (SELECT id FROM ${table}) ORDER BY 1`)
    const count = await database.count(`SELECT count(*) FROM ${table}`)
    if (known > 0)
      log.info(`${name}: ${known} ids have their numbers from ${idsFrom}, ${count - known} come after them`)
    else
      log.info(
        `${name}: ${shown(other!)} is no whole number from 1, so that the ${count} ids are numbered (table ${table})`,
      )
  }
  for (const { table, kind } of own) await renumber(table, Object.keys(STAGED_COLUMNS[kind]), database)
}

/** The files of the numbers that were given before. */
export function idFiles(idsFrom: string): string[] {
  return IDS.map(({ table }) => join(idsFrom, `${table}.parquet`))
}

/** @throws {DataError} */
async function readNumbers(file: string, table: string, column: string, database: Database): Promise<void> {
  await hashFile(file)
  try {
    await database.run(`INSERT INTO ${table} SELECT "${column}", id FROM read_parquet(${quote(file)}) ORDER BY 1`)
  } catch (cause) {
    throw new DataError(`${file}: found no table of ${column} and id, expected one as "marquee prepare" writes it`, {
      cause,
    })
  }
  const [twice] = await database.rows<{ id: string | null }>(`
    SELECT min(id) AS id FROM ${table} GROUP BY id HAVING count(*) > 1 OR id IS NULL
    UNION ALL
    SELECT min(id) FROM ${table} GROUP BY "${column}" HAVING count(*) > 1 OR coalesce("${column}", 0) < 1 LIMIT 1`)
  if (twice)
    throw new DataError(`${file}: found ${shown(twice.id ?? '')} without a ${column} of its own, expected one an id`)
}

/** One of the ids that cannot stay what they are; null when all can. */
async function firstOther(tables: readonly Staged[], column: string, database: Database): Promise<string | null> {
  const [{ other }] = await database.rows<{ other: string | null }>(`
    SELECT min(id) AS other FROM (${idsOf(tables, column)})
    WHERE NOT (regexp_full_match(id, '[1-9][0-9]{0,9}') AND try_cast(id AS BIGINT) <= ${LAST_ID})`)
  return other
}

/** Each once: far fewer than rows. */
function idsOf(tables: readonly Staged[], column: string): string {
  const ids = tables.map(({ table }) => `SELECT DISTINCT "${column}" AS id FROM ${table}`)
  return `SELECT DISTINCT id FROM (${ids.join(' UNION ALL ')})`
}

/** Numbers of our own would meet the wrong movies in a source that has movieIds. */
async function refuseOtherIds(staged: readonly Staged[], found: string, database: Database): Promise<void> {
  for (const { kind, table, file, textIds } of staged)
    if (!textIds && (await database.count(`SELECT count("movieId") FROM ${table}`)) > 0)
      throw new DataError(`${found}, expected whole numbers from 1, as ${file} has its ${kind} by movieId`)
}

/** The table again, in its order, with numbers in the place of text; NULL stays NULL. */
async function renumber(table: string, columns: readonly string[], database: Database): Promise<void> {
  const joins: string[] = []
  const select = columns.map((name) => {
    const ids = IDS.find(({ column }) => column === name)
    if (ids === undefined) return `t."${name}"`
    joins.push(`LEFT JOIN ${ids.table} ON ${ids.table}.id = t."${name}"`)
    // nothing is in the table where ids are kept
    return `coalesce(${ids.table}."${name}", try_cast(t."${name}" AS INTEGER)) AS "${name}"`
  })
  await database.run(`
    CREATE TABLE ${table}_numbered AS SELECT ${select.join(', ')} FROM ${table} t ${joins.join(' ')} ORDER BY t.rowid`)
  await database.run(`DROP TABLE ${table}; ALTER TABLE ${table}_numbered RENAME TO ${table}`)
}
