import fc from 'fast-check'
import { expect, test } from 'vitest'
import { topK } from '#core/scoring/top-k.ts'

test('gives the best first, ties by the lower index, and leaves NaN out', () => {
  const { items, scores } = topK(Float64Array.of(1, 3, Number.NaN, 3, 2), 3)
  expect([...items]).toEqual([1, 3, 4])
  expect([...scores]).toEqual([3, 3, 2])
})

test('gives all there are when fewer are scored than wanted', () => {
  expect([...topK(Float64Array.of(Number.NaN, 5), 10).items]).toEqual([1])
  expect([...topK(new Float64Array(0), 3).items]).toEqual([])
})

test('agrees with sorting everything', () => {
  // few distinct values, so that ties are common
  const score = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(Number.NaN))
  fc.assert(
    fc.property(fc.array(score, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (values, k) => {
      const sorted = values
        .map((value, item) => ({ value, item }))
        .filter(({ value }) => !Number.isNaN(value))
        .sort((a, b) => b.value - a.value || a.item - b.item)
        .slice(0, k)
      expect([...topK(Float64Array.from(values), k).items]).toEqual(sorted.map(({ item }) => item))
    }),
  )
})
