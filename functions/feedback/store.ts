import type { LiveEvent } from '#core/feedback/fold.ts'
import type { Mark } from '#core/schemas/api.ts'
import { eraseParticipation } from '../experiment/store.ts'
import { feedbackWritesTotal } from '../metrics/counts.ts'

/** Marks of one movie that are kept to be undone, the newest ones. */
const KEPT_MARKS = 8
const MARKS = `('seen', 'liked', 'disliked', 'snoozed')`
const COLUMNS = 'version, movie_id, kind, half_stars, until, updated_at'

interface Row {
  version: number
  movie_id: number
  kind: LiveEvent['kind']
  half_stars: number | null
  until: number | null
  updated_at: number
}

interface Place {
  userId: number
  movieId: number
  /** seconds since 1970 */
  now: number
}

/** Everything that a user has said, in the order in which it was written. */
export async function readEvents(database: D1Database, userId: number): Promise<LiveEvent[]> {
  const { results } = await database
    .prepare(`SELECT ${COLUMNS} FROM live_feedback WHERE user_id = ?1 ORDER BY version`)
    .bind(userId)
    .all<Row>()
  return results.map(eventOf)
}

function eventOf(row: Row): LiveEvent {
  return {
    version: row.version,
    movieId: row.movie_id,
    kind: row.kind,
    halfStars: row.half_stars,
    until: row.until,
    at: row.updated_at,
  }
}

/**
 * Give a rating, or take it back; those before it go. Durable when it resolves, and whole or not at all, as is all that
 * follows: D1 commits a batch as one transaction, one after the other.
 * @param rating stars; null takes back what was given, here or published
 * @returns the version of the write
 */
export async function writeRating(
  database: D1Database,
  { userId, movieId, now }: Place,
  rating: number | null,
): Promise<number> {
  const kind = rating === null ? 'unrated' : 'rated'
  return write(database, kind, [
    insert(database).bind(userId, movieId, kind, rating === null ? null : rating * 2, null, now),
    database
      .prepare(
        `DELETE FROM live_feedback WHERE user_id = ?1 AND movie_id = ?2 AND kind IN ('rated', 'unrated')
         AND version < (SELECT max(version) FROM live_feedback
                        WHERE user_id = ?1 AND movie_id = ?2 AND kind IN ('rated', 'unrated'))`,
      )
      .bind(userId, movieId),
  ])
}

/**
 * Mark a movie; the marks before it stay for a while, to come back when this one is undone.
 * @param until seconds since 1970, with snoozed
 * @returns the version of the write
 */
export async function writeMark(
  database: D1Database,
  { userId, movieId, now }: Place,
  kind: Mark,
  until: number | null,
): Promise<number> {
  return write(database, kind, [
    insert(database).bind(userId, movieId, kind, null, until, now),
    database
      .prepare(
        `DELETE FROM live_feedback WHERE user_id = ?1 AND movie_id = ?2 AND kind IN ${MARKS} AND version NOT IN (
           SELECT version FROM live_feedback WHERE user_id = ?1 AND movie_id = ?2 AND kind IN ${MARKS}
           ORDER BY version DESC LIMIT ${KEPT_MARKS})`,
      )
      .bind(userId, movieId),
  ])
}

/**
 * Take the movie's newest mark back, with the snoozes after it that are over.
 * @param version only if this is the newest; null: whichever is
 * @returns whether there was one to take back, and what has been said of the movie without it
 */
export async function undoMark(
  database: D1Database,
  { userId, movieId, now }: Place,
  version: number | null,
): Promise<{ undone: boolean; events: LiveEvent[] }> {
  const undo = database
    .prepare(
      `WITH newest AS (
         SELECT max(version) AS version FROM live_feedback
         WHERE user_id = ?1 AND movie_id = ?2 AND kind IN ${MARKS} AND (until IS NULL OR until > ?3))
       DELETE FROM live_feedback WHERE user_id = ?1 AND movie_id = ?2 AND kind IN ${MARKS}
       AND version >= (SELECT version FROM newest) AND (?4 IS NULL OR ?4 = (SELECT version FROM newest))
       RETURNING version`,
    )
    .bind(userId, movieId, now, version)
  const read = database
    .prepare(`SELECT ${COLUMNS} FROM live_feedback WHERE user_id = ?1 AND movie_id = ?2 ORDER BY version`)
    .bind(userId, movieId)
  const [undone, left] = await database.batch<Row>([undo, read])
  feedbackWritesTotal.add({ kind: 'undone' }, undone!.results.length > 0 ? 1 : 0)
  return { undone: undone!.results.length > 0, events: left!.results.map(eventOf) }
}

/**
 * Forget a user: all that was said here, computed beforehand and kept for experiments goes, and a note that the published
 * history counts no more takes its place.
 * @returns how many ratings and marks went
 */
export async function eraseUser(database: D1Database, userId: number, now: number): Promise<number> {
  const [erased] = await database.batch([
    database.prepare(`DELETE FROM live_feedback WHERE user_id = ?1 RETURNING kind`).bind(userId),
    insert(database).bind(userId, 0, 'erased', null, null, now),
    database.prepare(`DELETE FROM batch_lists WHERE user_id = ?1`).bind(userId),
    ...eraseParticipation(database, userId),
  ])
  feedbackWritesTotal.add({ kind: 'erased' })
  return (erased!.results as Pick<Row, 'kind'>[]).filter(({ kind }) => kind !== 'erased').length
}

function insert(database: D1Database): D1PreparedStatement {
  return database.prepare(
    `INSERT INTO live_feedback (user_id, movie_id, kind, half_stars, until, updated_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING version`,
  )
}

/** @param statements the first one returns the version */
async function write(
  database: D1Database,
  kind: 'rated' | 'unrated' | Mark,
  statements: D1PreparedStatement[],
): Promise<number> {
  const [inserted] = await database.batch<{ version: number }>(statements)
  feedbackWritesTotal.add({ kind })
  return inserted!.results[0]!.version
}
