import { expect, test } from 'vitest'
import { historyOf, likedItems } from '#core/history.ts'

test('rows come in the order of time, and of one movie the last row given holds', () => {
  const history = historyOf([
    { itemIndex: 4, rating: 2, timestamp: 30 },
    { itemIndex: 9, rating: 5, timestamp: 10 },
    { itemIndex: 4, rating: 4, timestamp: 20 },
  ])
  expect([...history.itemIndices]).toEqual([9, 4])
  expect([...history.ratings]).toEqual([5, 4])
})

test('rows without times keep the order given', () => {
  const rows = [3, 1, 2].map((itemIndex) => ({ itemIndex, rating: 5, timestamp: 0 }))
  expect([...historyOf(rows).itemIndices]).toEqual([3, 1, 2])
})

test('a like is a rating at the threshold or above', () => {
  const history = historyOf([
    { itemIndex: 1, rating: 3.5, timestamp: 1 },
    { itemIndex: 2, rating: 3, timestamp: 2 },
  ])
  expect([...likedItems(history, 3.5)]).toEqual([1])
})
