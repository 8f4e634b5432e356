import type { Place } from './place.ts'
import { PublishError } from './published-model.ts'

export type SqlValue = string | number | null

export interface SqlStatement {
  sql: string
  params?: SqlValue[]
}

/**
 * What users said through the API, wherever it is kept. D1's limits hold everywhere: 100 values a statement, 100 KB of
 * SQL, 2 MB a row.
 */
export interface LiveDatabase {
  /** all rows of one query; asked again where the way there fails */
  all<Row>(sql: string, ...params: SqlValue[]): Promise<Row[]>
  /**
   * All statements in one transaction, in their order: whole or not at all. Bounded work is for the caller: about a
   * thousand rows at a time are well within the limits of time.
   */
  run(statements: SqlStatement[]): Promise<void>
  close(): Promise<void>
}

/**
 * The database of a place: the local D1 by Miniflare, migrated (0.6 s to open, safe beside a running server); Cloudflare's
 * D1 over HTTP, with what the environment names; or the file of `npm run serve`. Loaded only when it is asked for.
 * @throws {PublishError} when the place or what leads there is missing; when asked, where a migration is
 */
export async function openLiveDatabase(place: Place = {}): Promise<LiveDatabase> {
  const database = await openDatabase(place)
  const nameMigration = (cause: Error) => {
    if (!/no such (table|column)/.test(cause.message)) throw cause
    const migrate =
      place.target === 'remote'
        ? '"npx wrangler d1 migrations apply marquee --remote" migrates it'
        : 'its server migrates it when it starts'
    throw new PublishError(`${cause.message}; the database is older than this code: ${migrate}`, { cause })
  }
  return {
    all: <Row>(sql: string, ...params: SqlValue[]) => database.all<Row>(sql, ...params).catch(nameMigration),
    run: (statements) => database.run(statements).catch(nameMigration),
    close: () => database.close(),
  }
}

async function openDatabase(place: Place): Promise<LiveDatabase> {
  const { target = 'local', stateDir } = place
  if (target === 'remote') return (await import('./cloudflare-d1.ts')).openCloudflareD1(place)
  if (target !== 'local') return (await import('./served-database.ts')).openServedDatabase(target)
  const { openLocalD1 } = await import('./local-d1.ts')
  const database = await openLocalD1(stateDir === undefined ? {} : { stateDir })
  const bound = ({ sql, params = [] }: SqlStatement) => database.prepare(sql).bind(...params)
  return {
    all: async (sql, ...params) => (await bound({ sql, params }).all()).results as never,
    async run(statements) {
      if (statements.length > 0) await database.batch(statements.map(bound))
    },
    close: database.close,
  }
}
