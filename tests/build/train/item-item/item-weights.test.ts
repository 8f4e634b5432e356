import { expect, test } from 'vitest'
import { likesOfMostLiked, weightsOfAll } from '../../../../build/train/item-item/item-weights.ts'

// users like 4 1, 1, 3 1 4 4, nothing, 3 0
const LIKES = { indptr: Uint32Array.of(0, 2, 3, 7, 7, 9), indices: Int32Array.of(4, 1, 1, 3, 1, 4, 4, 3, 0) }

test('the most liked items are numbered in their order, each user’s ascend, and none is there twice', () => {
  // likes with repeats: 0 once, 1 three times, 3 twice, 4 three times; item 2 is never liked
  const { items, likes, likers } = likesOfMostLiked(LIKES, 5, 3)
  expect([...items]).toEqual([1, 3, 4])
  expect([...likes.indptr]).toEqual([0, 2, 3, 6, 6, 7])
  expect([...likes.indices]).toEqual([0, 2, 0, 0, 1, 2, 1])
  expect([...likers.indptr]).toEqual([0, 3, 5, 7])
  expect([...likers.indices]).toEqual([0, 1, 2, 2, 4, 0, 2])
})

test('without a limit every liked item takes part, and no other', () => {
  expect([...likesOfMostLiked(LIKES, 5, null).items]).toEqual([0, 1, 3, 4])
})

test('of equally liked items the lower index takes part', () => {
  const likes = { indptr: Uint32Array.of(0, 3), indices: Int32Array.of(2, 1, 0) }
  expect([...likesOfMostLiked(likes, 3, 2).items]).toEqual([0, 1])
})

test('kept rows become rows of all items, under their own numbers', () => {
  const kept = {
    most: 2,
    indices: Int32Array.of(1, 0, 0, 1),
    weights: Float32Array.of(0.5, 9, -1, 2),
    counts: Int32Array.of(1, 2),
  }
  expect(weightsOfAll(Int32Array.of(1, 3), 5, kept)).toEqual({
    indptr: Uint32Array.of(0, 0, 1, 1, 3, 3),
    indices: Int32Array.of(3, 1, 3),
    weights: Float32Array.of(0.5, -1, 2),
  })
})
