import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cappedRecallAtK, hitRateAtK, METRIC_AT_K, mapAtK, ndcgAtK, precisionAtK, recallAtK } from '#core/metrics.ts'

describe('worked by hand', () => {
  test('a lone hit at rank 2 gives NDCG@3 of 1/log2(3)', () => {
    // DCG = 1/log2(3) = 0.63093; ideal DCG = 1/log2(2) = 1
    expect(ndcgAtK([7, 4, 9], new Set([4]), 3)).toBeCloseTo(0.63093, 5)
  })

  test('the ideal list of NDCG@2 holds two of three relevant items', () => {
    // DCG = 1; ideal DCG = 1 + 1/log2(3) = 1.63093
    expect(ndcgAtK([4, 7], new Set([4, 5, 6]), 2)).toBeCloseTo(1 / 1.63093, 5)
  })

  test('capped recall divides by min(k, relevant)', () => {
    expect(cappedRecallAtK([4, 7, 5], new Set([4, 5, 6, 8]), 3)).toBe(2 / 3)
    expect(cappedRecallAtK([4, 7, 5], new Set([4, 6]), 3)).toBe(1 / 2)
  })

  test('recall divides by the relevant items, precision by k', () => {
    expect(recallAtK([4, 7, 5], new Set([4, 5, 6, 8]), 3)).toBe(2 / 4)
    expect(precisionAtK([4, 7, 5], new Set([4, 5, 6, 8]), 3)).toBe(2 / 3)
    expect(precisionAtK([4], new Set([4]), 5)).toBe(1 / 5)
  })

  test('MAP@3 sums the precision at each hit over min(k, relevant)', () => {
    // hits at ranks 1 and 3: (1/1 + 2/3) / 3
    expect(mapAtK([4, 7, 5], new Set([4, 5, 6, 8]), 3)).toBeCloseTo((1 + 2 / 3) / 3, 12)
  })

  test('hit rate asks for one hit within k', () => {
    expect(hitRateAtK([7, 4], new Set([4]), 1)).toBe(0)
    expect(hitRateAtK([7, 4], new Set([4]), 2)).toBe(1)
  })
})

test('every metric is within 0 and 1, 0 without a hit, and 1 for a perfect ranker but for precision', () => {
  const relevant = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 10 })
  fc.assert(
    fc.property(relevant, fc.integer({ min: 1, max: 15 }), (items, cutoff) => {
      for (const [name, metric] of Object.entries(METRIC_AT_K)) {
        expect(metric([100, 101], new Set(items), cutoff)).toBe(0)
        const perfect = metric(items, new Set(items), cutoff)
        const best =
          name === 'precision'
            ? Math.min(1, items.length / cutoff)
            : name === 'recall'
              ? Math.min(1, cutoff / items.length)
              : 1
        expect(perfect).toBeCloseTo(best, 12)
      }
    }),
  )
})
