import type { Shares } from '#core/schemas/api.ts'
import type { BlendWeights } from '#core/schemas/config.ts'
import type { BlendTable } from '#core/schemas/manifest.ts'
import { topK } from '#core/scoring/top-k.ts'
import type { SourceScores } from './retrieve.ts'

/** A movie of the blended list with what each source gave to its score. */
export interface Blended {
  itemIndex: number
  score: number
  shares: Shares
}

/** Weights learned for that many likes: the last row that asks for no more. */
export function weightsFor(blend: BlendTable, numLikes: number): BlendWeights {
  let weights = blend[0]!.weights
  for (const row of blend) if (row.minLikes <= numLikes) weights = row.weights
  return weights
}

/**
 * The k movies of the largest `Σ weight · score / largest score` over the allowed ones: every source is
 * normalized to at most 1 by its best allowed movie, so that weights mean the same in every request.
 * A source without scores counts 0.
 * @param blocked numItems flags; 1 is never returned
 */
export function blend(sources: SourceScores, weights: BlendWeights, blocked: Uint8Array, k: number): Blended[] {
  const { cf, content, popularity } = sources
  const cfScale = cf ? weights.cf / largest(cf, blocked) : 0
  const contentScale = content ? weights.content / largest(content, blocked) : 0
  const popularityScale = weights.popularity / largest(popularity, blocked)

  const sharesOf = (item: number): Shares => ({
    cf: cf ? cf[item]! * cfScale : 0,
    content: content ? content[item]! * contentScale : 0,
    popularity: popularity[item]! * popularityScale,
  })
  const best = topK(blocked.length, k, (item) => {
    if (blocked[item]) return Number.NaN
    let score = popularity[item]! * popularityScale
    if (cf) score += cf[item]! * cfScale
    if (content) score += content[item]! * contentScale
    return score
  })
  return Array.from(best.items, (itemIndex, position) => ({
    itemIndex,
    score: best.scores[position]!,
    shares: sharesOf(itemIndex),
  }))
}

/** Largest positive score of an allowed movie; 1 when there is none, so that dividing by it is safe. */
function largest(scores: Float32Array, blocked: Uint8Array): number {
  let best = 0
  for (let item = 0; item < scores.length; item++) if (scores[item]! > best && !blocked[item]) best = scores[item]!
  return best > 0 ? best : 1
}
