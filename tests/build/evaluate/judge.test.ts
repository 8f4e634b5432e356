import { describe, expect, test } from 'vitest'
import { openNeighbours } from '#core/format/neighbours.ts'
import { EMPTY_HISTORY, historyOf } from '#core/history.ts'
import { rank } from '#recommend/index.ts'
import { resampleUsers } from '../../../build/evaluate/bootstrap.ts'
import { differences, ITEM_KNN, judge, rankAll, rankers, SERVED } from '../../../build/evaluate/judge.ts'
import { type JudgedUser, judgedUsers } from '../../../build/evaluate/judged-users.ts'
import { traitsOf } from '../../../build/evaluate/list-traits.ts'
import { encodeNeighbours } from '../../../build/export/index.ts'
import { type Interactions, PART } from '../../../build/nouns.ts'
import { TINY_CONFIG, tinyItem, tinyModel } from '../../helpers/tiny-model.ts'

const model = tinyModel()
const { numItems } = model.catalog

/** Four users: three have movie 10, one of them and the fourth have 50; movie 20 is only in the test part. */
const interactions: Interactions = {
  userIds: Int32Array.of(1, 2, 3, 4),
  indptr: Uint32Array.of(0, 2, 4, 5, 6),
  itemIndices: Int32Array.from([10, 20, 10, 50, 10, 50], tinyItem),
  ratings: Float32Array.of(5, 5, 4, 4, 5, 5),
  timestamps: Uint32Array.of(1, 2, 1, 2, 1, 1),
  parts: Uint8Array.of(PART.train, PART.test, PART.train, PART.train, PART.train, PART.train),
}
const traits = traitsOf(model, interactions)

function userWho(liked: number[], relevant: number[]): JudgedUser {
  const rows = liked.map((movieId, at) => ({ itemIndex: tinyItem(movieId), rating: 5, timestamp: at + 1 }))
  return { history: historyOf(rows), relevant: new Set(relevant.map(tinyItem)) }
}

const rankerOf = (name: string) => rankers(model, TINY_CONFIG, null).find(([found]) => found === name)![1]
const moviesOf = (list: ArrayLike<number>) => Array.from(list, (item) => model.catalog.movieIds[item])

describe('defined, where a split is odd', () => {
  test('an item unseen in training counts like any other: what knows it by its texts may find it', () => {
    const user = userWho([10], [90])
    expect(moviesOf(rankerOf('content')(user, 3))).toContain(90)
    const lists = rankAll([user], rankerOf('als'), 3)
    expect(judge([user], lists, [3], traits, numItems).byMetric.get('ndcg@3')).toEqual(Float64Array.of(0))
  })

  test('a user without a test item is neither judged nor counted as one who has none relevant', () => {
    const { judged, withoutRelevant } = judgedUsers(interactions, PART.test, 3.5)
    expect(judged).toHaveLength(1)
    expect(withoutRelevant).toBe(0)
  })

  test('with k above the catalogue a list is all but the history, precision still divides by k', () => {
    const user = userWho([10], [20, 30])
    const lists = rankAll([user], rankerOf(SERVED), 100)
    expect(lists[0]).toHaveLength(numItems - 1)
    const { byMetric, coverage } = judge([user], lists, [100], traits, numItems)
    expect(byMetric.get('recall@100')).toEqual(Float64Array.of(1))
    expect(byMetric.get('cappedRecall@100')).toEqual(Float64Array.of(1))
    expect(byMetric.get('precision@100')).toEqual(Float64Array.of(2 / 100))
    expect(coverage['coverage@100']).toBe((numItems - 1) / numItems)
  })

  test('of equal scores the lower item index comes first', () => {
    // all other space films have the same factors
    expect(moviesOf(rankerOf('als')(userWho([40], [10]), 3))).toEqual([10, 20, 30])
  })

  test('a ranker that scores everything alike lists the catalogue in its order', () => {
    const nobody: JudgedUser = { history: EMPTY_HISTORY, relevant: new Set([0]) }
    expect(moviesOf(rankerOf('als')(nobody, 4))).toEqual([10, 20, 30, 40])
  })

  test('no user at all gives no values, and no coverage', () => {
    const { byMetric, coverage } = judge([], [], [5], traits, numItems)
    expect(byMetric.get('ndcg@5')).toHaveLength(0)
    expect(coverage).toEqual({ 'coverage@5': 0 })
  })
})

test('what a replayed user has seen stays out of every list', () => {
  const replayed: JudgedUser = { ...userWho([10], [30]), exclude: [20, 40] }
  for (const [, ranker] of rankers(model, TINY_CONFIG, null))
    for (const movieId of [10, 20, 40]) expect(moviesOf(ranker(replayed, 20))).not.toContain(movieId)
})

test('item-kNN has a row of its own where the blend has other neighbours', () => {
  // all that 10 says is 80
  const indptr = new Uint32Array(numItems + 1).fill(1, 1)
  const weights = { indptr, indices: Int32Array.of(tinyItem(80)), weights: Float32Array.of(1) }
  const rows = rankers(model, TINY_CONFIG, openNeighbours(encodeNeighbours(weights)))
  const names = rows.map(([name]) => name)
  expect(names.slice(-3)).toEqual(['popularity', ITEM_KNN, 'random'])
  expect(moviesOf(rows.at(-2)![1](userWho([10], [80]), 1))).toEqual([80])
})

describe('traits of a list', () => {
  test('novelty is the mean −log2 of the share of users who have a movie, nobody counting as one', () => {
    // 10 is with 3 of 4 users, 20 with none before the test: log2(4/3) and log2(4/1)
    const list = [10, 20].map(tinyItem)
    expect(traits.novelty(list, 2)).toBeCloseTo((Math.log2(4 / 3) + 2) / 2, 12)
    expect(traits.novelty(list, 1)).toBeCloseTo(Math.log2(4 / 3), 12)
    expect(traits.novelty([], 5)).toBe(0)
  })

  test('intra-list diversity is the mean pairwise 1 − cosine', () => {
    // 10 and 20 alike, 50 at right angles to both: (0 + 1 + 1) / 3
    expect(traits.intraListDiversity([10, 20, 50].map(tinyItem), 3)).toBeCloseTo(2 / 3, 6)
    expect(traits.intraListDiversity([10, 20, 50].map(tinyItem), 1)).toBe(0)
  })
})

test('differences are paired by user: what each user gains, not what the means do', () => {
  const users = [userWho([10], [20]), userWho([50], [60])]
  const judgementOf = (lists: number[][]) =>
    judge(
      users,
      lists.map((list) => list.map(tinyItem)),
      [1],
      traits,
      numItems,
    )
  const both = judgementOf([[20], [60]])
  const one = judgementOf([[20], [70]])
  const resamples = resampleUsers(2, 100, 1)
  expect(differences(both, one, resamples)['hitRate@1']).toMatchObject({ mean: 0.5, low: 0, high: 1 })
  expect(differences(one, both, resamples)['hitRate@1']!.mean).toBe(-0.5)
})

describe('with a ranker', () => {
  /** One tree that is a leaf: it changes no order, but it is there. */
  const ranker = {
    ...{ pool: 5, minRatings: 1, scale: 1, roots: Int32Array.of(0), features: Int16Array.of(-1) },
    ...{ thresholds: Float32Array.of(0), left: Int32Array.of(0), values: Float32Array.of(1) },
  }

  test('the blend without it has a row too', () => {
    const names = (by: typeof model) => rankers(by, TINY_CONFIG, null).map(([name]) => name)
    expect(names({ ...model, ranker }).slice(0, 3)).toEqual([SERVED, 'blend', 'als'])
    expect(names(model)).not.toContain('blend')
  })

  test('a list of candidates is what they are ranked as where nothing else may be recommended', () => {
    const user = userWho([10], [30])
    const candidates = new Set([20, 30, 50, 70].map(tinyItem))
    const [, served] = rankers({ ...model, ranker }, TINY_CONFIG, null)[0]!
    const only = [...candidates].map((item) => model.catalog.movieIds[item]!)
    const { blended } = rank(user.history, { only }, 4, model)
    expect(Array.from(served({ ...user, candidates }, 4))).toEqual(blended.map(({ itemIndex }) => itemIndex))
  })
})
