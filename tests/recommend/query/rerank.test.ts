import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { repaired } from '#recommend/query/model-odds.ts'
import { rerankedOrder } from '#recommend/query/rerank.ts'

test('a yes moves up what no moves down, within bounds', () => {
  // four equal gaps; the model says yes to the last only
  expect(rerankedOrder([4, 3, 2, 1], [-1, -1, -1, 3], { scoreWeight: 0, maxMove: 3 })).toEqual([3, 0, 1, 2])
  expect(rerankedOrder([4, 3, 2, 1], [-1, -1, -1, 3], { scoreWeight: 0, maxMove: 1 })).toEqual([0, 1, 3, 2])
})

test('a weight of 1, and a model that says the same of all, leave the order', () => {
  expect(rerankedOrder([4, 3, 2, 1], [0, 1, 2, 3], { scoreWeight: 1, maxMove: 3 })).toEqual([0, 1, 2, 3])
  expect(rerankedOrder([4, 3, 2, 1], [5, 5, 5, 5], { scoreWeight: 0.5, maxMove: 3 })).toEqual([0, 1, 2, 3])
})

test('a missing answer counts as the mean', () => {
  expect(rerankedOrder([1, 1, 1], [Number.NaN, -2, 2], { scoreWeight: 0, maxMove: 2 })).toEqual([2, 0, 1])
})

test('every entry is there once and nobody moves farther than allowed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ noNaN: true, min: -9, max: 9 }), fc.double({ min: -9, max: 9 })), {
        maxLength: 50,
      }),
      fc.double({ noNaN: true, min: 0, max: 1 }),
      fc.integer({ min: 0, max: 50 }),
      (pairs, scoreWeight, maxMove) => {
        const scores = pairs.map(([score]) => score).sort((a, b) => b - a)
        const order = rerankedOrder(
          scores,
          pairs.map(([, odds]) => odds),
          { scoreWeight, maxMove },
        )
        expect(order.toSorted((a, b) => a - b)).toEqual([...scores.keys()])
        for (const [place, position] of order.entries()) expect(Math.abs(place - position)).toBeLessThanOrEqual(maxMove)
      },
    ),
  )
})

test('a list of numbers is repaired: repeats and strangers go, missing ones follow', () => {
  expect(repaired([3, 1, 3, 2], 4)).toEqual([2, 0, 1, 3])
  expect(repaired([2, 9, 1, 4, 3], 4)).toEqual([1, 0, 3, 2])
  // more than 30 % wrong: it was not about this list
  expect(repaired([7, 8, 1], 4)).toBeNull()
})
