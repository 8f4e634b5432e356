import type { Model } from '#core/model.ts'
import type { BlendWeights, SOURCES } from '#core/schemas/config.ts'
import { contentCosine } from '#core/scoring/content-scores.ts'
import { neighbourContributions } from '#core/scoring/neighbour-scores.ts'
import { nextContributions } from '#core/scoring/next-scores.ts'
import type { Normalizers } from './blend.ts'
import type { SourceScores, Taste } from './retrieve.ts'

/** A history as it was scored. */
export interface Scored {
  taste: Taste
  sources: SourceScores
  normalizers: Normalizers
  weights: BlendWeights
}

/**
 * What each item of a history gave to the blended score of a movie; they sum to the score less popularity's share. Exact,
 * but for content: its score is shared out by the likes' cosines, which are what it is made of before terms are left out. The
 * kernels must hold the fold-in of this history. O(f² + items · f).
 * @returns by itemIndex of the history; one that gave nothing may be missing
 */
export function contributionsTo(
  itemIndex: number,
  { taste, sources, weights, normalizers }: Scored,
  model: Model,
): Map<number, number> {
  const given = new Map<number, number>()
  const add = (source: (typeof SOURCES)[number], items: Int32Array, contributions: ArrayLike<number>) => {
    const scale = weights[source] * normalizers[source]
    for (const [position, item] of items.entries())
      given.set(item, (given.get(item) ?? 0) + scale * contributions[position]!)
  }
  const { likes, foldedItems, foldedWeights, lastRated, lastRatedCounts } = taste
  if (sources.cf) add('cf', foldedItems, model.kernels.contributions(itemIndex, foldedItems, foldedWeights))
  if (sources.next) add('next', lastRated, nextContributions(model.next, itemIndex, lastRated, lastRatedCounts))
  if (sources.neighbours) {
    const { likesWithNeighbours, neighbourStrengths } = taste
    add(
      'neighbours',
      likesWithNeighbours,
      neighbourContributions(model.neighbours, itemIndex, likesWithNeighbours, neighbourStrengths),
    )
  }
  if (sources.content) {
    const cosines = Float64Array.from(likes, (liked) => contentCosine(model.content, itemIndex, liked))
    const sum = cosines.reduce((total, cosine) => total + cosine, 0)
    const score = sources.content[itemIndex]!
    add(
      'content',
      likes,
      cosines.map((cosine) => (sum > 0 ? (score * cosine) / sum : 0)),
    )
  }
  return given
}
