import { describe, expect, test } from 'vitest'
import { EMPTY_HISTORY, type History, historyOf } from '#core/history.ts'
import { predictStars } from '#recommend/predict-stars.ts'
import { tinyItem } from '../helpers/tiny-model.ts'
import { tinyStars } from '../helpers/tiny-stars.ts'

const MODEL = tinyStars()

const [SPACE, WEEPIE, NEW] = [tinyItem(20), tinyItem(50), tinyItem(90)]

function rated(...rows: [movieId: number, stars: number, timestamp?: number][]): History {
  return historyOf(rows.map(([id, rating, timestamp = 0]) => ({ itemIndex: tinyItem(id), rating, timestamp })))
}

describe('predictStars', () => {
  test('without a history: what an average viewer would give, and how far viewers are apart', () => {
    const { stars, deviations } = predictStars(EMPTY_HISTORY, [SPACE, WEEPIE, NEW], MODEL, 0)
    expect(Array.from(stars)).toEqual([3.5, 3.5, 3])
    // bias 1 + taste 1 + noise 1; a new movie has bias 1, itself 1, noise 1
    for (const deviation of deviations) expect(deviation).toBeCloseTo(Math.sqrt(3), 6)
  })

  test('one rating: what is left over moves bias and taste alike', () => {
    // 5 − 3 − 0.5 = 1.5 left; (I + rrᵀ)⁻¹ r · 1.5 with r = (1, 1) is (0.5, 0.5)
    const { stars, deviations } = predictStars(rated([10, 5]), [SPACE, WEEPIE, NEW], MODEL, null)
    expect(Array.from(stars)).toEqual([4.5, 3.5, 3.5])
    // covariance I − rrᵀ/3: 2/3 for its own kind, 2 for the other, 2/3 and 1 for the new one; noise 1
    for (const [at, variance] of [2 / 3, 2, 5 / 3].entries())
      expect(deviations[at]).toBeCloseTo(Math.sqrt(variance + 1), 6)
  })

  test('knows a movie better that is like those rated, and never predicts beyond the scale', () => {
    const history = rated([10, 5], [20, 5], [30, 5], [50, 0.5], [60, 0.5])
    const { stars, deviations } = predictStars(history, [tinyItem(40), tinyItem(70)], MODEL, null)
    expect(stars[0]).toBeGreaterThan(4.5)
    expect(stars[0]).toBeLessThanOrEqual(5)
    expect(stars[1]).toBeLessThan(1.5)
    expect(deviations[0]).toBeLessThan(Math.sqrt(2))
  })

  test('a sitting under way lifts what is rated next, an old one does not', () => {
    const history = rated([10, 5, 1000], [50, 5, 1001])
    // bias (1.5 + 1.5) / 3 = 1, taste 0: both ratings are 0.5 above their prediction of 4.5
    expect(predictStars(history, [NEW], MODEL, null).stars[0]).toBe(4)
    // 0.5 · (e^−0.1 + e^−0.09833) / (10 + e^−0.1 + e^−0.09833) = 0.07667
    expect(predictStars(history, [NEW], MODEL, 1060).stars[0]).toBeCloseTo(4.07667, 5)
    expect(predictStars(history, [NEW], MODEL, 1060 + 86_400).stars[0]).toBe(4)
  })

  test('a history without times is no sitting', () => {
    const history = rated([10, 5], [50, 5])
    expect(predictStars(history, [NEW], MODEL, 1_800_000_000)).toEqual(predictStars(history, [NEW], MODEL, null))
  })
})
