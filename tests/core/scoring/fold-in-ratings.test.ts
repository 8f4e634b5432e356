import { describe, expect, test } from 'vitest'
import { foldInRatings, predictRating, type RatingModel } from '#core/scoring/fold-in-ratings.ts'
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
  itemTraces: Float32Array.of(0, 0.25, 0, -0.25, 0, 0),
  itemScales: Float32Array.of(1, 1, 1),
  noisePrecision: 1,
  // so sure that users are as noisy as all that no history moves it
  scaleShape: 1e12,
  userMean: Float32Array.of(1, 0.125),
  userPrecision: Float32Array.of(0, 0, 0, 2),
}

describe('foldInRatings', () => {
  test('no history: the mean of users', () => {
    expect(Array.from(foldInRatings(BIASES, [], []))).toEqual([1, 0.125])
  })

  test('one rating of a biased movie: prior and rating, weighed by their precisions', () => {
    // m = 0.125 + 0.25 = 0.375; the rating is 5 − 3 − 0.5 = 1.5 above what is due; (2 · 0.375 + 1.5) / (2 + 1) = 0.75
    expect(foldInRatings(BIASES, [0], [5])[1]).toBeCloseTo(0.75, 10)
  })

  test('traces are summed by the root of their number', () => {
    // m = 0.125 + (0.25 + 0) / √2 = 0.30178; left over: 1.5 and 1; (2 · 0.30178 + 2.5) / 4 = 0.77589
    expect(foldInRatings(BIASES, [0, 2], [5, 4])[1]).toBeCloseTo(0.77589, 5)
  })

  test('a movie whose stars scatter less counts for more', () => {
    // as with one rating, but with weight 3: (0.75 + 3 · 1.5) / (2 + 3) = 1.05
    expect(foldInRatings({ ...BIASES, itemScales: Float32Array.of(3, 1, 1) }, [0], [5])[1]).toBeCloseTo(1.05, 10)
  })

  test('a user whose stars scatter moves less from the mean than one whose stars agree', () => {
    const model = { ...BIASES, scaleShape: 1 }
    const agreed = foldInRatings(model, [2, 2, 2, 2], [4, 4, 4, 4])[1]!
    const scattered = foldInRatings(model, [2, 2, 2, 2], [5, 3, 5, 3])[1]!
    expect(scattered).toBeLessThan(agreed - 0.1)
  })

  test('the order of the history does not matter', () => {
    const one = foldInRatings(BIASES, [0, 1, 2], [5, 2, 4])
    expect(foldInRatings(BIASES, [2, 0, 1], [4, 5, 2])[1]).toBeCloseTo(one[1]!, 12)
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

describe('predictRating', () => {
  test('adds the mean and both biases', () => {
    expect(predictRating(BIASES, [1, 0.75], 1)).toBe(3 + 0.75 - 0.5)
  })

  test('stays within the stars that there are', () => {
    expect(predictRating(BIASES, [1, 9], 1)).toBe(5)
    expect(predictRating(BIASES, [1, -9], 1)).toBe(1)
  })
})

describe('invert', () => {
  test('[[2, 1], [1, 1]]: [[1, −1], [−1, 2]]', () => {
    expect(Array.from(invert([2, 1, 1, 1], 2))).toEqual([1, -1, -1, 2])
  })

  test('gives what elimination gives', () => {
    const matrix = gramian(rowsOf(randomMatrix(20, 8, 1), 8), 8)
    const inverse = invert(matrix.flat(), 8)
    for (let k = 0; k < 8; k++) {
      const column = solve(
        matrix,
        Array.from({ length: 8 }, (_, i) => (i === k ? 1 : 0)),
      )
      for (const [i, value] of column.entries()) expect(inverse[i * 8 + k]).toBeCloseTo(value, 12)
    }
  })

  test('refuses a matrix that is not positive definite', () => {
    expect(() => invert([1, 2, 2, 1], 2)).toThrow(
      new RangeError('pivot 1 is -3, expected above 0: the matrix is not positive definite'),
    )
  })
})
