import { describe, expect, test } from 'vitest'
import { linearScale, logScale, percent, short } from '../../../build/charts/svg.ts'

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
