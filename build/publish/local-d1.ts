import { dirname, join, resolve } from 'node:path'
import { DEFAULT_STATE_DIR, readWranglerConfig, WRANGLER_FILE } from '../io/wrangler-config.ts'
import type { LocalR2Options } from './local-r2.ts'
import { migrate } from './migrate.ts'

/** The D1 binding of wrangler.toml. */
const BINDING = 'DB'

/** What is used of a D1 database. Miniflare's types of it depend on the Workers' own. */
export interface Database {
  prepare(sql: string): Statement
  /** one transaction */
  batch(statements: Statement[]): Promise<unknown>
}
interface Statement {
  bind(...values: (string | number | null)[]): Statement
  all<Row>(): Promise<{ results: Row[] }>
  run(): Promise<{ meta: { changes: number } }>
}

/**
 * The database that `wrangler dev` and `npm start` use on this disk, migrated. Safe while a server runs on the
 * same folder, as the local R2 is. Starts a workerd process (about 0.6 s), which `close` ends.
 * @throws {Error} when wrangler.toml has no D1 database bound as DB
 */
export async function openLocalD1(options: LocalR2Options = {}): Promise<Database & { close(): Promise<void> }> {
  const wranglerFile = options.wranglerFile ?? WRANGLER_FILE
  const { d1_databases } = await readWranglerConfig(wranglerFile)
  const bound = d1_databases.find(({ binding }) => binding === BINDING)
  const id = bound?.preview_database_id ?? bound?.database_id
  if (id === undefined)
    throw new Error(
      `${wranglerFile}: no D1 database is bound as ${BINDING}; expected [[d1_databases]] with a database_id`,
    )
  const { Miniflare, convertV4MiniflareOptions } = await import('miniflare')
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: '',
      d1Databases: { [BINDING]: { id } },
      resourcePersistencePath: join(resolve(options.stateDir ?? DEFAULT_STATE_DIR), 'v3'),
      cf: false,
      telemetry: { enabled: false },
    }),
  )
  const database: Database = await runtime.getD1Database(BINDING)
  if (bound?.migrations_dir !== undefined) await migrate(database, join(dirname(wranglerFile), bound.migrations_dir))
  return {
    prepare: (sql) => database.prepare(sql),
    batch: (statements) => database.batch(statements),
    close: () => runtime.dispose(),
  }
}
