import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { historyOf } from '#core/history.ts'
import { contentCosine, contentScores } from '#core/scoring/content-scores.ts'
import type { Blended } from '#recommend/blend.ts'
import { diversify, intraListDiversity, poolSize, similarityOf } from '#recommend/diversify.ts'
import { rank, recommend } from '#recommend/index.ts'
import { tinyItem, tinyModel } from '../helpers/tiny-model.ts'

const model = tinyModel()
const shares = { cf: 0, next: 0, neighbours: 0, content: 0, popularity: 0 }
const poolOf = (...movies: [movieId: number, score: number][]): Blended[] =>
  movies.map(([movieId, score]) => ({ itemIndex: tinyItem(movieId), score, shares }))
const ids = (list: Blended[]) => list.map(({ itemIndex }) => model.catalog.movieIds[itemIndex])

describe('similarity', () => {
  const of = (a: number, b: number) => similarityOf(Int32Array.of(tinyItem(a), tinyItem(b)), model)(0, 1)

  test('is the cosine of the factors: 1 within a taste, 0 between them', () => {
    expect(of(10, 20)).toBeCloseTo(1, 6)
    expect(of(10, 50)).toBeCloseTo(0, 6)
  })

  test('is the cosine of the texts where one movie has no factors', () => {
    // 90 has the term space alone, 30 has love and space: 1/√2; 100 has none. Weights are rounded to 1/255
    expect(of(90, 10)).toBeCloseTo(1, 2)
    expect(of(90, 30)).toBeCloseTo(Math.SQRT1_2, 2)
    expect(of(90, 100)).toBe(0)
  })

  test('of texts is what content scores of one movie are', () => {
    for (const a of model.catalog.movieIds.keys()) {
      const scores = contentScores(model.content, [a])
      for (const b of model.catalog.movieIds.keys())
        expect(contentCosine(model.content, a, b)).toBeCloseTo(scores[b]!, 2)
    }
  })
})

test('of four movies in two tastes a half of diversity takes one of each first', () => {
  // after 10: 20 has 0.5·0.9 − 0.5·1 = −0.05, 30 has 0.5·0.8 − 0.5 = −0.1, 50 has 0.5·0.6 − 0 = 0.3; then 20, closest 1
  const pool = poolOf([10, 1], [20, 0.9], [30, 0.8], [50, 0.6])
  const { list, price } = diversify(pool, 3, 0.5, model)
  expect(ids(list)).toEqual([10, 50, 20])
  // 1 + 0.9 + 0.8 = 2.7 without, 1 + 0.6 + 0.9 = 2.5 with; all alike without, one pair of three with
  expect(price.relevanceGivenUp).toBeCloseTo(0.2 / 2.7, 12)
  expect(price.intraListDiversity.before).toBeCloseTo(0, 6)
  expect(price.intraListDiversity.after).toBeCloseTo(2 / 3, 6)
})

test('diversity alone opens with the best movie, and equal ones keep the pool’s order', () => {
  const pool = poolOf([10, 1], [20, 0.9], [50, 0.8], [60, 0.7])
  expect(ids(diversify(pool, 4, 1, model).list)).toEqual([10, 50, 20, 60])
})

test('a list of scores that are not above 0 gives nothing up', () => {
  const { list, price } = diversify(poolOf([10, -0.1], [20, -0.2], [50, -0.3]), 2, 0.9, model)
  expect(ids(list)).toEqual([10, 50])
  expect(price.relevanceGivenUp).toBe(0)
})

describe('whatever the pool', () => {
  const movies = fc.uniqueArray(fc.constantFrom(...model.catalog.movieIds), { minLength: 1 })
  const scores = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 10, maxLength: 10 })
  const pools = fc
    .tuple(movies, scores)
    .map(([movieIds, found]) =>
      poolOf(...movieIds.map((movieId, at): [number, number] => [movieId, found[at]!])).sort(
        (a, b) => b.score - a.score,
      ),
    )
  const wanted = fc.integer({ min: 1, max: 12 })
  const share = fc.double({ min: 0, max: 1, noNaN: true })

  test('0 leaves the first k as they are', () => {
    fc.assert(
      fc.property(pools, wanted, (pool, k) => {
        const { list, price } = diversify(pool, k, 0, model)
        expect(list).toEqual(pool.slice(0, k))
        expect(price.relevanceGivenUp).toBe(0)
        expect(price.intraListDiversity.after).toBe(price.intraListDiversity.before)
      }),
    )
  })

  test('the list is of the pool, without repeats, as long as it can be, the best first, and costs nothing below 0', () => {
    fc.assert(
      fc.property(pools, wanted, share, (pool, k, diversity) => {
        const { list, price } = diversify(pool, k, diversity, model)
        expect(list).toHaveLength(Math.min(k, pool.length))
        expect(new Set(list).size).toBe(list.length)
        expect(list.every((entry) => pool.includes(entry))).toBe(true)
        expect(list[0]).toBe(pool[0])
        expect(price.relevanceGivenUp).toBeGreaterThanOrEqual(-1e-12)
      }),
    )
  })

  test('each choice has the largest gain of what was left, as a slow twin says', () => {
    fc.assert(
      fc.property(pools, wanted, share, (pool, k, diversity) => {
        const { list } = diversify(pool, k, diversity, model)
        const similarity = similarityOf(
          Int32Array.from(pool, ({ itemIndex }) => itemIndex),
          model,
        )
        const farthest = Math.max(...pool.map(({ score }) => Math.abs(score))) || 1
        const gain = (place: number, chosen: number[]) =>
          (1 - diversity) * (pool[place]!.score / farthest) -
          diversity * Math.max(...chosen.map((other) => similarity(place, other)))
        const places = list.map((entry) => pool.indexOf(entry))
        for (let at = 1; at < places.length; at++) {
          const chosen = places.slice(0, at)
          const left = [...pool.keys()].filter((place) => !chosen.includes(place))
          const gains = left.map((place) => gain(place, chosen))
          expect(gain(places[at]!, chosen)).toBeCloseTo(Math.max(...gains), 9)
        }
      }),
    )
  })
})

describe('a request', () => {
  const history = historyOf([{ itemIndex: tinyItem(10), rating: 5, timestamp: 1 }])

  test('without diversity has no receipt, and with 0 it is the same answer', () => {
    const plain = recommend(history, {}, 3, model)
    expect(plain.diversity).toBeNull()
    expect(recommend(history, { diversity: 0 }, 3, model)).toEqual(plain)
  })

  test('with diversity says what it cost, and every movie keeps its score and reason', () => {
    const plain = recommend(history, {}, 9, model)
    const { blended, diversity, reasons } = recommend(history, { diversity: 0.7 }, 3, model)
    expect(diversity).toMatchObject({ asked: 0.7 })
    expect(diversity!.intraListDiversity.after).toBeGreaterThan(diversity!.intraListDiversity.before)
    for (const [position, entry] of blended.entries()) {
      const place = plain.blended.findIndex(({ itemIndex }) => itemIndex === entry.itemIndex)
      expect(entry).toEqual(plain.blended[place])
      expect(reasons[position]).toEqual(plain.reasons[place])
    }
  })

  test('chooses from a pool that is larger than the list', () => {
    expect(poolSize(20, 0)).toBe(20)
    expect(poolSize(20, 0.1)).toBe(100)
    expect(rank(history, { diversity: 1, genres: ['Sci-Fi'] }, 20, model).blended).toHaveLength(4)
  })
})

test('a list of fewer than two has no diversity', () => {
  expect(intraListDiversity(0, () => 1)).toBe(0)
  expect(intraListDiversity(1, () => 1)).toBe(0)
  // a cosine above 1 is one that was rounded
  expect(intraListDiversity(2, () => 1 + 2 ** -52)).toBe(0)
})
