import { invert } from './invert.ts'
import type { StarNetwork } from './rating-network.ts'

/** Rounds in which a user's factors and his noise follow each other; further ones move a prediction by 10⁻⁴ on average (ML-1M). */
const ROUNDS = 3

/**
 * What is known of stars without any user. A rating is μ + x_uᵀy_i, x_u = (1, b_u, p_u) and y_i = (b_i, 1, q_i);
 * kernels/train/ratings.ts says where the rest comes from.
 */
export interface RatingModel<Rows extends Float32Array | Int8Array = Float32Array | Int8Array> {
  /** length of a row: factors + 2 */
  size: number
  /** μ */
  mean: number
  /** stars that a prediction stays within */
  lowest: number
  highest: number
  /** y in units of `itemUnits`, numItems × size */
  items: Rows
  /** one an item: what 1 stands for in its row of `items`; 1 each before quantization */
  itemUnits: Float32Array
  /** z in units of `traceUnits`, numItems × size: what having rated an item, with whatever stars, says of a user */
  itemTraces: Rows
  traceUnits: Float32Array
  /** a_i, one an item */
  itemScales: Float32Array
  /** one an item: how far its rating by a user like any other may be off for what is not known of the item, squared stars */
  itemVariances: Float32Array
  /** τ */
  noisePrecision: number
  /** s */
  scaleShape: number
  /** c: the prior mean of a user without history (size) */
  userMean: Float32Array
  /** Λ of users (size × size), 0 in the row and column of the coordinate that is 1 */
  userPrecision: Float32Array
  /** takes predictions some of the way to its own; left out where it is no better */
  network?: StarNetwork<Rows>
}

/** What a history says of how its user rates: a posterior. */
export interface RatingUser {
  /** mean of x (size), the first 1 */
  factors: Float64Array
  /** of x (size × size), 0 in the row and column of the coordinate that is 1 */
  covariance: Float64Array
  /** a_u */
  scale: number
}

/**
 * A user from a history alone: the posterior in kernels/train/ratings.ts with the items as they are, and the noise of this
 * user's stars found along with it. O(n·size² + size³) for n ratings.
 * @param itemIndices rated items; @param ratings stars of each
 * @returns the prior for an empty history
 * @throws {RangeError} on an index out of range, or stars that are not a number
 */
export function foldInRatings(
  model: RatingModel,
  itemIndices: ArrayLike<number>,
  ratings: ArrayLike<number>,
): RatingUser {
  const { size, items, itemUnits, itemScales, userPrecision, noisePrecision, scaleShape } = model
  const count = itemIndices.length
  checkHistory(model, itemIndices, ratings)
  const prior = priorOf(model, itemIndices)
  if (count === 0) return { factors: prior, covariance: covarianceOf(Float64Array.from(userPrecision), size), scale: 1 }

  // Σ a·yyᵀ, Σ a·v·y and Σ a·v²
  const observed = new Float64Array(size * size)
  const right = new Float64Array(size)
  const row = new Float64Array(size)
  let squares = 0
  for (let at = 0; at < count; at++) {
    const item = itemIndices[at]!
    const unit = itemUnits[item]!
    for (let k = 0; k < size; k++) row[k] = items[item * size + k]! * unit
    const value = ratings[at]! - model.mean
    const weight = itemScales[item]!
    squares += weight * value * value
    for (let i = 0; i < size; i++) {
      const share = weight * row[i]!
      right[i]! += share * value
      for (let j = 0; j <= i; j++) observed[i * size + j]! += share * row[j]!
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) observed[j * size + i] = observed[i * size + j]!

  const factors = prior.slice()
  const fromPrior = new Float64Array(size)
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) fromPrior[i]! += userPrecision[i * size + j]! * prior[j]!
  const covariance = new Float64Array(size * size)
  const wanted = new Float64Array(size)
  let scale = 1
  for (let round = 0; round < ROUNDS; round++) {
    const noise = noisePrecision * scale
    for (let at = 0; at < covariance.length; at++) covariance[at] = noise * observed[at]! + userPrecision[at]!
    covarianceOf(covariance, size)
    // coordinate 0 is 1: its column goes to the right
    for (let i = 0; i < size; i++) wanted[i] = noise * (right[i]! - observed[i * size]!) + fromPrior[i]!
    for (let i = 1; i < size; i++) factors[i] = product(covariance, i, wanted)
    // with a scaleShape of 0 all users are as noisy as one
    if (scaleShape === 0) break
    let errors = squares
    for (let i = 0; i < size; i++) {
      errors += factors[i]! * (product(observed, i, factors) - 2 * right[i]!)
      for (let j = 0; j < size; j++) errors += covariance[i * size + j]! * observed[i * size + j]!
    }
    scale = (scaleShape + 0.5 * count) / (scaleShape + 0.5 * noisePrecision * errors)
  }
  return { factors, covariance, scale }
}

/**
 * Stars that a user would give, within the scale.
 * @param factors as `foldInRatings` gives them; @param drift stars to be added, as `ratingDrift` gives them
 */
export function predictRating(
  { size, mean, items, itemUnits, lowest, highest }: RatingModel,
  factors: ArrayLike<number>,
  item: number,
  drift = 0,
): number {
  let sum = 0
  for (let k = 0; k < size; k++) sum += factors[k]! * items[item * size + k]!
  return Math.min(Math.max(mean + drift + itemUnits[item]! * sum, lowest), highest)
}

/**
 * Standard deviation of the rating about its prediction, in stars: what is not known of the user, what is not known of
 * the item, and the noise of stars. The three are taken as independent.
 */
export function ratingDeviation(model: RatingModel, { covariance, scale }: RatingUser, item: number): number {
  const { size, items, itemUnits, itemScales, itemVariances, noisePrecision } = model
  let ofUser = 0
  for (let i = 1; i < size; i++)
    for (let j = 1; j < size; j++)
      ofUser += items[item * size + i]! * covariance[i * size + j]! * items[item * size + j]!
  const noise = 1 / (noisePrecision * scale * itemScales[item]!)
  return Math.sqrt(itemUnits[item]! ** 2 * ofUser + itemVariances[item]! + noise)
}

/** In place: a posterior's precision → its inverse over the coordinates that are not known, 0 in the row and column of the first. */
function covarianceOf(precision: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer> {
  for (let i = 0; i < size; i++) {
    precision[i] = 0
    precision[i * size] = 0
  }
  precision[0] = 1
  invert(precision, size)
  precision[0] = 0
  return precision
}

/** c + n^−½ Σ z */
function priorOf(
  { size, itemTraces, traceUnits, userMean }: RatingModel,
  itemIndices: ArrayLike<number>,
): Float64Array {
  const prior = new Float64Array(size)
  for (let at = 0; at < itemIndices.length; at++) {
    const item = itemIndices[at]!
    const unit = traceUnits[item]!
    for (let k = 0; k < size; k++) prior[k]! += itemTraces[item * size + k]! * unit
  }
  const root = Math.sqrt(Math.max(1, itemIndices.length))
  for (let k = 0; k < size; k++) prior[k] = userMean[k]! + prior[k]! / root
  return prior
}

/** Row i of a square matrix times x. */
function product(matrix: Float64Array, i: number, x: Float64Array): number {
  let sum = 0
  for (let j = 0; j < x.length; j++) sum += matrix[i * x.length + j]! * x[j]!
  return sum
}

function checkHistory({ items, size }: RatingModel, itemIndices: ArrayLike<number>, ratings: ArrayLike<number>): void {
  const numItems = items.length / size
  for (let at = 0; at < itemIndices.length; at++) {
    const item = itemIndices[at]!
    if (!(Number.isInteger(item) && item >= 0 && item < numItems))
      throw new RangeError(`item index ${item} at ${at}, expected 0 to ${numItems - 1}`)
    if (!Number.isFinite(ratings[at])) throw new RangeError(`rating ${ratings[at]} at ${at}, expected a number`)
  }
}
