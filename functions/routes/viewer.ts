import type { History } from '#core/history.ts'
import type { Degraded, HistoryEntry } from '#core/schemas/api.ts'
import { MAX_TASTE_ENTRIES, type TasteEntry } from '#core/taste.ts'
import type { RequestLog } from '../context.ts'
import { type Env, settingsOf } from '../env.ts'
import { userHistory } from '../histories.ts'
import type { ServedModel } from '../open-model.ts'
import { openTaste, signTaste } from '../taste.ts'
import { ProblemError } from './errors.ts'
import { givenHistory } from './given-history.ts'

/** Whom a request is about: one of the three. */
export interface Viewer {
  userId?: number | undefined
  history?: HistoryEntry[] | undefined
  taste?: string | undefined
}

export interface ViewerHistory {
  history: History
  /** its part with stars of the viewer's own */
  starred: History
  degraded: Degraded
  /** movies of the history that the catalogue lacks */
  unknownMovieIds: number[]
}

/**
 * What is known of a viewer, wherever it is kept: stored under a userId, sent along, or in a taste.
 * @throws {ProblemError} for a history that is too long, or a taste that was not signed here
 */
export async function viewerHistory(
  { userId, history, taste }: Viewer,
  { served, env, log }: { served: ServedModel; env: Env; log: RequestLog },
): Promise<ViewerHistory> {
  if (userId !== undefined) return { ...(await userHistory(userId, served.model, env.DB, log)), unknownMovieIds: [] }
  const entries = taste === undefined ? (history ?? []) : await entriesOfTaste(taste, env)
  return { ...givenHistory(entries, served), degraded: [] }
}

/** The history in a taste. @throws {ProblemError} for one that was not signed here */
export async function entriesOfTaste(taste: string, env: Env): Promise<HistoryEntry[]> {
  const opened = await openTaste(taste, secretsOf(env))
  if (!opened.ok) throw new ProblemError('bad_request', `the taste was refused: ${opened.reason}`, 'taste')
  return opened.entries.map(({ movieId, halfStars }) => ({ movieId, ...(halfStars > 0 && { rating: halfStars / 2 }) }))
}

/** A history → its taste, of its newest entries; those with times in their order, as a history is read. */
export async function tasteOfEntries(
  entries: HistoryEntry[],
  env: Env,
): Promise<{ taste: string; entries: number; dropped: number }> {
  const latest = new Map<number, TasteEntry>()
  for (const { movieId, rating = 0 } of entries.toSorted((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0))) {
    latest.delete(movieId)
    latest.set(movieId, { movieId, halfStars: rating * 2 })
  }
  const kept = [...latest.values()].slice(-MAX_TASTE_ENTRIES)
  const taste = await signTaste(kept, secretsOf(env)[0]!)
  return { taste, entries: kept.length, dropped: latest.size - kept.length }
}

function secretsOf(env: Env): readonly string[] {
  const { tasteSecrets } = settingsOf(env)
  if (tasteSecrets.length === 0)
    throw new ProblemError('not_set_up', 'this server signs no tastes; it needs the secret TASTE_SECRET')
  return tasteSecrets
}
