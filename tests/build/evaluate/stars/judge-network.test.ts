import { describe, expect, test } from 'vitest'
import { EMPTY_HISTORY } from '#core/history.ts'
import { judgeNetwork } from '../../../../build/evaluate/stars/judge-network.ts'
import type { RatedUser } from '../../../../build/evaluate/stars/rated-users.ts'

const SETTINGS = { numUsers: 40, bootstrapSamples: 200, seed: 1 }

/** Forty users, each with the same ratings. */
const users = (ratings: number[]): RatedUser[] =>
  Array.from({ length: 40 }, (_, userIndex) => ({
    ...{ userIndex, history: EMPTY_HISTORY, time: null },
    itemIndices: Int32Array.from(ratings.keys()),
    ratings: Float32Array.from(ratings),
  }))
const forAll = (stars: number[]) => users([]).map(() => stars)

describe('judgeNetwork', () => {
  test('goes as far as the squared error falls, and ships where it falls for sure', () => {
    // the way is (1, 1), what is missing (0.5, 0.3): Σ way · missing / Σ way² = 0.4
    const found = judgeNetwork(users([3.5, 3.3]), forAll([3, 3]), forAll([4, 4]), SETTINGS)
    expect(found).toMatchObject({ shipped: true, share: 0.4, users: 40, ratings: 80 })
    expect(found.rmse.linear).toBeCloseTo(Math.sqrt((0.25 + 0.09) / 2), 6)
    expect(found.rmse.mixed).toBeCloseTo(0.1, 6)
    expect(found.difference.high).toBeLessThan(0)
  })

  test('stays where it is when the network leads away, and ships nothing', () => {
    const found = judgeNetwork(users([3, 2.5]), forAll([3, 3]), forAll([4, 4]), SETTINGS)
    expect(found).toMatchObject({ shipped: false, share: 0, difference: { mean: 0 } })
  })

  test('a network that says the same has no share', () => {
    expect(judgeNetwork(users([3, 2]), forAll([3, 3]), forAll([3, 3]), SETTINGS)).toMatchObject({
      ...{ shipped: false, share: 0 },
    })
  })
})
