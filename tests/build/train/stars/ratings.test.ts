import { describe, expect, test } from 'vitest'
import { randomSource } from '#core/random.ts'
import { foldInRatings, predictRating } from '#core/scoring/fold-in-ratings.ts'
import { transposed } from '../../../../build/train/sparse-rows.ts'
import { type Ratings, type RatingsOptions, trainRatings } from '../../../../build/train/stars/ratings.ts'
import { randomRatedLikes } from '../../../helpers/random.ts'
import { type Met, precisionOf, type SlowSide, solveSide, traces } from '../../../helpers/reference/ratings.ts'
import type { Matrix } from '../../../helpers/reference.ts'
import { stepHandles } from '../../../helpers/step-handles.ts'

const OPTIONS: RatingsOptions = { factors: 6, iterations: 6, traceRegularization: 1, traceSteps: 40, scaleShape: 5 }

/** r = 3 + b_u + b_i + p_u·q_i + noise of `noise` stars, seen with chance 0.6 */
function planted(numUsers: number, numItems: number, noise: number, seed: number): Ratings {
  const { uniform, normal } = randomSource(seed)
  const draw = (count: number, scale: number) => Array.from({ length: count }, () => scale * normal())
  const [userBiases, itemBiases, p, q] = [
    draw(numUsers, 0.4),
    draw(numItems, 0.5),
    draw(numUsers, 0.8),
    draw(numItems, 0.8),
  ]
  const indptr = new Uint32Array(numUsers + 1)
  const indices: number[] = []
  const ratings: number[] = []
  for (let user = 0; user < numUsers; user++) {
    for (let item = 0; item < numItems; item++) {
      if (uniform() > 0.6) continue
      indices.push(item)
      ratings.push(3 + userBiases[user]! + itemBiases[item]! + p[user]! * q[item]! + noise * normal())
    }
    indptr[user + 1] = indices.length
  }
  return { indptr, indices: Int32Array.from(indices), ratings: Float32Array.from(ratings) }
}

/** The training of `trainRatings` with plain loops in f64, from the same random start. */
function trainSlowly(
  ratings: Ratings,
  numItems: number,
  { factors, iterations, traceRegularization, scaleShape }: RatingsOptions,
  seed: number,
) {
  const size = factors + 2
  const numUsers = ratings.indptr.length - 1
  const mean = ratings.ratings.reduce((a, b) => a + b, 0) / ratings.ratings.length
  const variance = ratings.ratings.reduce((sum, r) => sum + (r - mean) ** 2, 0) / ratings.ratings.length
  const byItem = transposed(ratings, numItems, ratings.ratings)
  const metOf = (indptr: Uint32Array, indices: Int32Array, values: Float32Array): Met =>
    Array.from({ length: indptr.length - 1 }, (_, row) =>
      Array.from(
        indices.subarray(indptr[row], indptr[row + 1]),
        (other, at) => [other, values[indptr[row]! + at]! - mean] as const,
      ),
    )
  const square = (value: (i: number, j: number) => number): Matrix =>
    Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => value(i, j)))
  const side = (known: number, numRows: number, factorPrecision: number): SlowSide => ({
    known,
    rows: Array.from({ length: numRows }, () => Array.from({ length: size }, (_, k) => (k === known ? 1 : 0))),
    covariances: Array.from({ length: numRows }, () => square(() => 0)),
    scales: Array.from({ length: numRows }, () => 1),
    means: Array.from({ length: numRows }, () => Array.from({ length: size }, (_, k) => (k === known ? 1 : 0))),
    precision: square((i, j) => (i !== j || i === known ? 0 : i < 2 ? 4 / variance : factorPrecision)),
  })
  const users = side(0, numUsers, 1)
  const items = side(1, numItems, 4 / variance)
  const random = randomSource(seed)
  items.rows = items.rows.map((row) =>
    row.map((value, k) => (k < 2 ? value : Math.sqrt(0.1 * variance) * random.normal())),
  )
  items.covariances = items.covariances.map(() => square((i, j) => (i === j && i > 1 ? 0.05 * variance : 0)))
  const zeros = (rows: number) => Array.from({ length: rows }, () => Array<number>(size).fill(0))
  const learned = [
    {
      side: users,
      other: items,
      met: metOf(ratings.indptr, ratings.indices, ratings.ratings),
      traces: zeros(numItems),
    },
    { side: items, other: users, met: metOf(byItem.indptr, byItem.indices, byItem.values), traces: zeros(numUsers) },
  ]
  let noisePrecision = 1 / variance
  for (let iteration = 1; iteration <= iterations; iteration++) {
    let errors = 0
    for (const step of learned) {
      errors = solveSide(step.side, step.other, step.met, noisePrecision, iteration > 4 ? scaleShape : 0)
      const fitted = traces(step.side.rows, step.traces, step.met, traceRegularization)
      step.traces = fitted.traces
      step.side.means = fitted.means
      step.side.precision = precisionOf(step.side)
    }
    noisePrecision = ratings.ratings.length / errors
  }
  const userMoment = (i: number, j: number) =>
    users.rows.reduce((sum, x, user) => sum + x[i]! * x[j]! + users.covariances[user]![i]![j]!, 0) / numUsers
  const itemVariances = items.covariances.map((covariance) =>
    covariance.reduce((sum, row, i) => sum + row.reduce((total, value, j) => total + value * userMoment(i, j), 0), 0),
  )
  return { users, items, itemTraces: learned[0]!.traces, itemVariances, noisePrecision }
}

describe('trainRatings', () => {
  test('learns what its slow twin learns', async () => {
    const ratings = randomRatedLikes(50, 20, 1)
    const { model, losses } = await trainRatings(ratings, 20, OPTIONS, 7, stepHandles(), 1)
    const slow = trainSlowly(ratings, 20, OPTIONS, 7)
    // f32 against f64 through six iterations that each rest on the last; values about 1
    const close = (fast: ArrayLike<number>, expected: Matrix) => {
      for (const [at, value] of expected.flat().entries()) expect(Math.abs(fast[at]! - value)).toBeLessThan(2e-3)
    }
    close(model.items, slow.items.rows)
    close(model.itemTraces, slow.itemTraces)
    close(model.itemScales, [slow.items.scales])
    close(model.itemVariances, [slow.itemVariances])
    expect(losses.at(-1)).toBeCloseTo(1 / Math.sqrt(slow.noisePrecision), 3)
  })

  test('gives the same bytes with one thread and with three', async () => {
    const ratings = randomRatedLikes(60, 40, 1)
    const one = await trainRatings(ratings, 40, OPTIONS, 7, stepHandles(), 1)
    expect(await trainRatings(ratings, 40, OPTIONS, 7, stepHandles(), 3)).toEqual(one)
  })

  test('finds planted factors and how noisy the stars are; a fold-in predicts what was held out', async () => {
    const all = planted(200, 40, 0.3, 3)
    const isHeldOut = (at: number) => at % 10 === 0
    const kept = Array.from(all.indices.keys()).filter((at) => !isHeldOut(at))
    const history = {
      indptr: all.indptr.map((end) => kept.filter((at) => at < end).length),
      indices: all.indices.filter((_, at) => !isHeldOut(at)),
      ratings: all.ratings.filter((_, at) => !isHeldOut(at)),
    }
    const options = { ...OPTIONS, iterations: 40, traceSteps: 3, scaleShape: 0 }
    const { model, losses } = await trainRatings(history, 40, options, 7, stepHandles(), 2)
    expect(Math.abs(losses.at(-1)! - 0.3)).toBeLessThan(0.02)
    let squared = 0
    let count = 0
    for (let user = 0; user < 200; user++) {
      const [from, to] = [history.indptr[user]!, history.indptr[user + 1]!]
      const x = foldInRatings(model, history.indices.subarray(from, to), history.ratings.subarray(from, to)).factors
      for (let at = all.indptr[user]!; at < all.indptr[user + 1]!; at++) {
        if (!isHeldOut(at)) continue
        squared += (predictRating(model, x, all.indices[at]!) - all.ratings[at]!) ** 2
        count++
      }
    }
    // the noise itself is 0.3; user and item biases alone leave √(0.3² + 0.64²) = 0.71
    expect(Math.sqrt(squared / count)).toBeLessThan(0.36)
  })

  test('an item that nobody rated has the prior of items, and predictions that are numbers', async () => {
    const ratings = randomRatedLikes(50, 20, 1)
    const { model } = await trainRatings(ratings, 21, OPTIONS, 7, stepHandles(), 1)
    expect(model.items.subarray(20 * 8).every(Number.isFinite)).toBe(true)
    expect(model.itemTraces.subarray(20 * 8)).toEqual(new Float32Array(8))
    expect(predictRating(model, foldInRatings(model, [], []).factors, 20)).toBeGreaterThan(1)
  })

  test('all stars alike: that many are predicted', async () => {
    const ratings = randomRatedLikes(50, 20, 1)
    ratings.ratings.fill(4)
    const { model } = await trainRatings(ratings, 20, OPTIONS, 7, stepHandles(), 1)
    expect(predictRating(model, foldInRatings(model, [3], [4]).factors, 5)).toBe(4)
  })

  test('says how far it is, and stops when asked to', async () => {
    const controller = new AbortController()
    const told = stepHandles(controller.signal)
    await trainRatings(randomRatedLikes(20, 10, 1), 10, { ...OPTIONS, iterations: 2 }, 7, told, 1)
    expect(told.steps).toEqual([0, 1, 2])
    controller.abort(new Error('enough'))
    await expect(trainRatings(randomRatedLikes(20, 10, 1), 10, OPTIONS, 7, told, 1)).rejects.toThrow('enough')
  })

  test.each([
    [{ factors: 8 }, 'factors is 8, expected 6, 14, 22 or another two less than a multiple of 8'],
    [{ iterations: 0 }, 'iterations is 0, expected a whole number from 1 up'],
    [{ traceRegularization: 0 }, 'traceRegularization is 0, expected a number above 0'],
    [{ scaleShape: -1 }, 'scaleShape is -1, expected a number from 0 up'],
  ])('refuses %o', async (change, message) => {
    const ratings = randomRatedLikes(20, 10, 1)
    const trained = trainRatings(ratings, 10, { ...OPTIONS, ...change }, 7, stepHandles(), 1)
    await expect(trained).rejects.toThrow(new RangeError(message))
  })

  test.each([
    [[3, Number.NaN], 'rating NaN at 1, expected a number'],
    [[3], '1 ratings, expected 2, one an index'],
  ])('refuses stars %o for two indices', async (stars, message) => {
    const ratings = { indptr: Uint32Array.of(0, 2), indices: Int32Array.of(0, 1), ratings: Float32Array.from(stars) }
    await expect(trainRatings(ratings, 2, OPTIONS, 7, stepHandles(), 1)).rejects.toThrow(new RangeError(message))
  })

  test('refuses an empty table', async () => {
    const none = { indptr: Uint32Array.of(0, 0), indices: new Int32Array(0), ratings: new Float32Array(0) }
    await expect(trainRatings(none, 2, OPTIONS, 7, stepHandles(), 1)).rejects.toThrow(
      new RangeError('0 ratings, expected at least one'),
    )
  })
})
