import type { Database } from '../../io/database.ts'
import type { StepHandles } from '../../io/handles.ts'
import { type Dropped, STAGED_COLUMNS, type Staged } from '../reader.ts'
import { shown } from './locate.ts'

/** rows shown of each reason */
const SHOWN_ROWS = 3
/** of a long row only the start is turned into text */
const SHOWN_BYTES = 1024
/** rows held before they go to DuckDB */
const BATCH_ROWS = 4096

/** What a source says of one movie, in the columns of STAGED_COLUMNS; what it does not know is left out. */
export interface MetadataRow {
  movieId?: number | undefined
  tmdbId?: number | undefined
  imdbId?: number | undefined
  title?: string | undefined
  year?: number | undefined
  genres?: string[] | undefined
  overview?: string | undefined
  tagline?: string | undefined
  keywords?: string[] | undefined
  cast?: string[] | undefined
  directors?: string[] | undefined
  /** minutes */
  runtime?: number | undefined
  /** code of the original language */
  language?: string | undefined
  /** URL */
  poster?: string | undefined
  /** URL of the page that the overview is from */
  source?: string | undefined
  /** in other languages, as localTitle of text/title-languages.ts has them */
  localTitles?: string[] | undefined
}

/** What a row says, or why it is left out. */
export type Parsed = { row: MetadataRow } | { reason: string; expected: string; bad: boolean }

/** One row of a file. */
export type Outcome = Parsed & {
  /** where the source is a folder of files read as one */
  file?: string
  line: number
  bytes: Buffer
}

type Origin = Pick<Staged, 'file' | 'sizeBytes' | 'sha256'>

/** Stage rows that were parsed in JavaScript: a table of kind metadata, in their order. */
export async function stageMetadata(
  { file, sizeBytes, sha256 }: Origin,
  outcomes: AsyncIterable<Outcome>,
  { database, handles }: { database: Database; handles: StepHandles },
): Promise<Staged> {
  const table = await createMetadataTable(database)
  const places: { file?: string; line: number; text: string }[] = []
  const rejected = new Map<string, Dropped>()
  let batch: MetadataRow[] = []
  for await (const outcome of outcomes) {
    const { line, bytes } = outcome
    const part = outcome.file === undefined ? {} : { file: outcome.file }
    const text = shown(bytes.subarray(0, SHOWN_BYTES))
    if ('row' in outcome) {
      batch.push(outcome.row)
      places.push({ ...part, line, text })
      if (batch.length < BATCH_ROWS) continue
      handles.signal.throwIfAborted()
      await append(table, batch, database)
      batch = []
      continue
    }
    const { reason, expected, bad } = outcome
    const dropped = rejected.get(reason) ?? { reason, rows: 0, bad, first: [] }
    rejected.set(reason, dropped)
    dropped.rows++
    if (dropped.first.length < SHOWN_ROWS) dropped.first.push({ ...part, line, found: text, expected })
  }
  handles.signal.throwIfAborted()
  await append(table, batch, database)
  return {
    ...{ kind: 'metadata', table, file, sizeBytes, sha256 },
    rows: places.length,
    rejected: [...rejected.values()],
    locate: async (rowids) => rowids.map((rowid) => places[rowid]),
  }
}

/** An empty table of kind metadata: the first is `staged_metadata`, those after it bear a number. */
export async function createMetadataTable(database: Database): Promise<string> {
  const others = await database.count(
    `SELECT count(*) FROM duckdb_tables() WHERE regexp_matches(table_name, '^staged_metadata(_\\d+)?$')`,
  )
  const table = others === 0 ? 'staged_metadata' : `staged_metadata_${others + 1}`
  const columns = Object.entries(STAGED_COLUMNS.metadata).map(([name, type]) => `"${name}" ${type}`)
  await database.run(`CREATE TABLE ${table} (${columns.join(', ')})`)
  return table
}

async function append(table: string, rows: readonly MetadataRow[], database: Database): Promise<void> {
  if (rows.length === 0) return
  const names = Object.keys(STAGED_COLUMNS.metadata) as (keyof MetadataRow)[]
  await database.append(
    table,
    names.map((name) => rows.map((row) => row[name] ?? null)),
  )
}
