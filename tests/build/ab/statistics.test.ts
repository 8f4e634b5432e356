import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomSource } from '#core/random.ts'
import {
  balanceOf,
  chiSquareTail,
  countDifference,
  countOf,
  detectableDifference,
  rateDifference,
  rateOf,
  type Tally,
} from '../../../build/ab/statistics.ts'

/** Viewers who did it so often each. */
const tally = (...counts: number[]): Tally => ({
  units: counts.length,
  acted: counts.filter((count) => count > 0).length,
  total: counts.reduce((sum, count) => sum + count, 0),
  squares: counts.reduce((sum, count) => sum + count * count, 0),
})
const share = (acted: number, units: number): Tally => ({ units, acted, total: acted, squares: acted })

describe('the share of viewers who did it', () => {
  test('81 of 263 is 0.308, with Wilson’s interval 0.2553 to 0.3662', () => {
    // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3
    const { mean, low, high } = rateOf(share(81, 263))
    expect(mean).toBeCloseTo(0.308, 3)
    expect(low).toBeCloseTo(0.2553, 4)
    expect(high).toBeCloseTo(0.3662, 4)
  })

  test('0 of 20 is 0 to 0.1611, and 1 of 29 is 0.0061 to 0.1718', () => {
    // the same table
    expect(rateOf(share(0, 20))).toEqual({ mean: 0, low: 0, high: expect.closeTo(0.1611, 4) })
    expect(rateOf(share(1, 29))).toMatchObject({ low: expect.closeTo(0.0061, 4), high: expect.closeTo(0.1718, 4) })
  })

  test('of nobody can be anything', () => {
    expect(rateOf(share(0, 0))).toEqual({ mean: 0, low: 0, high: 1 })
  })

  test('lies within its interval, and that within 0 and 1', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 1000 }), (acted, more) => {
        const { mean, low, high } = rateOf(share(acted, acted + more - 1 || 1))
        expect(0 <= low && low <= mean && mean <= high && high <= 1).toBe(true)
      }),
    )
  })
})

describe('the difference of two shares', () => {
  test('56 of 70 against 48 of 80 is 0.2, with Newcombe’s interval 0.0524 to 0.3339', () => {
    // Newcombe 1998, "Interval estimation for the difference between independent proportions", table II (a), method 10
    const { mean, low, high } = rateDifference(share(56, 70), share(48, 80))
    expect(mean).toBeCloseTo(0.2, 10)
    expect(low).toBeCloseTo(0.0524, 4)
    expect(high).toBeCloseTo(0.3339, 4)
  })

  test('10 of 10 against 0 of 10 reaches up to 1 and no further', () => {
    // the same table, (h): 0.6075 to 1
    expect(rateDifference(share(10, 10), share(0, 10))).toEqual({ mean: 1, low: expect.closeTo(0.6075, 4), high: 1 })
  })

  test('of arms that are alike leaves 0 out in about one draw of twenty', () => {
    const { uniform } = randomSource(7)
    const draw = () => {
      let acted = 0
      for (let viewer = 0; viewer < 300; viewer++) acted += uniform() < 0.12 ? 1 : 0
      return share(acted, 300)
    }
    let shown = 0
    for (let experiment = 0; experiment < 2000; experiment++) {
      const { low, high } = rateDifference(draw(), draw())
      if (low > 0 || high < 0) shown++
    }
    // 100 ± √(2000 · 0.05 · 0.95) = 9.7
    expect(Math.abs(shown - 100)).toBeLessThan(3.5 * 9.7)
  })

  test('is shown the other way round when the arms are', () => {
    const [there, back] = [rateDifference(share(5, 50), share(9, 40)), rateDifference(share(9, 40), share(5, 50))]
    expect(there.low).toBeCloseTo(-back.high, 12)
    expect(there.high).toBeCloseTo(-back.low, 12)
  })
})

describe('how often a viewer did it', () => {
  test('0, 1 and 5 times are 2 on average, ± 1.96 · √(7 / 3)', () => {
    // variance (4 + 1 + 9) / 2 = 7
    const { mean, low } = countOf(tally(0, 1, 5))
    expect(mean).toBe(2)
    expect(low).toBeCloseTo(2 - 1.959964 * Math.sqrt(7 / 3), 10)
  })

  test('the errors of two arms add up as squares', () => {
    const { mean, high } = countDifference(tally(0, 1, 5), tally(1, 1, 4))
    expect(mean).toBe(0)
    expect(high).toBeCloseTo(1.959964 * Math.sqrt(7 / 3 + 3 / 3), 10)
  })

  test('one viewer tells no spread', () => {
    expect(countOf(tally(3))).toEqual({ mean: 3, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY })
  })
})

test('1000 viewers an arm at a share of 10 % would show 3.8 points', () => {
  // (1.96 + 0.8416) · √(0.1 · 0.9 · 2 / 1000) = 0.0376
  expect(detectableDifference(share(100, 1000), share(100, 1000))).toBeCloseTo(0.0376, 4)
  expect(detectableDifference(share(0, 0), share(1, 10))).toBeNull()
})

describe('whether viewers came as the shares say', () => {
  // a table of χ²: its 5 % points by degrees of freedom
  test.each([
    [3.841, 1],
    [5.991, 2],
    [7.815, 3],
    [9.488, 4],
    [11.07, 5],
    [14.067, 7],
  ])('χ² of %d is surpassed by chance in 5 % with %d degrees of freedom', (x, degrees) => {
    expect(chiSquareTail(x, degrees)).toBeCloseTo(0.05, 4)
  })

  test('500 and 500 could not be more so, 600 and 400 of halves is no chance', () => {
    expect(balanceOf([500, 500], [0.5, 0.5])).toBe(1)
    // χ² = 100² / 500 · 2 = 40
    expect(balanceOf([600, 400], [0.5, 0.5])).toBeCloseTo(2.54e-10, 11)
    expect(balanceOf([600, 400], [0.6, 0.4])).toBe(1)
  })

  test('nobody is no evidence', () => {
    expect(balanceOf([0, 0], [0.5, 0.5])).toBe(1)
  })
})
