import { expect, test } from 'vitest'
import { estimate, resampleUsers, usersOf } from '../../../build/evaluate/bootstrap.ts'
import { judgedUsers } from '../../../build/evaluate/judged-users.ts'
import { type Interactions, PART } from '../../../build/nouns.ts'

test('a constant has an interval of no width, and a mean lies within its own', () => {
  const resamples = resampleUsers(50, 200, 1)
  expect(estimate(new Float64Array(50).fill(0.3), resamples)).toEqual({
    mean: expect.closeTo(0.3, 12),
    low: expect.closeTo(0.3, 12),
    high: expect.closeTo(0.3, 12),
  })
  const { mean, low, high } = estimate(
    Float64Array.from({ length: 50 }, (_, user) => user % 2),
    resamples,
  )
  // standard error of a fair coin over 50 users: 0.5/√50 = 0.0707, so about ±0.139
  expect(mean).toBe(0.5)
  expect(low).toBeGreaterThan(0.3)
  expect(low).toBeLessThan(0.42)
  expect(high).toBeLessThan(0.7)
  expect(high).toBeGreaterThan(0.58)
})

test('resamples are the same for a seed, and no users give zeros', () => {
  expect(resampleUsers(5, 3, 9)).toEqual(resampleUsers(5, 3, 9))
  expect(estimate(new Float64Array(0), resampleUsers(0, 10, 1))).toEqual({ mean: 0, low: 0, high: 0 })
})

test('a resample has as many users as there are, each as often as it was drawn', () => {
  for (const counts of resampleUsers(7, 20, 3)) expect(usersOf(counts)).toHaveLength(7)
  expect([...usersOf(Uint16Array.of(2, 0, 1))]).toEqual([0, 0, 2])
  // of 1, 2 and 3 in these two resamples: 5 / 3 and 9 / 3
  const { low, high } = estimate(Float64Array.of(1, 2, 3), [Uint16Array.of(2, 0, 1), Uint16Array.of(0, 0, 3)])
  expect([low, high]).toEqual([expect.closeTo(5 / 3 + 0.025 * (4 / 3), 12), expect.closeTo(3 - 0.025 * (4 / 3), 12)])
})

test('a judged user knows all before the first test rating, left-out ratings too, and nothing after', () => {
  const { historyOnly, train, validation, test } = PART
  const interactions: Interactions = {
    userIds: Int32Array.of(1, 2, 3),
    indptr: Uint32Array.of(0, 6, 8, 9),
    itemIndices: Int32Array.of(0, 1, 2, 3, 4, 5, 0, 1, 2),
    ratings: Float32Array.of(5, 1, 4, 5, 4, 2, 5, 1, 5),
    timestamps: Uint32Array.of(1, 2, 3, 4, 5, 6, 1, 2, 1),
    parts: Uint8Array.of(train, historyOnly, validation, test, test, test, train, test, train),
  }
  const { judged, withoutRelevant } = judgedUsers(interactions, PART.test, 3.5)
  expect(withoutRelevant).toBe(1) // user 2: the test rating is 1 star
  expect(judged).toHaveLength(1)
  expect([...judged[0]!.history.itemIndices]).toEqual([0, 1, 2])
  expect(judged[0]!.relevant).toEqual(new Set([3, 4])) // 5 has 2 stars
})
