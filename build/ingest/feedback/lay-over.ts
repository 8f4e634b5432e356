import type { DataConfig } from '#core/schemas/config.ts'
import type { FeedbackSummary } from '#core/schemas/feedback.ts'
import type { Database } from '../../io/database.ts'
import { DataError } from '../../io/files.ts'
import type { StepHandles } from '../../io/handles.ts'
import type { SourceReport } from '../../nouns.ts'
import { inputFile } from '../staging/input-file.ts'
import type { Scratch } from '../staging/scratch.ts'
import { foldFeedback } from './fold-feedback.ts'
import { type BadRows, KINDS, readFeedback } from './read-feedback.ts'

/** Share of the rows that cannot be used above which the file is none of this catalogue's. */
const MAX_BAD_SHARE = 0.5
const UNKNOWN_MOVIE = 'movieId is not among the movies'
const OUTSIDE_SCALE = 'rating outside the scale'

/**
 * Lay what users said through the API over the ratings, as the Worker does: a rating takes the place of one before it, or
 * takes it away; a like and a dislike count as stars; of who asked to be forgotten nothing published stays. Of a rating in
 * the sources and one of the feedback the later holds. What is of no use is left out, counted and named, and never stops a
 * build unless it is most of the file. Leaves `feedback_ratings(userId, movieId, rating, timestamp)` in the database.
 * @throws {DataError} when the file is none of feedback, or of another catalogue, or the data's ids are numbered anew each
 * time, so that feedback cannot say whom it is of
 */
export async function layFeedbackOver(
  config: DataConfig,
  scratch: Scratch,
  database: Database,
  { log, progress, signal }: StepHandles,
): Promise<{ source: SourceReport; summary: FeedbackSummary }> {
  signal.throwIfAborted()
  progress.update('laying feedback over the ratings', 0, 2)
  const { feedback: name, ratingScale, idsFrom } = config
  if (name === null) throw new RangeError('data.feedback is null, expected a file')
  if (idsFrom === null) await refuseNumberedIds(name, database)
  const input = await inputFile(name, scratch)
  const { rowsRead, bad } = await readFeedback(input, database)
  const isUnknown = `kind <> ${KINDS.indexOf('erased')} AND "movieId" NOT IN (SELECT "movieId" FROM movies)`
  const unknown = await database.count(`SELECT count(*) FROM feedback_events WHERE ${isUnknown}`)
  await database.run(`DELETE FROM feedback_events WHERE ${isUnknown}`)
  const leftOut = { ...countsOf(bad), ...(unknown > 0 && { [UNKNOWN_MOVIE]: unknown }) }
  refuseMost(name, rowsRead, leftOut, bad)

  const { users, erased } = await foldFeedback(database)
  signal.throwIfAborted()
  progress.update('laying feedback over the ratings', 1, 2)
  const [lowest, highest] = ratingScale
  const isOutside = `rating NOT BETWEEN ${lowest} AND ${highest}`
  const outside = await database.count(`SELECT count(*) FROM feedback_ratings WHERE ${isOutside}`)
  await database.run(`DELETE FROM feedback_ratings WHERE ${isOutside}`)
  if (outside > 0) Object.assign(leftOut, { [OUTSIDE_SCALE]: outside })

  const [{ events, lastVersion }] = await database.rows<Pick<FeedbackSummary, 'events' | 'lastVersion'>>(
    'SELECT count(*) AS events, coalesce(max(version), 0) AS "lastVersion" FROM feedback_events',
  )
  const summary = { events, lastVersion, leftOut, users, erasedUsers: erased, ...(await apply(database)) }
  await database.run('DROP TABLE feedback_events')
  say(name, rowsRead, leftOut, bad, log)
  log.info(
    `${name}: ${summary.added} ratings added, ${summary.replaced} replaced, ${summary.removed} taken back, ` +
      `${summary.erasedRatings} of ${erased} forgotten users removed`,
  )
  const { sizeBytes, sha256 } = input
  const source = { file: name, sizeBytes, sha256, rowsRead, rowsKept: events, dropped: leftOut }
  return { source, summary }
}

async function refuseNumberedIds(file: string, database: Database): Promise<void> {
  for (const [table, what] of [
    ['user_ids', 'users'],
    ['item_ids', 'movies'],
  ])
    if ((await database.count(`SELECT count(*) FROM ${table}`)) > 0)
      throw new DataError(
        `${file}: the ids of the data's ${what} are text, which is numbered anew in each build: feedback by number would ` +
          'meet others. Expected data.idsFrom to be the tables of the served build, or whole numbers from 1 as ids',
      )
}

/** The folded tables over `ratings` and `tags`. */
async function apply(
  database: Database,
): Promise<Pick<FeedbackSummary, 'added' | 'replaced' | 'removed' | 'erasedRatings'>> {
  const ofErased = '"userId" IN (SELECT "userId" FROM feedback_erased)'
  const erasedRatings = await database.count(`SELECT count(*) FROM ratings WHERE ${ofErased}`)
  await database.run(`DELETE FROM ratings WHERE ${ofErased}; DELETE FROM tags WHERE ${ofErased}`)
  // a later rating of the sources holds against the feedback
  await database.run(
    `DELETE FROM feedback_ratings AS said USING ratings AS base WHERE ${SAME} AND base."timestamp" > said."timestamp"`,
  )
  const before = (table: string) =>
    `ratings AS base, ${table} AS said WHERE ${SAME} AND base."timestamp" <= said."timestamp"`
  const removed = await database.count(`SELECT count(*) FROM ${before('feedback_removed')}`)
  const replaced = await database.count(`SELECT count(*) FROM ${before('feedback_ratings')}`)
  for (const table of ['feedback_removed', 'feedback_ratings'])
    await database.run(
      `DELETE FROM ratings AS base USING ${table} AS said WHERE ${SAME} AND base."timestamp" <= said."timestamp"`,
    )
  await database.run(`
    INSERT INTO ratings ("userId", "movieId", rating, "timestamp")
    SELECT "userId", "movieId", rating, "timestamp"::BIGINT FROM feedback_ratings ORDER BY "userId", "movieId";
    DROP TABLE feedback_removed; DROP TABLE feedback_erased`)
  const total = await database.count('SELECT count(*) FROM feedback_ratings')
  return { added: total - replaced, replaced, removed, erasedRatings }
}

const SAME = 'base."userId" = said."userId" AND base."movieId" = said."movieId"'

function countsOf(bad: Map<string, BadRows>): Record<string, number> {
  return Object.fromEntries([...bad].map(([expected, { rows }]) => [`not ${expected}`, rows]))
}

function refuseMost(file: string, rowsRead: number, leftOut: Record<string, number>, bad: Map<string, BadRows>): void {
  const rows = Object.values(leftOut).reduce((sum, count) => sum + count, 0)
  if (rows <= rowsRead * MAX_BAD_SHARE) return
  const reasons = Object.entries(leftOut).map(([reason, count]) => `${count} ${reason}`)
  throw new DataError(
    `${file}: ${rows} of ${rowsRead} rows cannot be used (${reasons.join(', ')}), expected at most half\n${findings(file, bad)}`,
  )
}

function say(
  file: string,
  rowsRead: number,
  leftOut: Record<string, number>,
  bad: Map<string, BadRows>,
  log: StepHandles['log'],
): void {
  for (const [reason, rows] of Object.entries(leftOut))
    log.warn(`${file}: ${rows} of ${rowsRead} rows left out: ${reason}`)
  if (bad.size > 0) log.warn(findings(file, bad))
}

function findings(file: string, bad: Map<string, BadRows>): string {
  return [...bad.values()]
    .flatMap(({ first }) => first)
    .map(({ line, found, expected }) => `  ${file}:${line}: found ${found}, expected ${expected}`)
    .join('\n')
}
