import { describe, expect, test } from 'vitest'
import { type Interactions, PART } from '../../../build/nouns.ts'
import { likesOf, seenOf } from '../../../build/train/likes.ts'
import { trainPopularity } from '../../../build/train/popularity.ts'

const DAY = 86_400
// three users, three movies; the last rating is in the test part
const interactions: Interactions = {
  userIds: Int32Array.of(1, 2, 3),
  indptr: Uint32Array.of(0, 2, 4, 5),
  itemIndices: Int32Array.of(0, 1, 0, 1, 2),
  ratings: Float32Array.of(5, 2, 4, 3, 5),
  timestamps: Uint32Array.of(0, 10 * DAY, 10 * DAY, 10 * DAY, 20 * DAY),
  parts: Uint8Array.of(PART.train, PART.train, PART.train, PART.historyOnly, PART.test),
}

describe('trainPopularity', () => {
  test('counts likes in the parts, damped by a logarithm', () => {
    const popularity = trainPopularity(interactions, 3, [PART.train], 2, { halfLifeDays: null })
    // likes 2, 1, 0 → ln 3, ln 2, 0 over ln 3
    expect(popularity[0]).toBe(1)
    expect(popularity[1]).toBeCloseTo(Math.log(2) / Math.log(3), 6)
    expect(popularity[2]).toBe(0)
  })

  test('a like as old as the half-life counts half', () => {
    const popularity = trainPopularity(interactions, 3, [PART.train], 2, { halfLifeDays: 10 })
    // movie 0: 1 + 1/2 likes; movie 1: 1
    expect(popularity[1]).toBeCloseTo(Math.log(2) / Math.log(2.5), 6)
  })

  test('is all zeros when nothing was liked', () => {
    const popularity = trainPopularity(interactions, 3, [PART.validation], 2, { halfLifeDays: 10 })
    expect(Array.from(popularity)).toEqual([0, 0, 0])
  })
})

test('likes are the ratings of enough stars in the parts asked for, with their stars', () => {
  const found = likesOf(interactions, [PART.train], 3.5)
  expect(found).toEqual({
    indptr: Uint32Array.of(0, 1, 2, 2),
    indices: Int32Array.of(0, 0),
    ratings: Float32Array.of(5, 4),
  })
  expect(likesOf(interactions, [PART.train, PART.test], 2).indices).toEqual(Int32Array.of(0, 1, 0, 2))
})

test('seen is everything before what is judged, whatever its stars', () => {
  expect(seenOf(interactions, [PART.validation]).indices).toEqual(
    likesOf(interactions, [PART.train, PART.historyOnly], 0).indices,
  )
})
