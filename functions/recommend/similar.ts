import type { Model } from '#core/model.ts'
import type { Shares } from '#core/schemas/api.ts'
import { contentScores } from '#core/scoring/content-scores.ts'
import { topK } from '#core/scoring/top-k.ts'
import { blockedItems, type Constraints } from './constraints.ts'

export interface Similar {
  itemIndex: number
  /** 0 to 1 */
  similarity: number
  shares: Shares
}

/** How much each movie is like one, 0 to 1 both together, by itemIndex. */
export interface Likeness {
  /** liked by the same people */
  cf: Float32Array
  /** about the same things */
  content: Float32Array
}

/** Movies most like one movie. */
export function similarMovies(itemIndex: number, options: Constraints, k: number, model: Model): Similar[] {
  const blocked = blockedItems(model, Int32Array.of(itemIndex), options)
  const { cf, content } = likenessTo(itemIndex, model)
  const scores = Float64Array.from(blocked, (flag, item) => (flag ? Number.NaN : cf[item]! + content[item]!))
  const best = topK(scores, k)
  return Array.from(best.items, (item, position) => ({
    itemIndex: item,
    similarity: best.scores[position]!,
    shares: { cf: cf[item]!, next: 0, neighbours: 0, content: content[item]!, popularity: 0, ranker: 0 },
  }))
}

/**
 * The halves of two cosines, of the factors (liked by the same people) and of the texts (about the same things). Of a movie
 * that nobody liked yet, and to it, the texts decide alone: its factors, where it has some, come from them.
 */
export function likenessTo(itemIndex: number, { kernels, content, hasFactors, placedByTexts }: Model): Likeness {
  const cf = new Float32Array(hasFactors.length)
  const byTexts = contentScores(content, [itemIndex])
  const isLiked = hasFactors[itemIndex] === 1 && placedByTexts[itemIndex] === 0
  if (!isLiked) return { cf, content: byTexts }
  const cosines = kernels.cosines(itemIndex)
  for (let item = 0; item < cf.length; item++) {
    // 1 where somebody liked it, else 0; without factors the cosine is 0 anyway
    const counts = 1 - placedByTexts[item]!
    cf[item] = 0.5 * counts * Math.max(0, cosines[item]!)
    byTexts[item]! *= 0.5
  }
  return { cf, content: byTexts }
}
