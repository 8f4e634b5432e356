import type { DataConfig } from '#core/schemas/config.ts'
import { Database } from '../io/database.ts'
import { DataError, hashFile } from '../io/files.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Dataset, SourceReport } from '../nouns.ts'
import { check } from './checks/check.ts'
import { judge } from './checks/judge.ts'
import { layFeedbackOver } from './feedback/lay-over.ts'
import { joinMetadata } from './joins/join-metadata.ts'
import { moviesFromMetadata } from './joins/movies-from-metadata.ts'
import { idFiles, numberIds } from './joins/number-ids.ts'
import { addUnlisted, MOVIE_COLUMNS, publishMovies } from './joins/publish-movies.ts'
import { type Kind, STAGED_COLUMNS, type Staged } from './reader.ts'
import { filesOf, openSource } from './staging/open-source.ts'
import { Scratch } from './staging/scratch.ts'

/** In this order, because what comes first is looked up by what follows. */
const ORDER: readonly Kind[] = ['movies', 'links', 'ratings', 'tags', 'metadata']
/** Where no source lists the movies they come from the texts, which find them by the links. */
const ORDER_WITHOUT_MOVIES: readonly Kind[] = ['metadata', 'links', 'ratings', 'tags']

/**
 * Read the sources into clean tables: stage each file by its format's reader, drop and count the rows that break
 * a rule, refuse a file with too many of them. The input is only read. The caller closes the database.
 * @throws {DataError} naming file, line, what was found and what was expected
 */
export async function ingest(config: DataConfig, handles: StepHandles): Promise<Dataset> {
  const database = await Database.open()
  const scratch = await Scratch.open()
  try {
    const named = scratch.namedIn(handles)
    const staged = await stageSources(config, scratch, database, named)
    requireRatings(staged, config)
    await numberIds(staged, config.idsFrom, database, named.log)
    const sources = await checkAll(staged, config, database, named)
    await addAbsent(database)
    const feedback = config.feedback === null ? null : await layFeedbackOver(config, scratch, database, named)
    const texts = staged.filter(({ kind }) => kind === 'metadata')
    return {
      database,
      sources: [...sources, ...(feedback ? [feedback.source] : [])],
      joins: await joinMetadata(texts, database, named),
      feedback: feedback?.summary ?? null,
    }
  } catch (error) {
    await database.close()
    throw scratch.renamed(error)
  } finally {
    await scratch.close()
  }
}

/**
 * The files that `ingest` would read, hashed: what a build is known by before it is worth starting.
 * @throws {DataError} when one is missing, or a format cannot be told
 */
export async function hashInputs(config: DataConfig): Promise<{ file: string; sha256: string }[]> {
  const { sources, idsFrom, feedback } = config
  const files = (await Promise.all(sources.map(filesOf))).flat()
  if (idsFrom !== null) files.push(...idFiles(idsFrom))
  if (feedback !== null) files.push(feedback)
  return Promise.all(files.map(async (file) => ({ file, sha256: (await hashFile(file)).sha256 })))
}

/** Stage every source in turn; of each kind but texts only the first source that has it. */
async function stageSources(
  config: DataConfig,
  scratch: Scratch,
  database: Database,
  handles: StepHandles,
): Promise<Staged[]> {
  const staged: Staged[] = []
  for (const [index, source] of config.sources.entries()) {
    handles.signal.throwIfAborted()
    const { format, path } = await openSource(source, scratch, handles)
    const { ratingScale, titleLanguages } = config
    const taken = new Set(staged.map(({ kind }) => kind))
    for (const table of await format.read({ path, source, ratingScale, titleLanguages, scratch, database, handles })) {
      if (table.kind !== 'metadata' && taken.has(table.kind)) {
        handles.log.info(`${table.file}: left out, as an earlier source has ${table.kind}`)
        await database.run(`DROP TABLE ${table.table}`)
        continue
      }
      const name = `source${index}_${table.table}`
      await database.run(`ALTER TABLE ${table.table} RENAME TO ${name}`)
      staged.push({ ...table, table: name, file: scratch.named(table.file) })
    }
  }
  return staged
}

/**
 * Check every table, which then takes its place in the Dataset; texts are yet to be joined.
 * @returns a report of each, in the order of the sources
 */
async function checkAll(
  staged: readonly Staged[],
  config: DataConfig,
  database: Database,
  handles: StepHandles,
): Promise<SourceReport[]> {
  const reports = new Map<Staged, SourceReport>()
  const of = (kind: Kind) => staged.filter((table) => table.kind === kind)
  const moviesAreListed = of('movies').length > 0
  for (const kind of moviesAreListed ? ORDER : ORDER_WITHOUT_MOVIES) {
    for (const table of of(kind)) {
      handles.signal.throwIfAborted()
      handles.progress.update(`checking ${kind}`, reports.size, staged.length)
      const dropped = await check(table, { ...config, moviesAreListed }, database)
      reports.set(table, judge(table, dropped, config, handles.log))
      if (kind === 'movies') await publishMovies(table.table, database)
      else if (kind !== 'metadata') await database.run(`ALTER TABLE ${table.table} RENAME TO ${kind}`)
    }
    if (kind === 'metadata' && !moviesAreListed) {
      if (of('metadata').length === 0) await database.run(`CREATE TABLE movies (${MOVIE_COLUMNS})`)
      else await moviesFromMetadata(of('metadata'), of('links')[0]?.table, database)
    }
    if (kind === (moviesAreListed ? 'movies' : 'metadata')) await addUnlisted(staged, database, handles.log)
  }
  return staged.map((table) => reports.get(table)!)
}

function requireRatings(staged: readonly Staged[], { sources }: DataConfig): void {
  if (staged.some(({ kind }) => kind === 'ratings')) return
  const paths = sources.map(({ path }) => path).join(', ')
  throw new DataError(`${paths}: found no ratings, expected a source of data.sources to have them`)
}

/** A source that has no such file gives an empty table, so that what follows need not ask. */
async function addAbsent(database: Database): Promise<void> {
  for (const kind of ['links', 'tags'] as const) {
    const columns = Object.entries(STAGED_COLUMNS[kind]).map(([name, type]) => `"${name}" ${type}`)
    await database.run(`CREATE TABLE IF NOT EXISTS ${kind} (${columns.join(', ')})`)
  }
}
