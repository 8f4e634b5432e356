import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { historyOf } from '#core/history.ts'
import { SOURCES } from '#core/schemas/config.ts'
import { alone, normalizersOf } from '#recommend/blend.ts'
import { contributionsTo } from '#recommend/contributions.ts'
import { recommend } from '#recommend/index.ts'
import { retrieve, tasteOf } from '#recommend/retrieve.ts'
import { whatIf } from '#recommend/what-if.ts'
import { tinyItem, tinyModel } from '../helpers/tiny-model.ts'

const model = tinyModel()
const MOVIE_IDS = [...model.catalog.movieIds]
const rated = (...rows: [movieId: number, rating: number][]) =>
  historyOf(rows.map(([movieId, rating], at) => ({ itemIndex: tinyItem(movieId), rating, timestamp: at })))
const row = fc
  .tuple(fc.constantFrom(...MOVIE_IDS), fc.integer({ min: 1, max: 10 }))
  .map(([movieId, half]): [number, number] => [movieId, half / 2])
const histories = fc.array(row, { maxLength: 6 }).map((rows) => rated(...rows))

describe('a like that is added', () => {
  const { moved, blended } = whatIf(rated([10, 5]), rated([10, 5], [60, 5]), {}, 3, model)
  const move = (movieId: number) => moved.find(({ itemIndex }) => itemIndex === tinyItem(movieId))!

  test('brings its kind in, and says so', () => {
    expect(MOVIE_IDS[blended[0]!.itemIndex]).toBe(70)
    expect(move(70)).toMatchObject({ kind: 'entered', after: { rank: 1 } })
    expect(move(70).because.map(({ itemIndex }) => MOVIE_IDS[itemIndex])).toEqual([60])
    expect(move(70).because[0]!.effect).toBeGreaterThan(0.5)
  })

  test('moves others down, with the rank that they have now', () => {
    const down = move(20)
    expect(down.before!.rank).toBe(1)
    expect(down.after!.rank).toBeGreaterThan(1)
    expect(down.after!.score).toBeLessThan(down.before!.score)
  })
})

test('a movie that is seen now left, one that was seen may enter, and neither needs a cause', () => {
  // 10 leaves the history and is its own kind’s most popular; 20 comes into it
  const { moved } = whatIf(rated([10, 5]), rated([20, 5]), {}, 9, model)
  const of = (movieId: number) => moved.find(({ itemIndex }) => itemIndex === tinyItem(movieId))
  expect(of(20)).toMatchObject({ kind: 'left', after: null, because: [] })
  expect(of(10)).toMatchObject({ kind: 'entered', before: null, because: [] })
})

test('stars that are changed to a dislike take the like’s part away', () => {
  const { moved, after } = whatIf(rated([50, 5], [10, 5]), rated([50, 5], [10, 1]), { weights: alone('cf') }, 6, model)
  expect(after.taste.likes).toHaveLength(1)
  const down = moved.find(({ itemIndex }) => itemIndex === tinyItem(20))!
  expect(down).toMatchObject({ kind: 'down', because: [{ itemIndex: tinyItem(10) }] })
  expect(down.because[0]!.effect).toBeCloseTo(down.after!.score - down.before!.score, 2)
})

describe('whatever changes', () => {
  test('the list is the one that the new history gets, and every place is that of the whole list', () => {
    fc.assert(
      fc.property(histories, histories, fc.integer({ min: 1, max: 10 }), (before, after, k) => {
        const { blended, reasons, moved } = whatIf(before, after, {}, k, model)
        const plain = recommend(after, {}, k, model)
        expect(blended).toEqual(plain.blended)
        expect(reasons).toEqual(plain.reasons)
        const places = (history: typeof before) =>
          new Map(recommend(history, {}, 10, model).blended.map(({ itemIndex }, at) => [itemIndex, at + 1]))
        const [earlier, later] = [places(before), places(after)]
        for (const move of moved) {
          expect(move.before?.rank).toBe(earlier.get(move.itemIndex))
          expect(move.after?.rank).toBe(later.get(move.itemIndex))
          const wasListed = (move.before?.rank ?? 11) <= k
          const isListed = (move.after?.rank ?? 11) <= k
          expect(wasListed || isListed).toBe(true)
          expect(move.kind === 'entered').toBe(!wasListed)
          expect(move.kind === 'left').toBe(!isListed)
        }
        // who is in either list and is not named stands where it stood
        for (const [item, rank] of later)
          if (rank <= k && !moved.some(({ itemIndex }) => itemIndex === item)) expect(earlier.get(item)).toBe(rank)
      }),
    )
  })

  test('nothing changed, nothing moves', () => {
    fc.assert(
      fc.property(histories, (history) => {
        expect(whatIf(history, history, {}, 5, model).moved).toEqual([])
      }),
    )
  })

  test('what each movie of a history gave to a score is all of it but popularity', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const taste = tasteOf(history, model)
        const weights = { cf: 0.4, next: 0.2, neighbours: 0.2, content: 0.3, popularity: 0.1 }
        const sources = retrieve(taste, model)
        const normalizers = normalizersOf(sources, new Uint8Array(MOVIE_IDS.length))
        const givenTo = contributionsTo(
          Int32Array.from(MOVIE_IDS.keys()),
          { taste, sources, normalizers, weights },
          model,
        )
        for (const [item, given] of givenTo.entries()) {
          const shares = SOURCES.filter((source) => source !== 'popularity').map(
            (source) => weights[source] * normalizers[source] * (sources[source]?.[item] ?? 0),
          )
          const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
          // the scan rounds the viewer's factors to 16 bits
          expect(sum([...given.values()])).toBeCloseTo(sum(shares), 3)
        }
      }),
    )
  })
})
