import { invert } from './invert.ts'

/** Rounds in which a user's factors and his noise follow each other; further ones move a prediction by 10⁻⁴ on average (ML-1M). */
const ROUNDS = 3

/**
 * What is known of stars without any user. A rating is μ + x_uᵀy_i, x_u = (1, b_u, p_u) and y_i = (b_i, 1, q_i);
 * kernels/train/ratings.ts says where the rest comes from.
 */
export interface RatingModel {
  /** length of a row: factors + 2 */
  size: number
  /** μ */
  mean: number
  /** stars that a prediction stays within */
  lowest: number
  highest: number
  /** y, numItems × size */
  items: Float32Array
  /** z, numItems × size: what having rated an item, with whatever stars, says of a user */
  itemTraces: Float32Array
  /** a_i, one an item */
  itemScales: Float32Array
  /** τ */
  noisePrecision: number
  /** s */
  scaleShape: number
  /** c: the prior mean of a user without history (size) */
  userMean: Float32Array
  /** Λ of users (size × size), 0 in the row and column of the coordinate that is 1 */
  userPrecision: Float32Array
}

/**
 * Factors of a user from a history alone: the posterior mean in kernels/train/ratings.ts with the items as they are, and
 * the noise of this user's stars found along with it. O(n·size² + size³) for n ratings.
 * @param itemIndices rated items; @param ratings stars of each
 * @returns x (size), the first 1; the prior's mean for an empty history
 * @throws {RangeError} on an index out of range, or stars that are not a number
 */
export function foldInRatings(
  model: RatingModel,
  itemIndices: ArrayLike<number>,
  ratings: ArrayLike<number>,
  out: Float64Array = new Float64Array(model.size),
): Float64Array {
  const { size, items, itemScales, userPrecision, noisePrecision, scaleShape } = model
  const count = itemIndices.length
  checkHistory(model, itemIndices, ratings)
  const prior = priorOf(model, itemIndices)
  out.set(prior)
  if (count === 0) return out

  // Σ a·yyᵀ, Σ a·v·y and Σ a·v²
  const observed = new Float64Array(size * size)
  const right = new Float64Array(size)
  let squares = 0
  for (let at = 0; at < count; at++) {
    const item = itemIndices[at]!
    const row = item * size
    const value = ratings[at]! - model.mean
    const weight = itemScales[item]!
    squares += weight * value * value
    for (let i = 0; i < size; i++) {
      const share = weight * items[row + i]!
      right[i]! += share * value
      for (let j = 0; j < size; j++) observed[i * size + j]! += share * items[row + j]!
    }
  }

  let scale = 1
  for (let round = 0; round < ROUNDS; round++) {
    const noise = noisePrecision * scale
    // coordinate 0 is 1: its column goes to the right, its equation and its variance play no part
    const system = observed.map((value, at) => (at < size || at % size === 0 ? 0 : noise * value + userPrecision[at]!))
    system[0] = 1
    const covariance = invert(system, size)
    const wanted = right.map((value, i) => noise * (value - observed[i * size]!) + product(userPrecision, i, prior))
    for (let i = 1; i < size; i++) out[i] = product(covariance, i, wanted)
    covariance[0] = 0
    let errors = squares
    for (let i = 0; i < size; i++) {
      errors += out[i]! * (product(observed, i, out) - 2 * right[i]!)
      for (let j = 0; j < size; j++) errors += covariance[i * size + j]! * observed[i * size + j]!
    }
    scale = (scaleShape + 0.5 * count) / (scaleShape + 0.5 * noisePrecision * errors)
  }
  return out
}

/** Stars that a user would give, within the scale. @param user as `foldInRatings` gives it */
export function predictRating(
  { size, mean, items, lowest, highest }: RatingModel,
  user: ArrayLike<number>,
  item: number,
): number {
  let rating = mean
  for (let k = 0; k < size; k++) rating += user[k]! * items[item * size + k]!
  return Math.min(Math.max(rating, lowest), highest)
}

/** c + n^−½ Σ z */
function priorOf({ size, itemTraces, userMean }: RatingModel, itemIndices: ArrayLike<number>): Float64Array {
  const prior = new Float64Array(size)
  for (let at = 0; at < itemIndices.length; at++)
    for (let k = 0; k < size; k++) prior[k]! += itemTraces[itemIndices[at]! * size + k]!
  return prior.map((sum, k) => userMean[k]! + sum / Math.sqrt(Math.max(1, itemIndices.length)))
}

/** Row i of a square matrix times x. */
function product(matrix: ArrayLike<number>, i: number, x: ArrayLike<number>): number {
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
