import type { Model } from '#core/model.ts'
import { contentCosine } from '#core/scoring/content-scores.ts'
import type { Blended } from './blend.ts'

/** Movies of the blended list, times the ones wanted, that a diverse list may be chosen from. */
const POOL_PER_PLACE = 5

/** What a list is made of. */
type Scored = Pick<Blended, 'itemIndex' | 'score'>

/** How alike two movies of a list are, by their places in it. */
export type Similarity = (a: number, b: number) => number

/** What diversity cost and what it bought. */
export interface DiversityPrice {
  /** share of the summed scores of the undiversified list, 0 where these are not above 0 */
  relevanceGivenUp: number
  /** mean pairwise 1 − similarity of the list without and with diversity */
  intraListDiversity: { before: number; after: number }
}

/** Movies to blend when k diverse ones are wanted; k where no diversity is. */
export function poolSize(k: number, diversity: number): number {
  return diversity > 0 ? POOL_PER_PLACE * k : k
}

/**
 * Maximal marginal relevance (Carbonell & Goldstein 1998): one after the other, the movie of the largest
 * (1 − d)·score − d·largest similarity to those chosen before, scores in parts of the pool's farthest from 0. The best of
 * all comes first whatever d is; equal ones in the pool's order. O((k + shown) · pool · factors).
 * @param pool best first, more than k to have a choice
 * @param diversity d, 0 to 1; 0 gives the first k as they are
 * @param shown items of the pages before: chosen already
 */
export function diversify<Entry extends Scored>(
  pool: Entry[],
  k: number,
  diversity: number,
  model: Model,
  shown: Int32Array = new Int32Array(0),
): { list: Entry[]; price: DiversityPrice } {
  const similarity = similarityOf(Int32Array.of(...itemsOf(pool), ...shown), model)
  const places =
    diversity > 0 ? diversePlaces(pool, k, diversity, similarity, shown.length) : pool.slice(0, k).map((_, at) => at)
  const list = places.map((place) => pool[place]!)
  const plain = pool.slice(0, k)
  const before = scoreSum(plain)
  return {
    list,
    price: {
      relevanceGivenUp: before > 0 ? (before - scoreSum(list)) / before : 0,
      intraListDiversity: {
        before: intraListDiversity(plain.length, similarity),
        after: intraListDiversity(places.length, (a, b) => similarity(places[a]!, places[b]!)),
      },
    },
  }
}

/** Cosine of the factors as served, −1 to 1; of the texts where one of the two movies has no factors. */
export function similarityOf(items: Int32Array, { kernels, hasFactors, content }: Model): Similarity {
  const units = kernels.unitRows(items)
  const factors = items.length > 0 ? units.length / items.length : 0
  return (a, b) => {
    if (hasFactors[items[a]!] === 0 || hasFactors[items[b]!] === 0) return contentCosine(content, items[a]!, items[b]!)
    let product = 0
    for (let k = 0; k < factors; k++) product += units[a * factors + k]! * units[b * factors + k]!
    return product
  }
}

/** Mean pairwise 1 − similarity of the first n movies (Ziegler et al. 2005, as a distance); 0 for fewer than two. */
export function intraListDiversity(n: number, similarity: Similarity): number {
  if (n < 2) return 0
  let sum = 0
  for (let b = 1; b < n; b++) for (let a = 0; a < b; a++) sum += Math.max(0, 1 - similarity(a, b))
  return (2 * sum) / (n * (n - 1))
}

/**
 * Places in the pool, in the order in which they are chosen.
 * @param similarity by place; the shown ones have the places behind the pool
 */
function diversePlaces(
  pool: Scored[],
  k: number,
  diversity: number,
  similarity: Similarity,
  numShown: number,
): number[] {
  const farthest = pool.reduce((most, { score }) => Math.max(most, Math.abs(score)), 0) || 1
  const gains = Float64Array.from(pool, ({ score }) => (1 - diversity) * (score / farthest))
  const closest = Float64Array.from(pool, (_, place) => {
    let largest = Number.NEGATIVE_INFINITY
    for (let shown = 0; shown < numShown; shown++) largest = Math.max(largest, similarity(place, pool.length + shown))
    return largest
  })
  const places: number[] = []
  let last = 0
  for (let chosen = 0; chosen < Math.min(k, pool.length); chosen++) {
    // the pool is in the order of the scores: its first movie opens every list
    if (chosen > 0 || numShown > 0) last = largestAt(gains, closest, diversity)
    places.push(last)
    gains[last] = Number.NaN
    for (let place = 0; place < pool.length; place++)
      if (!Number.isNaN(gains[place]!)) closest[place] = Math.max(closest[place]!, similarity(place, last))
  }
  return places
}

/** The first place of the largest gain − d·closest; NaN gains are taken. */
function largestAt(gains: Float64Array, closest: Float64Array, diversity: number): number {
  let best = -1
  let largest = Number.NEGATIVE_INFINITY
  for (let place = 0; place < gains.length; place++) {
    const value = gains[place]! - diversity * closest[place]!
    if (value > largest) {
      best = place
      largest = value
    }
  }
  return best
}

function scoreSum(list: Scored[]): number {
  return list.reduce((sum, { score }) => sum + score, 0)
}

function itemsOf(list: Scored[]): Int32Array {
  return Int32Array.from(list, ({ itemIndex }) => itemIndex)
}
