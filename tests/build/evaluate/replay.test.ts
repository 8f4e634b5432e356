import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historyOf } from '#core/history.ts'
import { ndcgAtK } from '#core/metrics.ts'
import { recommend } from '#recommend/index.ts'
import { lastLikes, ndcgOfAll, replay } from '../../../build/evaluate/replay.ts'
import { tinyItem, tinyModel } from '../../helpers/tiny-model.ts'

const model = tinyModel()
const MOVIE_IDS = [...model.catalog.movieIds]
const share = fc.constantFrom(0, 0.1, 0.5, 1)

test('a blend tried on a replayed user is worth what the served list is', () => {
  const ratings = fc.array(fc.tuple(fc.constantFrom(...MOVIE_IDS), fc.integer({ min: 1, max: 5 })), { maxLength: 6 })
  const relevantIds = fc.subarray(MOVIE_IDS, { minLength: 1 })
  const weightsOf = fc.record({ cf: share, next: share, neighbours: share, content: share, popularity: share })
  fc.assert(
    fc.property(ratings, relevantIds, weightsOf, (rated, found, weights) => {
      const history = historyOf(
        rated.map(([movieId, rating], at) => ({ itemIndex: tinyItem(movieId), rating, timestamp: at })),
      )
      const relevant = new Set(found.map(tinyItem))
      const { blended } = recommend(history, { weights }, 10, model)
      const served = ndcgAtK(
        blended.map(({ itemIndex }) => itemIndex),
        relevant,
        10,
      )
      expect(ndcgOfAll([replay({ history, relevant }, history, model)], weights)[0]).toBeCloseTo(served, 12)
    }),
  )
})

test('a shorter history starts at one of the last likes; what was rated since stays', () => {
  const history = historyOf(
    [5, 1, 4, 2].map((rating, at) => ({ itemIndex: at, rating, timestamp: at })), // likes are the first and the third
  )
  const shortened = (n: number) => [...lastLikes(history, n, 3.5).itemIndices]
  expect(shortened(1)).toEqual([2, 3])
  expect(shortened(2)).toEqual([0, 1, 2, 3])
  expect(shortened(9)).toEqual([0, 1, 2, 3])
})
