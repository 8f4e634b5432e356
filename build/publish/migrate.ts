import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What migrating needs of a D1 database. */
export interface MigratableDatabase {
  prepare(sql: string): { all<Row>(): Promise<{ results: Row[] }> }
  batch(statements: never[]): Promise<unknown>
}

/** The table and its name are wrangler's, so that `wrangler d1 migrations apply` sees what was applied here. */
const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS "d1_migrations"(
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`

/**
 * Apply every `*.sql` of a folder that the database has not seen, in the order of the leading number. Each
 * goes in whole, with the note that it was applied, or not at all.
 * @returns names of the migrations applied now
 * @throws {Error} naming the migration that failed; those before it stay
 */
export async function migrate(database: MigratableDatabase, folder: string): Promise<string[]> {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.sql')) : []
  if (names.length === 0) return []
  names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1))

  const { unstable_splitSqlQuery } = await import('wrangler')
  await database.prepare(CREATE_TABLE).all()
  const { results } = await database.prepare('SELECT name FROM "d1_migrations"').all<{ name: string }>()
  const applied = new Set(results.map(({ name }) => name))
  const pending = names.filter((name) => !applied.has(name))
  for (const name of pending) {
    const note = `INSERT INTO "d1_migrations" (name) VALUES ('${name.replaceAll("'", "''")}');`
    const statements = unstable_splitSqlQuery(`${readFileSync(join(folder, name), 'utf8')}\n${note}`)
    try {
      await database.batch(statements.map((sql) => database.prepare(sql)) as never[])
    } catch (cause) {
      throw new Error(`${join(folder, name)}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
  }
  return pending
}
