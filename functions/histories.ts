import { indexInSorted } from '#core/format/catalog.ts'
import { type History, type HistoryRow, historyOf } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import type { Degraded } from '#core/schemas/api.ts'
import type { RequestLog } from './context.ts'

export interface UserHistory {
  history: History
  /** published, or has rated something through the API */
  known: boolean
  degraded: Degraded
}

interface LiveRow {
  movie_id: number
  half_stars: number | null
  updated_at: number
}

/**
 * A user's history: the published one with the live ratings laid over it. A part that cannot be read is left
 * out and named in `degraded`; the other still counts.
 */
export async function userHistory(
  userId: number,
  model: Model,
  database: D1Database,
  log: RequestLog,
): Promise<UserHistory> {
  const [published, live] = await Promise.allSettled([publishedRows(userId, model), liveRows(userId, database)])
  const degraded: Degraded = []
  if (published.status === 'rejected') degraded.push(report('publishedHistory', published.reason, log))
  if (live.status === 'rejected') degraded.push(report('liveRatings', live.reason, log))

  const rows = new Map<number, HistoryRow>()
  if (published.status === 'fulfilled') for (const row of published.value) rows.set(row.itemIndex, row)
  const overlay = live.status === 'fulfilled' ? live.value : []
  for (const { movie_id, half_stars, updated_at } of overlay) {
    const itemIndex = model.catalog.itemIndexOf(movie_id)
    if (itemIndex < 0) continue
    if (half_stars === null) rows.delete(itemIndex)
    else rows.set(itemIndex, { itemIndex, rating: half_stars / 2, timestamp: updated_at })
  }
  return {
    history: historyOf(rows.values()),
    known: indexInSorted(model.userIds, userId) >= 0 || overlay.some((row) => row.half_stars !== null),
    degraded,
  }
}

/** Durable when it resolves: the row is in D1. */
export async function putRating(
  database: D1Database,
  row: { userId: number; movieId: number; rating: number | null; updatedAt: number },
): Promise<void> {
  await database
    .prepare(
      `INSERT INTO live_ratings (user_id, movie_id, half_stars, updated_at) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (user_id, movie_id) DO UPDATE SET half_stars = ?3, updated_at = ?4`,
    )
    .bind(row.userId, row.movieId, row.rating === null ? null : row.rating * 2, row.updatedAt)
    .run()
}

async function publishedRows(userId: number, model: Model): Promise<HistoryRow[]> {
  const userIndex = indexInSorted(model.userIds, userId)
  if (userIndex < 0) return []
  const { table, row } = await model.histories.row(userIndex)
  const items = table.list<Int32Array>('itemIndices')
  const halfStars = table.list<Uint8Array>('halfStars').values
  const timestamps = table.list<Uint32Array>('timestamps').values
  const rows: HistoryRow[] = []
  for (let entry = items.offsets[row]!; entry < items.offsets[row + 1]!; entry++)
    rows.push({ itemIndex: items.values[entry]!, rating: halfStars[entry]! / 2, timestamp: timestamps[entry]! })
  return rows
}

async function liveRows(userId: number, database: D1Database): Promise<LiveRow[]> {
  const { results } = await database
    .prepare('SELECT movie_id, half_stars, updated_at FROM live_ratings WHERE user_id = ?1')
    .bind(userId)
    .all<LiveRow>()
  return results
}

function report(part: Degraded[number], reason: unknown, log: RequestLog): Degraded[number] {
  log({ event: 'degraded', part, reason: String(reason) })
  return part
}
