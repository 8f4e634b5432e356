import type { CfConfig } from '#core/schemas/config.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Catalog, TermMatrix } from '../nouns.ts'
import type { Embeddings } from './embeddings/embed-texts.ts'
import { applyRow, ridge, type SparseMatrix } from './ridge.ts'
import { pickedRows } from './sparse-rows.ts'

/** Years between the points that a year lies between, and the first of them. */
const YEARS_A_STEP = 5
const FIRST_YEAR = 1880
const YEAR_STEPS = 60
/** Of the regression: a tenth of it takes twice the steps, for 0.003 of an NDCG@10 of 0.30 among cold movies at most. */
const TOLERANCE = 1e-2
/** Length of a year's features beside the terms', which have length 1. */
const YEAR_LENGTH = 0.5

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

  const features = featuresOf(known)
  const targets = new Float32Array(learned.length * factors)
  for (const [position, item] of learned.entries()) targets.set(rowOf(item), position * factors)
  const coefficients = await ridge(
    rowsOf(features, learned),
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

/** Terms, then a movie's year as its shares of the two points around it, embeddings, and 1 for all. */
function featuresOf({ content, years, embeddings }: Known): SparseMatrix {
  const width = embeddings?.width ?? 0
  const yearsAt = content.terms.length
  const embeddingsAt = yearsAt + YEAR_STEPS
  const constantAt = embeddingsAt + width
  const indptr = new Uint32Array(years.length + 1)
  const indices: number[] = []
  const values: number[] = []
  const add = (column: number, value: number) => {
    indices.push(column)
    values.push(value)
  }
  for (const [item, year] of years.entries()) {
    for (let entry = content.indptr[item]!; entry < content.indptr[item + 1]!; entry++)
      add(content.termIndices[entry]!, content.weights[entry]!)
    if (year > 0) {
      const point = Math.min(YEAR_STEPS - 1.001, Math.max(0, (year - FIRST_YEAR) / YEARS_A_STEP))
      const below = Math.floor(point)
      add(yearsAt + below, YEAR_LENGTH * (below + 1 - point))
      add(yearsAt + below + 1, YEAR_LENGTH * (point - below))
    }
    for (let k = 0; k < width; k++) add(embeddingsAt + k, embeddings!.rows[item * width + k]!)
    add(constantAt, 1)
    indptr[item + 1] = indices.length
  }
  return {
    indptr,
    indices: Int32Array.from(indices),
    values: Float32Array.from(values),
    numColumns: constantAt + 1,
  }
}

function rowsOf(features: SparseMatrix, items: readonly number[]): SparseMatrix {
  const { indptr, values, numColumns } = features
  const picked = pickedRows(features, items)
  const pickedValues = new Float32Array(picked.indices.length)
  for (const [position, item] of items.entries())
    pickedValues.set(values.subarray(indptr[item]!, indptr[item + 1]!), picked.indptr[position])
  return { ...picked, values: pickedValues, numColumns }
}
