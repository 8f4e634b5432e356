import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EMPTY_HISTORY } from '#core/history.ts'
import { resampleUsers } from '../../../../build/evaluate/bootstrap.ts'
import type { RatedUser } from '../../../../build/evaluate/stars/rated-users.ts'
import {
  judgedIn,
  rmse,
  type StarErrors,
  starDifferences,
  starErrors,
  starMetrics,
} from '../../../../build/evaluate/stars/star-metrics.ts'

const user = (userIndex: number, stars: number[]): RatedUser => ({
  userIndex,
  history: EMPTY_HISTORY,
  itemIndices: Int32Array.from(stars, (_, item) => item),
  ratings: Float32Array.from(stars),
  time: null,
})

/** Of three users the first is off by 1 and 1, the second has nothing to predict, the last is off by 3. */
const ERRORS = starErrors([user(0, [4, 2]), user(2, [5])], [[5, 1], [2]], 3)

const metrics = (folds: StarErrors[]) => {
  const users = judgedIn(folds)
  const found = starMetrics(folds, users, resampleUsers(users.length, 200, 1))
  return Object.fromEntries(Object.entries(found).map(([name, { mean }]) => [name, mean]))
}

describe('starErrors', () => {
  test('sums by user', () => {
    expect(ERRORS).toEqual({
      squared: Float64Array.of(2, 0, 9),
      absolute: Float64Array.of(2, 0, 3),
      counts: Float64Array.of(2, 0, 1),
    })
  })
})

describe('starMetrics', () => {
  test('over ratings each counts alike, over users each user does', () => {
    // √((1 + 1 + 9) / 3) = 1.91485; (1 + 1 + 3) / 3; (1 + 3) / 2 twice
    expect(metrics([ERRORS])).toEqual({ rmse: Math.sqrt(11 / 3), mae: 5 / 3, rmseByUser: 2, maeByUser: 2 })
    expect(rmse(ERRORS)).toBeCloseTo(1.91485, 5)
  })

  test('folds: the mean of what each has, whoever is in it', () => {
    const other = starErrors([user(1, [3])], [[3.5]], 3)
    expect(judgedIn([ERRORS, other])).toEqual(Int32Array.of(0, 1, 2))
    expect(metrics([ERRORS, other])).toEqual({
      rmse: (Math.sqrt(11 / 3) + 0.5) / 2,
      mae: (5 / 3 + 0.5) / 2,
      rmseByUser: (2 + 0.5) / 2,
      maeByUser: (2 + 0.5) / 2,
    })
  })

  test('the interval holds the mean and is the same each time', () => {
    const users = Array.from({ length: 50 }, (_, index) => user(index, [3]))
    const errors = starErrors(
      users,
      users.map((_, index) => [3 + index / 25]),
      50,
    )
    const [one, same] = [1, 2].map(() => starMetrics([errors], judgedIn([errors]), resampleUsers(50, 200, 7)))
    expect(one).toEqual(same)
    expect(one!.rmse.low).toBeLessThan(one!.rmse.mean)
    expect(one!.rmse.high).toBeGreaterThan(one!.rmse.mean)
  })

  test('perfect predictions have errors of 0, and no error is below another by MAE ≤ RMSE', () => {
    const stars = fc.integer({ min: 1, max: 10 }).map((half) => half / 2)
    fc.assert(
      fc.property(fc.array(fc.array(fc.tuple(stars, stars), { minLength: 1 }), { minLength: 1 }), (rows) => {
        const users = rows.map((row, index) =>
          user(
            index,
            row.map(([given]) => given),
          ),
        )
        const perfect = metrics([
          starErrors(
            users,
            users.map(({ ratings }) => ratings),
            users.length,
          ),
        ])
        expect(Object.values(perfect)).toEqual([0, 0, 0, 0])
        const predicted = rows.map((row) => row.map(([, other]) => other))
        const { rmse, mae, rmseByUser, maeByUser } = metrics([starErrors(users, predicted, users.length)])
        expect(mae).toBeLessThanOrEqual(rmse! + 1e-12)
        expect(maeByUser).toBeLessThanOrEqual(rmseByUser! + 1e-12)
      }),
    )
  })
})

describe('starDifferences', () => {
  test('a constant lead has an interval of no width', () => {
    const users = [user(0, [3, 3]), user(1, [3]), user(2, [3])]
    const off = (by: number) => [starErrors(users, [[3 + by, 3 - by], [3 + by], [3 - by]], 3)]
    const { rmse, mae } = starDifferences(off(0.5), off(1.5), judgedIn(off(1)), resampleUsers(3, 100, 1))
    expect(rmse).toEqual({ mean: -1, low: -1, high: -1 })
    expect(mae).toEqual({ mean: -1, low: -1, high: -1 })
  })
})
