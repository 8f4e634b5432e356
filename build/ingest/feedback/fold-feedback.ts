import { countedRating } from '#core/feedback/counted.ts'
import { foldEvents, type LiveEvent } from '#core/feedback/fold.ts'
import type { Database } from '../../io/database.ts'
import { KINDS } from './read-feedback.ts'

/**
 * `feedback_events` → `feedback_ratings(userId, movieId, rating, timestamp)`, `feedback_removed(userId, movieId, timestamp)`
 * and `feedback_erased(userId)`, one user after the other, as the Worker folds what was said.
 * @returns users who said something that counts, and those who asked to be forgotten
 */
export async function foldFeedback(database: Database): Promise<{ users: number; erased: number }> {
  const numRows = await database.count('SELECT count(*) FROM feedback_events')
  const rows = await database.columns(
    `SELECT version, "userId", "movieId", kind, "halfStars", until, "at" FROM feedback_events ORDER BY "userId", version`,
    {
      version: Float64Array,
      userId: Int32Array,
      movieId: Int32Array,
      kind: Int32Array,
      halfStars: Int32Array,
      until: Float64Array,
      at: Float64Array,
    },
    numRows,
  )
  const ratings = { userId: [] as number[], movieId: [] as number[], rating: [] as number[], timestamp: [] as number[] }
  const removed = { userId: [] as number[], movieId: [] as number[], timestamp: [] as number[] }
  const erased: number[] = []
  let users = 0
  for (let start = 0, end = 0; start < numRows; start = end) {
    const userId = rows.userId[start]!
    while (end < numRows && rows.userId[end] === userId) end++
    const events = Array.from({ length: end - start }, (_, at): LiveEvent => eventAt(rows, start + at))
    const { isErased, movies } = foldEvents(events, 0)
    if (isErased) erased.push(userId)
    let says = false
    for (const live of movies.values()) {
      const counted = countedRating(live)
      if (counted.kind === 'untouched') continue
      says = true
      const into = counted.kind === 'rating' ? ratings : removed
      into.userId.push(userId)
      into.movieId.push(live.movieId)
      into.timestamp.push(counted.kind === 'rating' ? counted.timestamp : live.rating!.at)
      if (counted.kind === 'rating') ratings.rating.push(counted.rating)
    }
    if (says) users++
  }
  await database.run(`
    CREATE TABLE feedback_ratings ("userId" INTEGER, "movieId" INTEGER, rating DOUBLE, "timestamp" DOUBLE);
    CREATE TABLE feedback_removed ("userId" INTEGER, "movieId" INTEGER, "timestamp" DOUBLE);
    CREATE TABLE feedback_erased ("userId" INTEGER)`)
  const pair = (columns: { userId: number[]; movieId: number[] }) => [
    Int32Array.from(columns.userId),
    Int32Array.from(columns.movieId),
  ]
  if (ratings.userId.length > 0)
    await database.append('feedback_ratings', [
      ...pair(ratings),
      Float64Array.from(ratings.rating),
      Float64Array.from(ratings.timestamp),
    ])
  if (removed.userId.length > 0)
    await database.append('feedback_removed', [...pair(removed), Float64Array.from(removed.timestamp)])
  if (erased.length > 0) await database.append('feedback_erased', [Int32Array.from(erased)])
  return { users, erased: erased.length }
}

type EventColumns = Record<'userId' | 'movieId' | 'kind' | 'halfStars', Int32Array> &
  Record<'version' | 'until' | 'at', Float64Array>

function eventAt(rows: EventColumns, row: number): LiveEvent {
  const kind = KINDS[rows.kind[row]!]!
  return {
    version: rows.version[row]!,
    movieId: rows.movieId[row]!,
    kind,
    halfStars: kind === 'rated' ? rows.halfStars[row]! : null,
    until: kind === 'snoozed' ? rows.until[row]! : null,
    at: rows.at[row]!,
  }
}
