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

/** What a score is multiplied with, by source: 1 over its largest score of an allowed movie; 0 without scores. */
export type Normalizers = Shares

/** Weights learned for that many likes: the last row that asks for no more. */
export function weightsFor(blend: BlendTable, numLikes: number): BlendWeights {
  let weights = blend[0]!.weights
  for (const row of blend) if (row.minLikes <= numLikes) weights = row.weights
  return weights
}

/**
 * The k movies of the largest `Σ weight · score / largest score` over the allowed ones: every source is
 * normalized to at most 1 by its best allowed movie, so that weights mean the same in every request.
 * @param blocked numItems flags; 1 is never returned
 */
export function blend(sources: SourceScores, weights: BlendWeights, blocked: Uint8Array, k: number): Blended[] {
  const normalizers = normalizersOf(sources, blocked)
  const { items, scores } = topK(blendScores(sources, normalizers, weights, blocked), k)
  return Array.from(items, (itemIndex, position) => ({
    itemIndex,
    score: scores[position]!,
    shares: {
      cf: sources.cf ? weights.cf * normalizers.cf * sources.cf[itemIndex]! : 0,
      content: sources.content ? weights.content * normalizers.content * sources.content[itemIndex]! : 0,
      popularity: weights.popularity * normalizers.popularity * sources.popularity[itemIndex]!,
    },
  }))
}

export function normalizersOf({ cf, content, popularity }: SourceScores, blocked: Uint8Array): Normalizers {
  return {
    cf: cf ? 1 / largest(cf, blocked) : 0,
    content: content ? 1 / largest(content, blocked) : 0,
    popularity: 1 / largest(popularity, blocked),
  }
}

/**
 * Blended score of every movie; NaN where blocked. Three multiply-adds an item.
 * @param out numItems
 */
export function blendScores(
  { cf, content, popularity }: SourceScores,
  normalizers: Normalizers,
  weights: BlendWeights,
  blocked: Uint8Array,
  out: Float64Array = new Float64Array(blocked.length),
): Float64Array {
  add(popularity, weights.popularity * normalizers.popularity, out.fill(0))
  if (cf) add(cf, weights.cf * normalizers.cf, out)
  if (content) add(content, weights.content * normalizers.content, out)
  for (let item = 0; item < blocked.length; item++) if (blocked[item] === 1) out[item] = Number.NaN
  return out
}

/** out += scale · scores */
function add(scores: Float32Array, scale: number, out: Float64Array): void {
  if (scale === 0) return
  for (let item = 0; item < out.length; item++) out[item]! += scale * scores[item]!
}

/** Largest positive score of an allowed movie; 1 when there is none, so that dividing by it is safe. */
function largest(scores: Float32Array, blocked: Uint8Array): number {
  let best = 0
  for (let item = 0; item < scores.length; item++) if (scores[item]! > best && blocked[item] === 0) best = scores[item]!
  return best > 0 ? best : 1
}
