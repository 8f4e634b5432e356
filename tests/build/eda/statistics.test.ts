import { describe, expect, test } from 'vitest'
import { quantileOf, spreadOf } from '../../../build/eda/statistics.ts'

describe('spread of counted values', () => {
  test('is the spread of the values written out: 1 1 2 5', () => {
    // mean 9/4 = 2.25; squared distances 1.5625 · 2 + 0.0625 + 7.5625 = 10.75, / 4 = 2.6875
    const spread = spreadOf([
      { value: 1, n: 2 },
      { value: 2, n: 1 },
      { value: 5, n: 1 },
    ])
    expect(spread).toMatchObject({ n: 4, mean: 2.25, low: 1, lowerQuartile: 1, median: 1, upperQuartile: 2, high: 5 })
    expect(spread.deviation).toBeCloseTo(Math.sqrt(2.6875), 12)
  })

  test('a quantile of nothing is not a number', () => {
    expect(quantileOf([], 0.5)).toBeNaN()
  })
})
