import type { ModelConfig } from '#core/schemas/config.ts'
import { foldInRatings, type RatingModel } from '#core/scoring/fold-in-ratings.ts'
import { RUNTIMES, YEARS } from '#core/scoring/movie-features.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Catalog, Interactions, Part, Placement, TermMatrix } from '../nouns.ts'
import { movieFeatures, pickedFeatures } from './movie-features.ts'
import { applyRow, ridge, type SparseMatrix } from './ridge.ts'

const TOLERANCE = 1e-2
/**
 * Of the stars' rows; a movie of n ratings counts n / (n + damping), as fewer say less of where it belongs. RMSE of new
 * movies on the sample, seeds 42 and 7: 0.887 and 0.872; with a damping of 5 0.890 and 0.875, and with that and λ 0.1 0.889
 * and 0.878, λ 1 0.898 (42 alone).
 */
const STARS = { regularization: 0.3, damping: 20 }
/** Every fifth movie is left out once, to see how far off the others place it. */
const LEFT_OUT = 5

export interface PlacementInput {
  /** learned rows alone, row-major (numItems × factors), zeros where nobody liked the movie */
  itemFactors: Float32Array
  factors: number
  stars: RatingModel<Float32Array>
  content: TermMatrix
  catalog: Pick<Catalog, 'years' | 'runtimes'>
  interactions: Interactions
  /** that the stars were learned from */
  parts: readonly Part[]
}

/**
 * Where a movie belongs that is not in the catalogue: ridge regressions of the learned rows, liked and rated, on the
 * movies' terms, years and runtimes, to be applied by whoever serves them. No embeddings: the Worker has no model of
 * sentences.
 * @returns null where the config wants none, or no movie has both ratings and terms
 */
export async function trainPlacement(
  input: PlacementInput,
  { cf, content: texts }: Pick<ModelConfig, 'cf' | 'content'>,
  { progress, signal }: StepHandles,
): Promise<Placement | null> {
  const { itemFactors, factors, stars, content, catalog } = input
  const { type, regularization } = cf.coldItems
  const { size } = stars
  const numItems = catalog.years.length
  const counts = ratingCounts(input, numItems)
  const withTerms = Array.from({ length: numItems }, (_, item) => item).filter(
    (item) => content.indptr[item]! < content.indptr[item + 1]!,
  )
  const rated = withTerms.filter((item) => counts[item]! > 0)
  if (type === 'none' || rated.length === 0) return null
  const liked = withTerms.filter((item) =>
    itemFactors.subarray(item * factors, (item + 1) * factors).some((value) => value !== 0),
  )

  const features = featuresOf(content, catalog)
  const fit = (label: string, items: number[], rows: Float32Array, width: number, options: FitOptions) => {
    const { weightOf, ...ridgeOptions } = options
    const picked = pickedFeatures(features, items)
    const weighed = weighRows(picked, pickedRowsOf(rows, items, width), width, items.map(weightOf))
    const onBlock = (done: number, total: number) => progress.update(label, done, total)
    return ridge(weighed.features, weighed.targets, width, { ...ridgeOptions, tolerance: TOLERANCE }, signal, onBlock)
  }
  const weightOf = (item: number) => counts[item]! / (counts[item]! + STARS.damping)
  const fitStars = (items: number[]) =>
    fit('place new movies by stars', items, stars.items, size, { regularization: STARS.regularization, weightOf })

  const isLeftOut = (_: number, position: number) => position % LEFT_OUT === 0
  const others = await fitStars(rated.filter((item, position) => !isLeftOut(item, position)))
  return {
    factors: await fit('place new movies by likes', liked, itemFactors, factors, { regularization, weightOf: () => 1 }),
    stars: await fitStars(rated),
    starVariance: starVariance(features, others, rated.filter(isLeftOut), stars),
    content: { fieldWeights: texts.fieldWeights, maxTermsPerMovie: texts.maxTermsPerMovie },
  }
}

/** Where the placement puts each movie of a catalogue among the stars' rows: numItems × size. */
export function placedStars(
  { stars }: Pick<Placement, 'stars'>,
  { content, catalog }: Pick<PlacementInput, 'content' | 'catalog'>,
  size: number,
): Float32Array {
  const features = featuresOf(content, catalog)
  const rows = new Float32Array(catalog.years.length * size)
  const row = new Float64Array(size)
  for (let item = 0; item < catalog.years.length; item++) {
    applyRow(features, item, stars, size, row)
    // the coordinate beside the viewer's bias is 1 for every movie
    row[1] = 1
    rows.set(row, item * size)
  }
  return rows
}

function featuresOf(content: TermMatrix, { years, runtimes }: PlacementInput['catalog']): SparseMatrix {
  const numbers = [
    { values: years, scale: YEARS },
    { values: runtimes, scale: RUNTIMES },
  ]
  return movieFeatures(content, numbers, null)
}

interface FitOptions {
  regularization: number
  /** how much an item counts */
  weightOf(item: number): number
}

/** Rows and their targets times √weight: what weighted least squares is made of. */
function weighRows(
  features: SparseMatrix,
  targets: Float32Array,
  width: number,
  weights: number[],
): { features: SparseMatrix; targets: Float32Array } {
  const values = features.values.slice()
  const weighed = targets.slice()
  for (const [row, weight] of weights.entries()) {
    const root = Math.sqrt(weight)
    for (let at = features.indptr[row]!; at < features.indptr[row + 1]!; at++) values[at]! *= root
    for (let at = row * width; at < (row + 1) * width; at++) weighed[at]! *= root
  }
  return { features: { ...features, values }, targets: weighed }
}

/**
 * How far a rating may be off for where the movie was placed, in squared stars: the mean over movies of dᵀ E[xxᵀ] d, d
 * being the placed row minus the learned one and x a viewer like any other, and of what is not known of the learned one.
 */
function starVariance(
  features: SparseMatrix,
  coefficients: Float32Array,
  items: number[],
  stars: RatingModel<Float32Array>,
): number {
  const { size } = stars
  const { factors, covariance } = foldInRatings(stars, [], [])
  const row = new Float64Array(size)
  let sum = 0
  for (const item of items) {
    sum += stars.itemVariances[item]!
    applyRow(features, item, coefficients, size, row)
    for (let k = 0; k < size; k++) row[k]! -= stars.items[item * size + k]!
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) sum += row[i]! * (factors[i]! * factors[j]! + covariance[i * size + j]!) * row[j]!
  }
  return sum / items.length
}

function pickedRowsOf(rows: Float32Array, items: number[], width: number): Float32Array {
  const picked = new Float32Array(items.length * width)
  for (const [position, item] of items.entries())
    picked.set(rows.subarray(item * width, (item + 1) * width), position * width)
  return picked
}

function ratingCounts({ interactions, parts }: PlacementInput, numItems: number): Int32Array {
  const counts = new Int32Array(numItems)
  for (const [entry, item] of interactions.itemIndices.entries())
    if ((parts as readonly number[]).includes(interactions.parts[entry]!)) counts[item]!++
  return counts
}
