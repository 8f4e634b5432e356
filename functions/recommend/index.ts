import { type History, seenItems } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import type { DiversityReceipt, Reason, RecommendOptions, Rung } from '#core/schemas/api.ts'
import { type BlendWeights, SOURCES } from '#core/schemas/config.ts'
import { type Blended, blend, weightsFor } from './blend.ts'
import { blockedItems } from './constraints.ts'
import { diversify, poolSize } from './diversify.ts'
import { explainAll } from './explain.ts'
import { behind } from './page.ts'
import { rankerFor, rankPool } from './rank-pool.ts'
import { retrieve, type SourceScores, type Taste, tasteOf } from './retrieve.ts'

/** A list in its order, with all that is needed to explain it. */
export interface Ranking {
  taste: Taste
  rung: Rung
  weights: BlendWeights
  blended: Blended[]
  /** null where none was asked for */
  diversity: DiversityReceipt | null
  /** more movies satisfy the constraints than these and the shown ones */
  hasMore: boolean
}

const NOTHING = new Int32Array(0)

/**
 * History in, ranking out: retrieve → blend → rank the first ones → diversify. Synchronous, as is `recommend`, so that concurrent requests can
 * share the kernels.
 * @param k movies wanted; fewer come when fewer satisfy the constraints
 * @param shown items of the pages before: the list goes on behind them, as it would have without a break
 * @throws {UnknownNameError} for a genre that no movie has
 */
export function rank(
  history: History,
  options: RecommendOptions,
  k: number,
  model: Model,
  shown: Int32Array = NOTHING,
): Ranking {
  const taste = tasteOf(history, model)
  const weights = options.weights ?? weightsFor(model.blend, taste.likes.length)
  const blocked = blockedItems(model, seenItems(history), options)
  const { diversity: asked = 0 } = options
  // one more than is wanted says whether there is more
  const wanted = Math.max(poolSize(k, asked), k + 1)
  const ranker = rankerFor(model, history, options)
  const sources = retrieve(taste, model, {
    reuse: true,
    forBest: weights.cf > 0,
    // the ranker looks at them all
    wanted: ranker ? SOURCES : SOURCES.filter((source) => weights[source] > 0),
  })
  // the ranker's pool holds what was shown too: so it is the same one for every page
  const length = Math.max(wanted + shown.length, ranker?.pool ?? 0)
  const blended = blend(sources, weights, blocked, length, model.kernels)
  const ranked = ranker ? rankPool(blended, ranker, { history, taste, sources }, model) : blended
  const { list: pool } = behind(ranked, shown, wanted)
  const { list, price } = asked > 0 ? diversify(pool, k, asked, model, shown) : { list: pool.slice(0, k), price: null }
  return {
    taste,
    rung: rungOf(sources, weights, options.genres ?? []),
    weights,
    blended: list,
    diversity: price && { asked, ...price },
    hasMore: pool.length > k,
  }
}

/** `rank`, and a reason for every movie. */
export function recommend(
  history: History,
  options: RecommendOptions,
  k: number,
  model: Model,
  shown: Int32Array = NOTHING,
): Ranking & { reasons: Reason[] } {
  const ranking = rank(history, options, k, model, shown)
  const reasons = explainAll(ranking.blended, ranking.taste, model, options)
  return { ...ranking, reasons }
}

/** The ladder: the best source that took part. */
export function rungOf(sources: SourceScores, weights: BlendWeights, wantedGenres: readonly string[]): Rung {
  if (sources.cf && weights.cf > 0) return 'personalized'
  if (sources.next && weights.next > 0) return 'personalized'
  if (sources.neighbours && weights.neighbours > 0) return 'personalized'
  if (sources.content && weights.content > 0) return 'content'
  return wantedGenres.length > 0 ? 'genrePopularity' : 'popularity'
}
