import { countedRating } from '#core/feedback/counted.ts'
import { foldEvents, type LiveMovie, type LiveState } from '#core/feedback/fold.ts'
import { indexInSorted } from '#core/format/catalog.ts'
import { type History, type HistoryRow, historyOf } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import { publishedRows } from '#core/published-rows.ts'
import type { Degraded } from '#core/schemas/api.ts'
import type { RequestLog } from './context.ts'
import { readEvents } from './feedback/store.ts'
import { timedStage } from './metrics/counts.ts'
import { within } from './within.ts'

/** Longest wait for the database: an answer without live feedback is better than none. */
const LIVE_MS = 1000

export interface UserHistory {
  history: History
  /** its part with stars of the user's own: what a prediction of stars may go by */
  starred: History
  /** published, or has said something through the API */
  known: boolean
  /** the live part was read, and it does not say that the user is to be forgotten */
  mayFallBack: boolean
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
  const [published, live] = await timedStage(
    'history',
    Promise.allSettled([publishedRows(userId, model), within(LIVE_MS, readEvents(database, userId))]),
  )
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
    mayFallBack: live.status === 'fulfilled' && !state.isErased,
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
  for (const live of movies.values()) {
    const { movieId, rating, opinion, snooze } = live
    const itemIndex = model.catalog.itemIndexOf(movieId)
    if (itemIndex < 0) continue
    if (rating) starred.delete(itemIndex)
    if (rating?.kind === 'rated')
      starred.set(itemIndex, { itemIndex, rating: rating.halfStars! / 2, timestamp: rating.at })
    const counted = countedRating(live)
    if (counted.kind !== 'untouched') tastes.delete(itemIndex)
    if (counted.kind === 'rating')
      tastes.set(itemIndex, { itemIndex, rating: counted.rating, timestamp: counted.timestamp })
    if (opinion || snooze) hidden.push(itemIndex)
  }
  return {
    history: { ...historyOf(tastes.values()), ...(hidden.length > 0 && { hidden: Int32Array.from(hidden) }) },
    starred: historyOf(starred.values()),
  }
}

function report(part: Degraded[number], reason: unknown, log: RequestLog): Degraded[number] {
  log({ event: 'degraded', part, reason: String(reason) })
  return part
}
