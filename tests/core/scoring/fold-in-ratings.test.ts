import { describe, expect, test } from 'vitest'
import { foldInRatings, predictRating, type RatingModel, ratingDeviation } from '#core/scoring/fold-in-ratings.ts'
import { invert } from '#core/scoring/invert.ts'
import { randomMatrix } from '../../helpers/random.ts'
import { gramian, rowsOf, solve } from '../../helpers/reference.ts'

/** Biases only, x = (1, b_u) and y = (b_i, 1): three items of bias 0.5, −0.5 and 0. */
const BIASES: RatingModel = {
  size: 2,
  mean: 3,
  lowest: 1,
  highest: 5,
  items: Float32Array.of(0.5, 1, -0.5, 1, 0, 1),
  itemUnits: Float32Array.of(1, 1, 1),
  itemTraces: Float32Array.of(0, 0.25, 0, -0.25, 0, 0),
  traceUnits: Float32Array.of(1, 1, 1),
  itemVariances: Float32Array.of(0, 0, 0),
  itemScales: Float32Array.of(1, 1, 1),
  noisePrecision: 1,
  // so sure that users are as noisy as all that no history moves it
  scaleShape: 1e12,
  userMean: Float32Array.of(1, 0.125),
  userPrecision: Float32Array.of(0, 0, 0, 2),
}

describe('foldInRatings', () => {
  test('no history: the mean of users', () => {
    expect(Array.from(foldInRatings(BIASES, [], []).factors)).toEqual([1, 0.125])
  })

  test('one rating of a biased movie: prior and rating, weighed by their precisions', () => {
    // m = 0.125 + 0.25 = 0.375; the rating is 5 − 3 − 0.5 = 1.5 above what is due; (2 · 0.375 + 1.5) / (2 + 1) = 0.75
    expect(foldInRatings(BIASES, [0], [5]).factors[1]).toBeCloseTo(0.75, 10)
  })

  test('traces are summed by the root of their number', () => {
    // m = 0.125 + (0.25 + 0) / √2 = 0.30178; left over: 1.5 and 1; (2 · 0.30178 + 2.5) / 4 = 0.77589
    expect(foldInRatings(BIASES, [0, 2], [5, 4]).factors[1]).toBeCloseTo(0.77589, 5)
  })

  test('a movie whose stars scatter less counts for more', () => {
    // as with one rating, but with weight 3: (0.75 + 3 · 1.5) / (2 + 3) = 1.05
    expect(foldInRatings({ ...BIASES, itemScales: Float32Array.of(3, 1, 1) }, [0], [5]).factors[1]).toBeCloseTo(
      1.05,
      10,
    )
  })

  test('a user whose stars scatter moves less from the mean than one whose stars agree', () => {
    const model = { ...BIASES, scaleShape: 1 }
    const agreed = foldInRatings(model, [2, 2, 2, 2], [4, 4, 4, 4]).factors[1]!
    const scattered = foldInRatings(model, [2, 2, 2, 2], [5, 3, 5, 3]).factors[1]!
    expect(scattered).toBeLessThan(agreed - 0.1)
  })

  test('the order of the history does not matter', () => {
    const one = foldInRatings(BIASES, [0, 1, 2], [5, 2, 4]).factors
    expect(foldInRatings(BIASES, [2, 0, 1], [4, 5, 2]).factors[1]).toBeCloseTo(one[1]!, 12)
  })

  test.each([
    [[3], [4], 'item index 3 at 0, expected 0 to 2'],
    [[0, -1], [4, 4], 'item index -1 at 1, expected 0 to 2'],
    [[0], [Number.NaN], 'rating NaN at 0, expected a number'],
    [[0, 1], [4], 'rating undefined at 1, expected a number'],
  ])('refuses items %o with stars %o', (items, stars, message) => {
    expect(() => foldInRatings(BIASES, items, stars)).toThrow(new RangeError(message))
  })
})

describe('ratingDeviation', () => {
  test('no history: the spread of users, and noise', () => {
    // 1 / 2 of the user, 1 of noise
    expect(ratingDeviation(BIASES, foldInRatings(BIASES, [], []), 2)).toBeCloseTo(Math.sqrt(1.5), 10)
  })

  test('each rating makes a user better known', () => {
    // precision 2 + 1, then 2 + 2; noise 1
    expect(ratingDeviation(BIASES, foldInRatings(BIASES, [0], [5]), 2)).toBeCloseTo(Math.sqrt(1 / 3 + 1), 10)
    expect(ratingDeviation(BIASES, foldInRatings(BIASES, [0, 1], [5, 2]), 2)).toBeCloseTo(Math.sqrt(1 / 4 + 1), 10)
  })

  test('adds what is not known of the item, and its noise', () => {
    // 1 / 2 of the user, 0.25 of the item, 1 / 4 of noise
    const model = { ...BIASES, itemVariances: Float32Array.of(0, 0, 0.25), itemScales: Float32Array.of(1, 1, 4) }
    expect(ratingDeviation(model, foldInRatings(model, [], []), 2)).toBeCloseTo(1, 10)
  })
})

describe('rows of int8', () => {
  test('predict as rows of float32 do, to within what rounding takes away', () => {
    // a row is off by 1/254 of its largest value a coordinate; two of them and 4 stars
    const quantized: RatingModel = {
      ...BIASES,
      items: Int8Array.of(64, 127, -64, 127, 0, 127),
      itemUnits: new Float32Array(3).fill(1 / 127),
      itemTraces: Int8Array.of(0, 127, 0, -127, 0, 0),
      traceUnits: new Float32Array(3).fill(0.25 / 127),
    }
    const [user, same] = [foldInRatings(BIASES, [0, 2], [5, 4]), foldInRatings(quantized, [0, 2], [5, 4])]
    for (const item of [0, 1, 2]) {
      const [stars, others] = [predictRating(BIASES, user.factors, item), predictRating(quantized, same.factors, item)]
      expect(Math.abs(stars - others)).toBeLessThan(0.02)
      expect(ratingDeviation(quantized, same, item)).toBeCloseTo(ratingDeviation(BIASES, user, item), 2)
    }
  })
})

describe('predictRating', () => {
  test('adds the mean and both biases', () => {
    expect(predictRating(BIASES, [1, 0.75], 1)).toBe(3 + 0.75 - 0.5)
  })

  test('adds a drift before it stays within the stars that there are', () => {
    expect(predictRating(BIASES, [1, 0.75], 1, 0.5)).toBe(3 + 0.75 - 0.5 + 0.5)
    expect(predictRating(BIASES, [1, 0.75], 0, 2)).toBe(5)
  })

  test('stays within the stars that there are', () => {
    expect(predictRating(BIASES, [1, 9], 1)).toBe(5)
    expect(predictRating(BIASES, [1, -9], 1)).toBe(1)
  })
})

describe('invert', () => {
  test('[[2, 1], [1, 1]]: [[1, −1], [−1, 2]]', () => {
    expect(Array.from(invert(Float64Array.of(2, 1, 1, 1), 2))).toEqual([1, -1, -1, 2])
  })

  test('gives what elimination gives', () => {
    const matrix = gramian(rowsOf(randomMatrix(20, 8, 1), 8), 8)
    const inverse = invert(Float64Array.from(matrix.flat()), 8)
    for (let k = 0; k < 8; k++) {
      const column = solve(
        matrix,
        Array.from({ length: 8 }, (_, i) => (i === k ? 1 : 0)),
      )
      for (const [i, value] of column.entries()) expect(inverse[i * 8 + k]).toBeCloseTo(value, 12)
    }
  })

  test('refuses a matrix that is not positive definite', () => {
    expect(() => invert(Float64Array.of(1, 2, 2, 1), 2)).toThrow(
      new RangeError('pivot 1 is -3, expected above 0: the matrix is not positive definite'),
    )
  })
})
