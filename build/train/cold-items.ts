import type { CfConfig } from '#core/schemas/config.ts'
import { YEARS } from '#core/scoring/movie-features.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Catalog, TermMatrix } from '../nouns.ts'
import type { Embeddings } from './embeddings/embed-texts.ts'
import { movieFeatures, pickedFeatures } from './movie-features.ts'
import { applyRow, ridge } from './ridge.ts'

/** Of the regression: a tenth of it takes twice the steps, for 0.003 of an NDCG@10 of 0.30 among cold movies at most. */
const TOLERANCE = 1e-2

/** What is known of the movies beside who liked them. */
export interface Known {
  content: TermMatrix
  years: Catalog['years']
  /** of their texts; null without */
  embeddings: Embeddings | null
}

export interface PlacedItems {
  /** numItems × factors; learned rows as they were */
  itemFactors: Float32Array
  /** 1 for a row that comes from the movie's texts */
  placedByTexts: Uint8Array
}

/**
 * Factors for movies that nobody liked: a ridge regression of the learned rows on the movies' TF-IDF terms, year and
 * embeddings where there are some, each learned movie counting the same (weighing them by their likes made it worse, as
 * many movies teach more than a few well-known ones). What it says of a movie is both where it belongs and, by the row's
 * length, how many would like it; rows are left as short as the ridge makes them, so a guess does not outbid a movie
 * that is known. A movie without a single term stays at zeros.
 * @param itemFactors row-major (numItems × factors), zeros where nobody liked the movie
 */
export async function placeColdItems(
  itemFactors: Float32Array,
  factors: number,
  known: Known,
  { type, regularization }: CfConfig['coldItems'],
  { progress, log, signal }: StepHandles,
): Promise<PlacedItems> {
  const numItems = itemFactors.length / factors
  const items = Array.from({ length: numItems }, (_, item) => item)
  const rowOf = (item: number) => itemFactors.subarray(item * factors, (item + 1) * factors)
  const hasTerms = (item: number) => known.content.indptr[item]! < known.content.indptr[item + 1]!
  const learned = items.filter((item) => hasTerms(item) && rowOf(item).some((value) => value !== 0))
  const cold = items.filter((item) => hasTerms(item) && rowOf(item).every((value) => value === 0))
  const placed = { itemFactors: itemFactors.slice(), placedByTexts: new Uint8Array(numItems) }
  if (type === 'none' || learned.length === 0 || cold.length === 0) return placed

  const features = movieFeatures(known.content, [{ values: known.years, scale: YEARS }], known.embeddings)
  const targets = new Float32Array(learned.length * factors)
  for (const [position, item] of learned.entries()) targets.set(rowOf(item), position * factors)
  const coefficients = await ridge(
    pickedFeatures(features, learned),
    targets,
    factors,
    { regularization, tolerance: TOLERANCE },
    signal,
    (done, total) => progress.update('place cold movies', done, total),
  )
  const row = new Float64Array(factors)
  for (const item of cold) {
    placed.itemFactors.set(applyRow(features, item, coefficients, factors, row), item * factors)
    placed.placedByTexts[item] = 1
  }
  log.info(`train: ${cold.length} movies that nobody liked placed by their texts, as ${learned.length} others teach`)
  return placed
}
