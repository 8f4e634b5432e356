import type { DataConfig } from '#core/schemas/config.ts'
import { Database } from '../io/database.ts'
import { hashFile } from '../io/files.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Dataset, SourceReport } from '../nouns.ts'
import { check } from './check.ts'
import { judge } from './judge.ts'
import { readMovieText } from './movie-text.ts'
import { movielensCsvFiles, readMovielensCsv } from './movielens-csv.ts'
import { type Kind, STAGED_COLUMNS } from './reader.ts'
import { parseTitle } from './title.ts'

const NO_GENRES = '(no genres listed)'

/**
 * Read the sources into clean tables: stage each file by its format's reader, drop and count the rows that break
 * a rule, refuse a file with too many of them. The input folder is only read. The caller closes the database.
 * @throws {DataError} naming file, line, what was found and what was expected
 */
export async function ingest(config: DataConfig, handles: StepHandles): Promise<Dataset> {
  const database = await Database.open()
  try {
    const sources: SourceReport[] = []
    const inputs = [{ path: config.movielens, read: readMovielensCsv }]
    if (config.metadata !== null) inputs.push({ path: config.metadata, read: readMovieText })
    for (const { path, read } of inputs) {
      for (const staged of await read({ path, database, handles })) {
        handles.signal.throwIfAborted()
        handles.progress.update(`checking ${staged.kind}`, sources.length, sources.length + 1)
        sources.push(judge(staged, await check(staged, config, database), config, handles.log))
        await publish(staged.kind, staged.table, database)
      }
    }
    await addAbsent(database)
    return { database, sources }
  } catch (error) {
    await database.close()
    throw error
  }
}

/**
 * The files that `ingest` would read, hashed: what a build is known by before it is worth starting.
 * @throws {DataError} when one is missing
 */
export async function hashInputs(config: DataConfig): Promise<{ file: string; sha256: string }[]> {
  const files = [...movielensCsvFiles(config.movielens), ...(config.metadata === null ? [] : [config.metadata])]
  return Promise.all(files.map(async (file) => ({ file, sha256: (await hashFile(file)).sha256 })))
}

/** The checked table takes its place in the Dataset. */
async function publish(kind: Kind, table: string, database: Database): Promise<void> {
  if (kind === 'movies') {
    await publishMovies(table, database)
    await database.run(`DROP TABLE ${table}`)
  } else await database.run(`ALTER TABLE ${table} RENAME TO ${kind}`)
}

async function publishMovies(table: string, database: Database): Promise<void> {
  const rows = await database.rows<{ movieId: number; title: string; genres: string | null }>(
    `SELECT "movieId", title, genres FROM ${table} ORDER BY rowid`,
  )
  const parsed = rows.map(({ title }) => parseTitle(title))
  await database.run('CREATE TABLE movies ("movieId" INTEGER, title VARCHAR, year SMALLINT, genres VARCHAR[])')
  await database.append('movies', [
    Int32Array.from(rows, ({ movieId }) => movieId),
    parsed.map(({ title }) => title),
    Int16Array.from(parsed, ({ year }) => year),
    rows.map(({ genres }) => parseGenres(genres ?? '')),
  ])
}

function parseGenres(genres: string): string[] {
  if (genres.trim() === NO_GENRES) return []
  return genres
    .split('|')
    .map((genre) => genre.trim())
    .filter((genre) => genre !== '')
}

/** A source that has no such file gives an empty table, so that what follows need not ask. */
async function addAbsent(database: Database): Promise<void> {
  for (const kind of ['links', 'tags', 'metadata'] as const) {
    const columns = Object.entries(STAGED_COLUMNS[kind]).map(([name, type]) => `"${name}" ${type}`)
    await database.run(`CREATE TABLE IF NOT EXISTS ${kind} (${columns.join(', ')})`)
  }
}
