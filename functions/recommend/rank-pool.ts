import type { History } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import type { RecommendOptions } from '#core/schemas/api.ts'
import { SOURCES } from '#core/schemas/config.ts'
import { neighbourContributionsOf } from '#core/scoring/neighbour-scores.ts'
import { nextContributionsOf } from '#core/scoring/next-scores.ts'
import { RANKER_FEATURES, type RankerFeature, type RankerModel, rankerMargins } from '#core/scoring/ranker.ts'
import type { Blended } from './blend.ts'
import type { SourceScores, Taste } from './retrieve.ts'

/** Movies of the history that are looked at one by one. */
const LAST = 10

/** What a list was blended from. */
export interface ListOrigin {
  history: History
  taste: Taste
  sources: SourceScores
}

/**
 * The ranker that a list is put in order by; null where it has none: asked not to, weights of one's own, for which it was
 * not learned, or less of a history than it has learned from.
 */
export function rankerFor(
  { ranker }: Pick<Model, 'ranker'>,
  history: History,
  options: Pick<RecommendOptions, 'weights' | 'ranker'>,
): RankerModel | null {
  const isWanted = options.ranker !== false && options.weights === undefined
  return ranker && isWanted && history.itemIndices.length >= ranker.minRatings ? ranker : null
}

/**
 * The blended list with its first movies in the learned order. Their scores are the ranker's, laid between the first and
 * the last blended score of the pool, so the list stays sorted; `shares.ranker` is what that adds.
 * O(entries of the last movies + pool · (pool + trees · depth + factors)).
 * @param blended best first, as long as the pool or longer where there is so much
 */
export function rankPool(blended: Blended[], ranker: RankerModel, origin: ListOrigin, model: Model): Blended[] {
  const pool = blended.slice(0, ranker.pool)
  const margins = rankerMargins(ranker, rankerFeatures(pool, origin, model))
  const best = margins.reduce((most, margin) => Math.max(most, margin), Number.NEGATIVE_INFINITY)
  const worst = margins.reduce((least, margin) => Math.min(least, margin), Number.POSITIVE_INFINITY)
  const [highest, lowest] = [pool[0]?.score ?? 0, pool.at(-1)?.score ?? 0]
  // where all suit alike the list stays as it is
  if (!(best > worst)) return blended.map((entry) => withScore(entry, entry.score))

  const places = Array.from(pool.keys()).sort((a, b) => margins[b]! - margins[a]! || a - b)
  const ranked = places.map((place) =>
    withScore(pool[place]!, lowest + ((highest - lowest) * (margins[place]! - worst)) / (best - worst)),
  )
  for (const entry of blended.slice(pool.length)) ranked.push(withScore(entry, entry.score))
  return ranked
}

function withScore(entry: Blended, score: number): Blended {
  return { itemIndex: entry.itemIndex, score, shares: { ...entry.shares, ranker: score - entry.score } }
}

/**
 * What the ranker knows of the first movies of a blended list.
 * @returns row-major (movies × RANKER_FEATURES)
 */
export function rankerFeatures(pool: Blended[], { history, taste, sources }: ListOrigin, model: Model): Float32Array {
  const { length } = pool
  const numFeatures = RANKER_FEATURES.length
  const features = new Float32Array(length * numFeatures)
  const put = (feature: RankerFeature, values: Float64Array) => {
    for (let place = 0, at = RANKER_FEATURES.indexOf(feature); place < length; place++, at += numFeatures)
      features[at] = values[place]!
  }
  const items = new Int32Array(length)
  const blended = new Float64Array(length)
  for (let place = 0; place < length; place++) {
    items[place] = pool[place]!.itemIndex
    blended[place] = pool[place]!.score
  }
  put('blended', blended)
  put('blendedPart', partsOf(blended))
  put('blendedPlace', placesOf(blended))
  const own = new Float64Array(length)
  for (const source of SOURCES) {
    const scores = sources[source]
    if (!scores) continue
    for (let place = 0; place < length; place++) own[place] = scores[items[place]!]!
    put(`${source}Part`, partsOf(own))
    put(`${source}Place`, placesOf(own))
  }

  const byNext = nextContributionsOf(
    model.next,
    items,
    taste.lastRated.slice(-LAST),
    taste.lastRatedCounts.slice(-LAST),
  )
  const numLast = Math.min(LAST, taste.lastRated.length)
  if (numLast > 0) put('nextByLast', columnOf(byNext, numLast - 1, numLast))
  if (numLast > 1) put('nextBySecondLast', columnOf(byNext, numLast - 2, numLast))
  put('nextByStrongest', largestOf(byNext, length, numLast))
  const [likes, strengths] = [taste.likesWithNeighbours.slice(-LAST), taste.neighbourStrengths.slice(-LAST)]
  const byNeighbours = neighbourContributionsOf(model.neighbours, items, likes, strengths)
  put('neighboursByStrongest', largestOf(byNeighbours, length, likes.length))

  const last = history.itemIndices.slice(-2)
  const compared = new Int32Array(length + last.length)
  compared.set(items)
  compared.set(last, length)
  const units = model.kernels.unitRows(compared)
  if (last.length > 0) put('cosineToLast', productsWith(units, compared.length - 1, length, compared.length))
  if (last.length > 1) put('cosineToSecondLast', productsWith(units, compared.length - 2, length, compared.length))
  return features
}

/** Numbers in parts of the one farthest from 0; zeros stay. */
function partsOf(scores: Float64Array): Float64Array {
  let farthest = 0
  for (let at = 0; at < scores.length; at++) farthest = Math.max(farthest, Math.abs(scores[at]!))
  const parts = new Float64Array(scores.length)
  if (farthest > 0) for (let at = 0; at < scores.length; at++) parts[at] = scores[at]! / farthest
  return parts
}

/** The place of each when the largest comes first; of equal ones the first. Of a hundred, counting beats sorting. */
function placesOf(scores: Float64Array): Float64Array {
  const places = new Float64Array(scores.length)
  for (let b = 1; b < scores.length; b++) {
    const score = scores[b]!
    let before = 0
    for (let a = 0; a < b; a++) {
      const isBefore = scores[a]! >= score ? 1 : 0
      before += isBefore
      places[a]! += 1 - isBefore
    }
    places[b] = before
  }
  return places
}

function columnOf(matrix: Float32Array, column: number, columns: number): Float64Array {
  const values = new Float64Array(matrix.length / columns)
  for (let row = 0; row < values.length; row++) values[row] = matrix[row * columns + column]!
  return values
}

/** Of each row of a matrix, 0 where none is above. */
function largestOf(matrix: Float32Array, rows: number, columns: number): Float64Array {
  const largest = new Float64Array(rows)
  for (let at = 0; at < matrix.length; at++) {
    const row = Math.floor(at / columns)
    if (matrix[at]! > largest[row]!) largest[row] = matrix[at]!
  }
  return largest
}

/** Of the first rows of a matrix with one of its rows. */
function productsWith(matrix: Float32Array, other: number, count: number, rows: number): Float64Array {
  const width = matrix.length / rows
  const products = new Float64Array(count)
  for (let row = 0; row < count; row++) {
    let product = 0
    for (let k = 0; k < width; k++) product += matrix[row * width + k]! * matrix[other * width + k]!
    products[row] = product
  }
  return products
}
