import type { Model } from '#core/model.ts'
import type { BlendWeights, Source } from '#core/schemas/config.ts'
import { contentCosines } from '#core/scoring/content-scores.ts'
import { neighbourContributionsOf } from '#core/scoring/neighbour-scores.ts'
import { nextContributionsOf } from '#core/scoring/next-scores.ts'
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
 * What each item of a history gave to the blended scores of some movies; they sum to the score less popularity's share. Exact,
 * but for content: its score is shared out by the likes' cosines, which are what it is made of before terms are left out. The
 * kernels must hold the fold-in of this history. O(entries of the history's rows + movies · (f² + items · f)).
 * @param wanted item indices, each once
 * @returns for each of them, by itemIndex of the history; one that gave nothing may be missing
 */
export function contributionsTo(
  wanted: Int32Array,
  { taste, sources, weights, normalizers }: Scored,
  model: Model,
): Map<number, number>[] {
  const given = Array.from(wanted, () => new Map<number, number>())
  /** @param contributions movies × items, row-major */
  const add = (source: Source, items: Int32Array, contributions: ArrayLike<number>) => {
    const scale = weights[source] * normalizers[source]
    let at = 0
    for (const ofMovie of given)
      for (const item of items) ofMovie.set(item, (ofMovie.get(item) ?? 0) + scale * contributions[at++]!)
  }
  const { likes, foldedItems, foldedWeights, lastRated, lastRatedCounts } = taste
  if (sources.cf)
    add(
      'cf',
      foldedItems,
      rowsOf(wanted, foldedItems, (item) => model.kernels.contributions(item, foldedItems, foldedWeights)),
    )
  if (sources.next) add('next', lastRated, nextContributionsOf(model.next, wanted, lastRated, lastRatedCounts))
  if (sources.neighbours) {
    const { likesWithNeighbours, neighbourStrengths } = taste
    add(
      'neighbours',
      likesWithNeighbours,
      neighbourContributionsOf(model.neighbours, wanted, likesWithNeighbours, neighbourStrengths),
    )
  }
  const { content } = sources
  if (content)
    add(
      'content',
      likes,
      rowsOf(wanted, likes, (item) => shared(content[item]!, contentCosines(model.content, item, likes))),
    )
  return given
}

/** A row an item, row-major. */
function rowsOf(wanted: Int32Array, items: Int32Array, rowOf: (item: number) => ArrayLike<number>): Float64Array {
  const rows = new Float64Array(wanted.length * items.length)
  for (let at = 0; at < wanted.length; at++) rows.set(rowOf(wanted[at]!), at * items.length)
  return rows
}

/** A score shared out by cosines; nothing where all are 0. */
function shared(score: number, cosines: Float64Array): Float64Array {
  const sum = cosines.reduce((total, cosine) => total + cosine, 0)
  return cosines.map((cosine) => (sum > 0 ? (score * cosine) / sum : 0))
}
