import { indexInSorted } from '#core/format/catalog.ts'
import { type History, type HistoryRow, historyOf } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import type { Degraded } from '#core/schemas/api.ts'
import type { RequestLog } from './context.ts'
import { foldEvents, type LiveMovie, type LiveState } from './feedback/fold.ts'
import { readEvents } from './feedback/store.ts'
import { within } from './within.ts'

/** Longest wait for the database: an answer without live feedback is better than none. */
const LIVE_MS = 1000

/** Stars that a like without any counts as, whatever the model's threshold. */
export const LIKED_STARS = 5
/**
 * Stars that a dislike counts as: it was seen, and is no like. It pushes nothing else down: taking off what cf, neighbours
 * or content say for the movies rated 2 stars and less, at weights of 0.03 to 0.8, made no list better beyond chance, and
 * large ones worse (NDCG@10 on the sample's validation part, 479 users with such ratings: at best +0.0012, 95 % −0.0017 to
 * 0.0042).
 */
const DISLIKED_STARS = 1

export interface UserHistory {
  history: History
  /** its part with stars of the user's own: what a prediction of stars may go by */
  starred: History
  /** published, or has said something through the API */
  known: boolean
  degraded: Degraded
}

/**
 * A user's history: the published one with the live feedback laid over it. A part that cannot be read is left
 * out and named in `degraded`; the other still counts.
 * @param now seconds since 1970
 */
export async function userHistory(
  userId: number,
  model: Model,
  database: D1Database,
  log: RequestLog,
  now = Math.floor(Date.now() / 1000),
): Promise<UserHistory> {
  const [published, live] = await Promise.allSettled([
    publishedRows(userId, model),
    within(LIVE_MS, readEvents(database, userId)),
  ])
  const degraded: Degraded = []
  if (published.status === 'rejected') degraded.push(report('publishedHistory', published.reason, log))
  if (live.status === 'rejected') degraded.push(report('liveRatings', live.reason, log))

  const state = foldEvents(live.status === 'fulfilled' ? live.value : [], now)
  const rows = published.status === 'fulfilled' && !state.isErased ? published.value : []
  const isPublished = indexInSorted(model.userIds, userId) >= 0 && !state.isErased
  const says = ({ rating, mark }: LiveMovie) => rating?.kind === 'rated' || mark !== null
  return {
    ...laidOver(rows, state, model),
    known: isPublished || [...state.movies.values()].some(says),
    degraded,
  }
}

/** A published rating counts until one was given or taken back here, and any rating until a like or dislike came after. */
export function laidOver(
  published: HistoryRow[],
  { movies }: Pick<LiveState, 'movies'>,
  model: Model,
): Pick<UserHistory, 'history' | 'starred'> {
  if (movies.size === 0) {
    const history = historyOf(published)
    return { history, starred: history }
  }
  const starred = new Map(published.map((row) => [row.itemIndex, row]))
  const tastes = new Map(starred)
  const hidden: number[] = []
  for (const { movieId, rating, opinion, snooze } of movies.values()) {
    const itemIndex = model.catalog.itemIndexOf(movieId)
    if (itemIndex < 0) continue
    if (rating) {
      starred.delete(itemIndex)
      tastes.delete(itemIndex)
    }
    if (rating?.kind === 'rated') {
      const row = { itemIndex, rating: rating.halfStars! / 2, timestamp: rating.at }
      starred.set(itemIndex, row)
      tastes.set(itemIndex, row)
    }
    if (opinion || snooze) hidden.push(itemIndex)
    if (!opinion || opinion.kind === 'seen' || (rating?.kind === 'rated' && rating.version > opinion.version)) continue
    const stars = opinion.kind === 'liked' ? LIKED_STARS : DISLIKED_STARS
    tastes.delete(itemIndex)
    tastes.set(itemIndex, { itemIndex, rating: stars, timestamp: opinion.at })
  }
  return {
    history: { ...historyOf(tastes.values()), ...(hidden.length > 0 && { hidden: Int32Array.from(hidden) }) },
    starred: historyOf(starred.values()),
  }
}

/** A user's ratings in the published model, in the order of time; none where it does not have the user. */
export async function publishedRows(userId: number, model: Model): Promise<HistoryRow[]> {
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

function report(part: Degraded[number], reason: unknown, log: RequestLog): Degraded[number] {
  log({ event: 'degraded', part, reason: String(reason) })
  return part
}
