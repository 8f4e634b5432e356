import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ranksOf } from '#core/scoring/ranks.ts'
import { topK } from '#core/scoring/top-k.ts'

test('a rank is one more than those before; of equal ones the lower item is first', () => {
  const scores = Float64Array.of(0.5, 0.9, Number.NaN, 0.5, 0.1)
  expect(Array.from(ranksOf(Int32Array.of(0, 1, 2, 3, 4), scores))).toEqual([2, 1, 0, 3, 4])
})

test('ranks are the places in the list of all', () => {
  const score = fc.oneof(fc.constantFrom(0, 0.5, 1, Number.NaN), fc.double({ min: -1, max: 1, noNaN: true }))
  fc.assert(
    fc.property(fc.array(score, { minLength: 1, maxLength: 30 }), fc.nat(), (values, which) => {
      const scores = Float64Array.from(values)
      const items = Int32Array.from(values.keys()).filter((item) => (which >> (item % 30)) & 1)
      const all = Array.from(topK(scores, scores.length).items)
      expect(Array.from(ranksOf(items, scores))).toEqual(Array.from(items, (item) => all.indexOf(item) + 1))
    }),
  )
})
