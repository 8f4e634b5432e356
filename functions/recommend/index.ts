import type { History } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import type { DiversityReceipt, Reason, RecommendOptions, Rung } from '#core/schemas/api.ts'
import type { BlendWeights } from '#core/schemas/config.ts'
import { type Blended, blend, weightsFor } from './blend.ts'
import { blockedItems } from './constraints.ts'
import { diversify, poolSize } from './diversify.ts'
import { explain } from './explain.ts'
import { retrieve, type SourceScores, type Taste, tasteOf } from './retrieve.ts'

/** A list in its order, with all that is needed to explain it. */
export interface Ranking {
  taste: Taste
  rung: Rung
  weights: BlendWeights
  blended: Blended[]
  /** null where none was asked for */
  diversity: DiversityReceipt | null
}

/**
 * History in, ranking out: retrieve → blend → diversify. Synchronous, as is `recommend`, so that concurrent requests can
 * share the kernels.
 * @param k movies wanted; fewer come when fewer satisfy the constraints
 * @throws {UnknownNameError} for a genre that no movie has
 */
export function rank(history: History, options: RecommendOptions, k: number, model: Model): Ranking {
  const taste = tasteOf(history, model)
  const weights = options.weights ?? weightsFor(model.blend, taste.likes.length)
  const blocked = blockedItems(model, history.itemIndices, options)
  const sources = retrieve(taste, model)
  const { diversity: asked = 0 } = options
  const pool = blend(sources, weights, blocked, poolSize(k, asked))
  const { list, price } = asked > 0 ? diversify(pool, k, asked, model) : { list: pool, price: null }
  return {
    taste,
    rung: rungOf(sources, weights, options.genres ?? []),
    weights,
    blended: list,
    diversity: price && { asked, ...price },
  }
}

/** `rank`, and a reason for every movie. */
export function recommend(
  history: History,
  options: RecommendOptions,
  k: number,
  model: Model,
): Ranking & { reasons: Reason[] } {
  const ranking = rank(history, options, k, model)
  const reasons = ranking.blended.map((entry) => explain(entry, ranking.taste, model, options.genres ?? []))
  return { ...ranking, reasons }
}

/** The ladder: the best source that took part. */
function rungOf(sources: SourceScores, weights: BlendWeights, wantedGenres: readonly string[]): Rung {
  if (sources.cf && weights.cf > 0) return 'personalized'
  if (sources.next && weights.next > 0) return 'personalized'
  if (sources.neighbours && weights.neighbours > 0) return 'personalized'
  if (sources.content && weights.content > 0) return 'content'
  return wantedGenres.length > 0 ? 'genrePopularity' : 'popularity'
}
