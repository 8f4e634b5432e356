import { createHash, createHmac } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { LiveDatabase } from './live-database.ts'
import { requireFolder } from './place.ts'
import { PublishError } from './published-model.ts'

const MIGRATIONS = join(import.meta.dirname, '../../functions/migrations')
/** The Durable Object's namespace and name, in scripts/serve/workerd-config.ts and functions/self-hosting/database.ts. */
const NAMESPACE = 'marquee'
const NAME = 'marquee'
/** How long another writer is waited for. */
const BUSY_MS = 5000

/**
 * The database of `npm run serve`: the one SQLite file under `FOLDER/database`, by Node's own SQLite. It may be open while
 * workerd serves from it: both lock the file as SQLite does. Where no request has made it yet it is made as the server
 * would; later migrations are the server's, at its start.
 * @param folder of `npm run serve --folder`
 * @throws {PublishError} when there is no such folder, or more than one file
 */
export async function openServedDatabase(folder: string): Promise<LiveDatabase> {
  requireFolder(folder)
  const sqlite = await import('node:sqlite')
  const open = (name: string) => new sqlite.DatabaseSync(name, { timeout: BUSY_MS })
  const file = databaseFileIn(join(folder, 'database')) ?? makeDatabase(join(folder, 'database'), open)
  const database = open(file)
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
function databaseFileIn(folder: string): string | null {
  const found = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\b[0-9a-f]+\.sqlite$/.test(name))
    : []
  if (found.length > 1)
    throw new PublishError(`${folder}: found ${found.length} SQLite files, expected the one of "npm run serve"`)
  return found.length === 0 ? null : join(folder, found[0]!)
}

/** Migrated, and put in its place only when it is whole, unless a server was first. @returns the file */
function makeDatabase(folder: string, open: (file: string) => DatabaseSync): string {
  const file = join(folder, NAMESPACE, `${objectId()}.sqlite`)
  const unfinished = `${file}.${process.pid}`
  mkdirSync(dirname(file), { recursive: true })
  const database = open(unfinished)
  try {
    // the table and its name are wrangler's
    database.exec(`CREATE TABLE "d1_migrations"(
      id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`)
    const note = database.prepare('INSERT INTO d1_migrations (name) VALUES (?)')
    for (const name of readdirSync(MIGRATIONS).sort()) {
      database.exec(readFileSync(join(MIGRATIONS, name), 'utf8'))
      note.run(name)
    }
    database.close()
    linkSync(unfinished, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(unfinished, { force: true })
  }
  return file
}

/** As workerd makes the id of a named Durable Object: half of it by the name, half to tell that it belongs to the namespace. */
function objectId(): string {
  const key = createHash('sha256').update(NAMESPACE).digest()
  const half = (text: string | Buffer) => createHmac('sha256', key).update(text).digest().subarray(0, 16)
  const byName = half(NAME)
  return Buffer.concat([byName, half(byName)]).toString('hex')
}
