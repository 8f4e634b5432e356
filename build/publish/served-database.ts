import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { LiveDatabase } from './live-database.ts'
import { PublishError } from './published-model.ts'

/** How long another writer is waited for. */
const BUSY_MS = 5000

/**
 * The database of `npm run serve`: the one SQLite file under `FOLDER/database`, by Node's own SQLite. It may be open while
 * workerd serves from it: both lock the file as SQLite does. Its tables are the server's to migrate, at its start.
 * @param folder of `npm run serve --folder`
 * @throws {PublishError} when no server has made one there yet
 */
export async function openServedDatabase(folder: string): Promise<LiveDatabase> {
  const file = databaseFileIn(join(folder, 'database'))
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(file, { timeout: BUSY_MS })
  return {
    all: async (sql, ...params) => database.prepare(sql).all(...params) as never,
    async run(statements) {
      database.exec('BEGIN IMMEDIATE')
      try {
        for (const { sql, params = [] } of statements) database.prepare(sql).run(...params)
        database.exec('COMMIT')
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    close: async () => database.close(),
  }
}

/** workerd names it by a hash, in a folder by the Durable Object's key, beside a file of its own. */
function databaseFileIn(folder: string): string {
  const found = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\b[0-9a-f]+\.sqlite$/.test(name))
    : []
  if (found.length !== 1)
    throw new PublishError(
      `${folder}: found ${found.length} SQLite files, expected one: "npm run serve" makes it when it first needs the database`,
    )
  return join(folder, found[0]!)
}
