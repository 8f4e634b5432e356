import { describe, expect, test } from 'vitest'
import { quantileOf, spreadOf } from '../../../build/eda/statistics.ts'
import { linearScale, logScale, percent, short } from '../../../build/eda/svg.ts'

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

describe('scales', () => {
  test('linear ticks are round numbers within the range', () => {
    expect(linearScale([0.5, 5], [0, 90]).ticks).toEqual([1, 2, 3, 4, 5])
    expect(linearScale([0, 0.29], [0, 1]).ticks).toEqual([0, 0.1, 0.2])
    expect(linearScale([0.5, 5], [0, 90])(2)).toBeCloseTo(30, 12)
  })

  test('a range of one value still has a scale', () => {
    expect(linearScale([3, 3], [0, 100])(3)).toBe(0)
  })

  test('a log scale goes from 1 to the next power of ten', () => {
    const scale = logScale(2300, [0, 400])
    expect(scale.ticks).toEqual([1, 10, 100, 1000, 10_000])
    expect([scale(1), scale(100), scale(10_000)]).toEqual([0, 200, 400])
  })
})

describe('numbers to read', () => {
  test.each([
    [0, '0\u00a0%'],
    [0.00034, '0.034\u00a0%'],
    [0.123, '12\u00a0%'],
    [0.99996, '99.99\u00a0%'],
    [1, '100\u00a0%'],
  ])('the share %d reads %s', (share, text) => expect(percent(share)).toBe(text))

  test.each([
    [812, '810'],
    [4200, '4.2k'],
    [32_000_204, '32M'],
  ])('%d on an axis reads %s', (value, text) => expect(short(value)).toBe(text))
})
