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

/**
 * Movies most like one movie: the mean of two cosines, of the factors (liked by the same people) and of the
 * texts (about the same things). Of a movie that nobody liked yet, and to it, the texts decide alone: its factors, where
 * it has some, come from them.
 */
export function similarMovies(itemIndex: number, options: Constraints, k: number, model: Model): Similar[] {
  const blocked = blockedItems(model, Int32Array.of(itemIndex), options)
  const isLiked = (item: number) => model.hasFactors[item] === 1 && model.placedByTexts[item] === 0
  const cosines = isLiked(itemIndex) ? model.kernels.cosines(itemIndex) : null
  const content = contentScores(model.content, [itemIndex])
  const cfWeight = cosines ? 0.5 : 0
  const cfShare = (item: number) => (cosines && isLiked(item) ? cfWeight * Math.max(0, cosines[item]!) : 0)
  const contentShare = (item: number) => (1 - cfWeight) * content[item]!
  const scores = Float64Array.from(blocked, (flag, item) => (flag ? Number.NaN : cfShare(item) + contentShare(item)))
  const best = topK(scores, k)
  return Array.from(best.items, (item, position) => ({
    itemIndex: item,
    similarity: best.scores[position]!,
    shares: { cf: cfShare(item), next: 0, neighbours: 0, content: contentShare(item), popularity: 0 },
  }))
}
