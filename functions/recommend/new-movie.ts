import type { ContentIndex } from '#core/format/content.ts'
import type { PlacementIndex, QuantizedRows } from '#core/format/placement.ts'
import type { ToldRows } from '#core/format/rating-network.ts'
import type { History } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import { type Profile, profileOf, profileScores } from '#core/scoring/content-scores.ts'
import { predictRating, type RatingModel } from '#core/scoring/fold-in-ratings.ts'
import { placementColumns, RUNTIMES, type Scale, sharesOnScale, YEARS } from '#core/scoring/movie-features.ts'
import { predictByNetwork } from '#core/scoring/rating-network.ts'
import { genreFeatures, peopleBuckets } from '#core/scoring/told-movie.ts'
import { topK } from '#core/scoring/top-k.ts'
import {
  type DescribedMovie,
  FIELDS,
  type Field,
  termFrequencies,
  termsOfField,
  unitRow,
} from '#core/text/movie-terms.ts'
import { blendScores, normalizersOf, weightsFor } from './blend.ts'
import { type StarViewer, starsOf, towardNetwork } from './predict-stars.ts'
import { retrieve, tasteOf } from './retrieve.ts'

/** A movie that is not in the catalogue. */
export interface NewMovie extends DescribedMovie {
  /** 0 unknown */
  year: number
  /** minutes, 0 unknown */
  runtime: number
}

/** Where it belongs: rows like those of the catalogue's movies. */
export interface PlacedMovie {
  /** its row in the TF-IDF index; no terms where none is known */
  terms: Profile
  factors: Float32Array
  /** y of RatingModel */
  stars: Float32Array
  /** what it asks and is, of RatingNetwork; null where the model has none that is told of movies */
  told: Float32Array | null
  /** different terms of each field, and how many of them some movie of the catalogue has */
  known: Record<Field, { given: number; known: number }>
  /** whether movies of such years and runtimes have been learned from */
  knowsYear: boolean
  knowsRuntime: boolean
}

/**
 * Place a movie by what is told of it, by the same terms and weights as the catalogue's; terms that no movie there has say
 * nothing. O(terms · (log numTerms + factors)).
 */
export function placeMovie(movie: NewMovie, placement: PlacementIndex, content: ContentIndex): PlacedMovie {
  const { fieldWeights, maxTermsPerMovie } = placement.content
  const indexOf = content.termIndexOf
  const entries = unitRow(
    termFrequencies(movie, fieldWeights),
    indexOf,
    content.documentFrequencies,
    content.numItems,
    maxTermsPerMovie,
  )
  const columns = placementColumns(content.numTerms)
  const onScale = (value: number, scale: Scale, firstColumn: number) =>
    sharesOnScale(value, scale).map(([point, share]): Feature => [firstColumn + point, share])
  const year = onScale(movie.year, YEARS, columns.years)
  const runtime = onScale(movie.runtime, RUNTIMES, columns.runtimes)
  const features: Feature[] = [
    ...entries.map(({ term, weight }): Feature => [term, weight]),
    ...year,
    ...runtime,
    [columns.constant, 1],
  ]
  const isLearned = ([column]: Feature) => placement.stars.scales[column]! > 0
  const stars = weightedSum(placement.stars, features)
  // the coordinate beside the viewer's bias is 1 for every movie
  stars[1] = 1
  return {
    terms: {
      terms: Int32Array.from(entries, ({ term }) => term),
      weights: Float64Array.from(entries, ({ weight }) => weight),
    },
    factors: entries.length > 0 ? weightedSum(placement.factors, features) : new Float32Array(placement.factors.width),
    stars,
    told:
      placement.told &&
      weightedSum(placement.told.rows, [...features, ...toldFeatures(movie, placement.told, columns.numColumns)]),
    known: Object.fromEntries(
      FIELDS.map((field) => {
        const terms = [...new Set(termsOfField(movie, field))]
        const counts = fieldWeights[field] > 0 ? terms.filter((term) => indexOf(term) >= 0).length : 0
        return [field, { given: terms.length, known: counts }]
      }),
    ) as PlacedMovie['known'],
    knowsYear: year.some(isLearned),
    knowsRuntime: runtime.some(isLearned),
  }
}

/** Stars that a viewer would give to a placed movie, and how sure that is: its own noise is like all movies'. */
export function starsOfPlaced(
  placed: PlacedMovie,
  viewer: StarViewer,
  model: RatingModel,
  placement: PlacementIndex,
): { stars: number; sd: number } {
  const { network, ...linear } = model
  const alone: RatingModel = {
    ...linear,
    items: placed.stars,
    itemUnits: Float32Array.of(1),
    itemScales: Float32Array.of(1),
    itemVariances: Float32Array.of(placement.starVariance),
  }
  const { stars, deviations } = starsOf(viewer, [0], alone)
  const sd = deviations[0]!
  if (!network || !viewer.network || !placed.told) return { stars: stars[0]!, sd }
  const byNetwork = predictByNetwork(network, viewer.network, placed.told, null)
  return { stars: towardNetwork(stars[0]!, byNetwork, viewer.drift, network.shares.told, model), sd }
}

/**
 * How many in a hundred movies of the catalogue the viewer would give fewer stars, to a hundredth of one.
 * O(numItems · size)
 */
export function starsPercentile(stars: number, { user, drift }: StarViewer, model: RatingModel): number {
  const numItems = model.itemScales.length
  let fewer = 0
  for (let item = 0; item < numItems; item++)
    if (predictRating(model, user.factors, item, drift) < stars - 0.005) fewer++
  return (100 * fewer) / numItems
}

/** The place of a placed movie in a viewer's list of everything not yet seen. */
export interface Rank {
  /** 1 is first; behind movies of the same score */
  position: number
  /** movies in the list, this one among them */
  of: number
}

/**
 * Where the served blend would put the movie. Nobody has liked it, so its factors and texts speak for it, and what comes
 * next, neighbours and popularity are silent. @returns null where nothing personal can be said: no like, or no known term
 */
export function rankOfPlaced(placed: PlacedMovie, history: History, model: Model): Rank | null {
  const taste = tasteOf(history, model)
  if (taste.likes.length === 0 || placed.terms.terms.length === 0) return null
  const { foldedItems } = taste
  const viewer = foldedItems.length > 0 ? model.kernels.foldIn(foldedItems, taste.foldedWeights).slice() : null
  const sources = retrieve(taste, model)
  const blocked = new Uint8Array(model.catalog.numItems)
  for (const item of history.itemIndices) blocked[item] = 1
  const weights = weightsFor(model.blend, taste.likes.length)
  const normalizers = normalizersOf(sources, blocked)
  const score =
    weights.cf * normalizers.cf * (viewer ? factorScore(viewer, placed.factors, sources.cf!, model) : 0) +
    weights.content * normalizers.content * cosine(profileOf(model.content, taste.likes), placed.terms)
  let before = 0
  let unseen = 0
  for (const other of blendScores(sources, normalizers, weights, blocked)) {
    if (Number.isNaN(other)) continue
    unseen++
    if (other >= score) before++
  }
  return { position: before + 1, of: unseen + 1 }
}

/** What the factors say of a movie that is not in the catalogue, as they do of those that are. */
function factorScore(
  viewer: Float32Array,
  factors: Float32Array,
  all: Float32Array,
  { tower, kernels }: Model,
): number {
  const score = product(viewer, factors)
  if (tower?.scores !== 'shares') return score
  const best = all.indexOf(1)
  return Math.exp(score - product(viewer, kernels.itemFactors(best)))
}

/** The movies of the catalogue whose texts are nearest, with the terms that they share, weightiest first. */
export function nearestToPlaced(
  { terms }: PlacedMovie,
  k: number,
  { content }: Model,
): { itemIndex: number; similarity: number; terms: string[] }[] {
  const scores = Float64Array.from(profileScores(content, terms), (score) => (score > 0 ? score : Number.NaN))
  const best = topK(scores, k)
  const own = new Map(Array.from(terms.terms, (term, at) => [term, terms.weights[at]!]))
  return Array.from(best.items, (itemIndex, position) => {
    const shared: { term: number; weight: number }[] = []
    for (let entry = content.offsets[itemIndex]!; entry < content.offsets[itemIndex + 1]!; entry++) {
      const term = content.termIndices[entry]!
      if (own.has(term)) shared.push({ term, weight: content.weights[entry]! * own.get(term)! })
    }
    shared.sort((a, b) => b.weight - a.weight || a.term - b.term)
    return {
      itemIndex,
      similarity: Math.min(1, best.scores[position]!),
      terms: shared.map(({ term }) => content.term(term)),
    }
  })
}

/** Rows behind those of the placement's columns. */
function toldFeatures(movie: NewMovie, { genres, buckets }: ToldRows, firstRow: number): Feature[] {
  const people = peopleBuckets(movie, buckets)
  return [
    ...genreFeatures(movie.genres, genres).map(([row, value]): Feature => [firstRow + row, value]),
    ...people.map((bucket): Feature => [firstRow + genres.length + bucket, 1 / Math.sqrt(people.length)]),
  ]
}

type Feature = [column: number, value: number]

/** Σ value · row of each feature. */
function weightedSum({ values, scales, width }: QuantizedRows, features: readonly Feature[]): Float32Array {
  const sum = new Float32Array(width)
  for (const [column, value] of features)
    for (let k = 0; k < width; k++) sum[k]! += value * scales[column]! * values[column * width + k]!
  return sum
}

function product(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!
  return sum
}

/** Of a profile of any length with a row of length 1. */
function cosine(profile: Profile, row: Profile): number {
  const own = new Map(Array.from(row.terms, (term, at) => [term, row.weights[at]!]))
  let shared = 0
  let squared = 0
  for (const [at, term] of profile.terms.entries()) {
    shared += profile.weights[at]! * (own.get(term) ?? 0)
    squared += profile.weights[at]! ** 2
  }
  return squared > 0 ? shared / Math.sqrt(squared) : 0
}
