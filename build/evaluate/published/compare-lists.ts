import { indexInSorted } from '#core/format/catalog.ts'
import { historyOf } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import { publishedRows } from '#core/published-rows.ts'
import type { Estimate } from '#core/schemas/manifest.ts'
import { rank } from '#recommend/index.ts'
import { estimate, resampleUsers } from '../bootstrap.ts'
import { sampleOf } from '../sample-of.ts'

/** Lists are compared at this length, and the order of what both hold within the longer one. */
const CUTOFF = 10
const DEPTH = 100
/** Movies and users that are named. */
const SHOWN_MOVIES = 10
const SHOWN_USERS = 3
const BOOTSTRAP_SAMPLES = 1000

/** What changes for users when one model takes the place of another. */
export interface ListsComparison {
  /** users whom both models know, of whom `users` were drawn */
  usersInBoth: number
  users: number
  /** of the first ten: movies that both lists hold, by ten */
  'overlap@10': Estimate
  /** Spearman's ρ of the order of what both lists of a hundred hold; −1 to 1 */
  'rankCorrelation@100': Estimate
  /** users whose first ten are the same in the same order */
  unchanged: number
  /** of the first ten: what comes into most users' lists, and what leaves them */
  entered: MovedMovie[]
  left: MovedMovie[]
  movies: { added: number; removed: number }
  examples: { userId: number; before: string[]; after: string[] }[]
}

export interface MovedMovie {
  movieId: number
  title: string
  users: number
}

/** Each model with the histories that it was published with, as its Worker would answer. */
export async function compareLists(before: Model, after: Model, users: number, seed: number): Promise<ListsComparison> {
  const both = [...after.userIds].filter((userId) => indexInSorted(before.userIds, userId) >= 0)
  const drawn = sampleOf(both, users, seed).sort((a, b) => a - b)
  const [overlaps, correlations] = [new Float64Array(drawn.length), new Float64Array(drawn.length)]
  const [entered, left] = [new Map<number, number>(), new Map<number, number>()]
  const examples: { userId: number; overlap: number; before: number[]; after: number[] }[] = []
  let unchanged = 0
  for (const [at, userId] of drawn.entries()) {
    const [old, now] = [await listOf(userId, before), await listOf(userId, after)]
    const [oldTop, nowTop] = [old.slice(0, CUTOFF), now.slice(0, CUTOFF)]
    overlaps[at] = nowTop.filter((movieId) => oldTop.includes(movieId)).length / CUTOFF
    correlations[at] = rankCorrelation(old, now)
    if (nowTop.join() === oldTop.join()) unchanged++
    count(entered, nowTop, oldTop)
    count(left, oldTop, nowTop)
    examples.push({ userId, overlap: overlaps[at]!, before: oldTop, after: nowTop })
  }
  const resamples = resampleUsers(drawn.length, BOOTSTRAP_SAMPLES, seed)
  const known = new Set(before.catalog.movieIds)
  const common = [...after.catalog.movieIds].filter((movieId) => known.has(movieId)).length
  return {
    usersInBoth: both.length,
    users: drawn.length,
    'overlap@10': estimate(overlaps, resamples),
    'rankCorrelation@100': estimate(correlations, resamples),
    unchanged,
    entered: mostMoved(entered, after),
    left: mostMoved(left, before),
    movies: { added: after.catalog.numItems - common, removed: before.catalog.numItems - common },
    // those for whom most has changed
    examples: examples
      .sort((a, b) => a.overlap - b.overlap || a.userId - b.userId)
      .slice(0, SHOWN_USERS)
      .map(({ userId, before: old, after: now }) => ({
        userId,
        before: titlesOf(old, before),
        after: titlesOf(now, after),
      })),
  }
}

/** Movie ids, best first, as a Worker with this model answers. */
async function listOf(userId: number, model: Model): Promise<number[]> {
  const history = historyOf(await publishedRows(userId, model))
  return rank(history, {}, DEPTH, model).blended.map(({ itemIndex }) => model.catalog.movieIds[itemIndex]!)
}

/**
 * Spearman's ρ of the order in which two lists have what they share: 1 − 6 Σd² / (n³ − n), d the difference of a movie's
 * ranks among the n shared ones. 1 where fewer than two are shared and the lists are equal, else 0.
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const inB = new Set(b)
  const sharedInA = a.filter((movieId) => inB.has(movieId))
  const rankInA = new Map(sharedInA.map((movieId, rank) => [movieId, rank]))
  const n = sharedInA.length
  if (n < 2) return a.join() === b.join() ? 1 : 0
  let squares = 0
  let rankInB = 0
  for (const movieId of b) {
    const rank = rankInA.get(movieId)
    if (rank !== undefined) squares += (rank - rankInB++) ** 2
  }
  return 1 - (6 * squares) / (n ** 3 - n)
}

/** One more for each of `list` that `other` has not. */
function count(counts: Map<number, number>, list: number[], other: number[]): void {
  for (const movieId of list) if (!other.includes(movieId)) counts.set(movieId, (counts.get(movieId) ?? 0) + 1)
}

function mostMoved(counts: Map<number, number>, { catalog }: Model): MovedMovie[] {
  return [...counts]
    .sort(([a, usersOfA], [b, usersOfB]) => usersOfB - usersOfA || a - b)
    .slice(0, SHOWN_MOVIES)
    .map(([movieId, users]) => ({ movieId, title: catalog.title(catalog.itemIndexOf(movieId)), users }))
}

function titlesOf(movieIds: number[], { catalog }: Model): string[] {
  return movieIds.map((movieId) => catalog.title(catalog.itemIndexOf(movieId)))
}
