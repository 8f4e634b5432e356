/** Bindings of this service in scripts/serve/workerd-config.ts. */
interface Env {
  DATABASES: DurableObjectNamespace
  /** in their order */
  MIGRATIONS: { name: string; sql: string }[]
}

interface Query {
  sql: string
  params?: unknown[] | null
}

/** The table and its name are wrangler's. */
const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS "d1_migrations"(
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`

/**
 * D1 for plain workerd: one SQLite file, which a Durable Object keeps, in the words that D1's binding speaks. An answer
 * leaves only after its writes are on the disk.
 */
export class Database {
  readonly #storage: DurableObjectStorage

  constructor(state: DurableObjectState, { MIGRATIONS }: Env) {
    this.#storage = state.storage
    const { sql } = state.storage
    sql.exec(CREATE_TABLE)
    const applied = new Set([...sql.exec<{ name: string }>('SELECT name FROM d1_migrations')].map(({ name }) => name))
    for (const migration of MIGRATIONS.filter(({ name }) => !applied.has(name)))
      this.#storage.transactionSync(() => {
        sql.exec(migration.sql)
        sql.exec('INSERT INTO d1_migrations (name) VALUES (?)', migration.name)
      })
  }

  async fetch(request: Request): Promise<Response> {
    const asked = (await request.json()) as Query | Query[]
    const format = new URL(request.url).searchParams.get('resultsFormat')
    try {
      const queries = [asked].flat()
      return Response.json(this.#storage.transactionSync(() => queries.map((query) => this.#run(query, format))))
    } catch (error) {
      return Response.json({ success: false, error: error instanceof Error ? error.message : String(error) })
    }
  }

  #run({ sql, params }: Query, format: string | null) {
    const cursor = this.#storage.sql.exec(sql, ...((params ?? []) as SqlStorageValue[]))
    const columns = cursor.columnNames
    const rows = [...cursor.raw()]
    const [changes] =
      cursor.rowsWritten > 0
        ? this.#storage.sql.exec('SELECT changes() AS changes, last_insert_rowid() AS last_row_id')
        : [{ changes: 0, last_row_id: 0 }]
    return {
      success: true,
      results:
        format === 'ROWS_AND_COLUMNS'
          ? { columns, rows }
          : rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]]))),
      meta: {
        duration: 0,
        ...changes,
        changed_db: cursor.rowsWritten > 0,
        size_after: this.#storage.sql.databaseSize,
        rows_read: cursor.rowsRead,
        rows_written: cursor.rowsWritten,
      },
    }
  }
}

export default {
  fetch: (request, { DATABASES }) => DATABASES.get(DATABASES.idFromName('marquee')).fetch(request),
} satisfies ExportedHandler<Env>
