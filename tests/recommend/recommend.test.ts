import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { historyOf } from '#core/history.ts'
import type { RecommendOptions } from '#core/schemas/api.ts'
import { SOURCES, type Source } from '#core/schemas/config.ts'
import { alone, blend, weightsFor } from '#recommend/blend.ts'
import { recommend } from '#recommend/index.ts'
import { TINY_BLEND, tinyItem, tinyModel } from '../helpers/tiny-model.ts'

const model = tinyModel()
const MOVIE_IDS = [...model.catalog.movieIds]
const GENRES = model.catalog.genreNames

const entry = fc.record({
  movieId: fc.constantFrom(...MOVIE_IDS),
  rating: fc.integer({ min: 1, max: 10 }).map((half) => half / 2),
  timestamp: fc.integer({ min: 0, max: 100 }),
})
const genres = fc.subarray(GENRES, { minLength: 1 })
const year = fc.integer({ min: 1985, max: 2020 })
const options: fc.Arbitrary<RecommendOptions> = fc.record(
  { genres, avoidGenres: genres, yearFrom: year, yearTo: year, exclude: fc.subarray(MOVIE_IDS) },
  { requiredKeys: [] },
)

test('whatever is asked: nothing seen or excluded, filters hold, no duplicates, k kept, scores finite and in order', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 12 }), options, fc.integer({ min: 1, max: 12 }), (entries, asked, k) => {
      const rows = entries.map(({ movieId, ...row }) => ({ ...row, itemIndex: tinyItem(movieId) }))
      const { blended, reasons } = recommend(historyOf(rows), asked, k, model)
      const items = blended.map(({ itemIndex }) => itemIndex)
      const scores = blended.map(({ score }) => score)

      expect(new Set(items).size).toBe(items.length)
      expect(items.length).toBeLessThanOrEqual(k)
      expect(reasons.every(({ text }) => text.length > 0)).toBe(true)
      expect(scores.every(Number.isFinite)).toBe(true)
      expect(scores).toEqual(scores.toSorted((a, b) => b - a))
      for (const item of items) {
        const found = model.catalog.genres(item)
        expect(rows.some(({ itemIndex }) => itemIndex === item)).toBe(false)
        expect(asked.exclude ?? []).not.toContain(model.catalog.movieIds[item])
        if (asked.genres) expect(found.some((genre) => asked.genres!.includes(genre))).toBe(true)
        if (asked.avoidGenres) expect(found.some((genre) => asked.avoidGenres!.includes(genre))).toBe(false)
        if (asked.yearFrom) expect(model.catalog.years[item]).toBeGreaterThanOrEqual(asked.yearFrom)
        if (asked.yearTo) expect(model.catalog.years[item]).toBeLessThanOrEqual(asked.yearTo)
      }
    }),
  )
})

test('the same history gives the same answer', () => {
  const history = historyOf([{ itemIndex: 0, rating: 5, timestamp: 1 }])
  expect(recommend(history, {}, 5, model)).toEqual(recommend(history, {}, 5, model))
})

test('of two tastes the newer like weighs more', () => {
  const liked = (movieId: number, timestamp: number) => ({ itemIndex: tinyItem(movieId), rating: 5, timestamp })
  const first = (source: Source, movies: ReturnType<typeof liked>[]) =>
    recommend(historyOf(movies), { weights: alone(source) }, 1, model).blended[0]!.itemIndex
  expect(first('cf', [liked(10, 1), liked(50, 2)])).toBe(tinyItem(60))
  expect(first('cf', [liked(50, 1), liked(10, 2)])).toBe(tinyItem(20))
  // both say 0.3 and 0.2 for the others of their taste; a likes apart the older one says 0.3·2^(−1/5) = 0.26
  expect(first('neighbours', [liked(40, 1), liked(80, 2)])).toBe(tinyItem(10))
})

test('the weights of a blend are those of the last row that asks for no more likes', () => {
  expect(weightsFor(TINY_BLEND, 0)).toBe(TINY_BLEND[0]!.weights)
  expect(weightsFor(TINY_BLEND, 1)).toBe(TINY_BLEND[1]!.weights)
  expect(weightsFor(TINY_BLEND, 99)).toBe(TINY_BLEND[1]!.weights)
})

describe('neighbours', () => {
  const liked = (...movieIds: number[]) =>
    historyOf(movieIds.map((movieId, at) => ({ itemIndex: tinyItem(movieId), rating: 5, timestamp: at })))
  const shareOf = (movieId: number, found: ReturnType<typeof recommend>) =>
    found.blended.find(({ itemIndex }) => itemIndex === tinyItem(movieId))!.shares.neighbours

  test('what carried a movie is named, the strongest first', () => {
    // 40 newest: 0.3; 20: 0.9·2^(−1/5) = 0.78; 10: 1·2^(−2/5) = 0.76
    const { rung, reasons } = recommend(liked(10, 20, 40), { weights: alone('neighbours') }, 1, model)
    expect(rung).toBe('personalized')
    expect(reasons[0]).toMatchObject({ kind: 'liked', because: [{ movieId: 20 }, { movieId: 10 }] })
  })

  test('speak against a movie, never more loudly than their weight', () => {
    const weights = { ...alone('neighbours'), popularity: 1 }
    const all = recommend(liked(10), { weights }, 20, model)
    expect(shareOf(50, all)).toBeCloseTo(-0.5, 2)
    // of the weepies none but 50 has a score: it is the one farthest from 0
    const weepies = recommend(liked(10), { weights, genres: ['Romance'] }, 20, model)
    expect(shareOf(50, weepies)).toBe(-1)
    expect(weepies.blended.map(({ itemIndex }) => itemIndex)).toEqual([60, 80, 50].map(tinyItem))
  })

  test('take no part where no liked movie has any', () => {
    const { rung, taste } = recommend(liked(90), { weights: alone('neighbours') }, 1, model)
    expect(taste.likesWithNeighbours).toHaveLength(0)
    expect(rung).toBe('popularity')
  })
})

describe('next', () => {
  const rated = (...entries: [movieId: number, rating: number][]) =>
    historyOf(entries.map(([movieId, rating], at) => ({ itemIndex: tinyItem(movieId), rating, timestamp: at })))
  const ask = (history: ReturnType<typeof rated>, weights = alone('next')) => recommend(history, { weights }, 2, model)

  test('what comes after the last movies is first, the order of the history counts', () => {
    // after 60, the last one, 70 by 0.5; after 20, one before it, 30 by 0.5·2⁻¹
    const { blended, rung } = ask(rated([20, 5], [60, 5]))
    expect(rung).toBe('personalized')
    expect(blended.map(({ itemIndex }) => itemIndex)).toEqual([70, 30].map(tinyItem))
    expect(blended[1]!.score).toBeCloseTo(0.5, 6)
    expect(ask(rated([60, 5], [20, 5])).blended[0]!.itemIndex).toBe(tinyItem(30))
  })

  test('what was liked more counts more', () => {
    // 60 is last, with 1 star: 0.5 · 1; 20 before it with 5: 0.5 · 5 · 2⁻¹
    const { blended } = ask(rated([20, 5], [60, 1]))
    expect(blended.map(({ itemIndex }) => itemIndex)).toEqual([30, 70].map(tinyItem))
    expect(blended[1]!.score).toBeCloseTo(0.4, 6)
  })

  test('a movie that was seen but not liked counts too, and is not said to be liked', () => {
    const { blended, reasons, taste } = ask(rated([60, 1]))
    expect(taste.likes).toHaveLength(0)
    expect(blended[0]!.itemIndex).toBe(tinyItem(70))
    expect(reasons[0]).toEqual({
      kind: 'next',
      text: 'Often next after Letters in July.',
      because: [{ movieId: 60, title: 'Letters in July' }],
    })
  })

  test('takes no part where nothing that it looks back at speaks', () => {
    // 60 is three back: out of sight
    const { rung, taste } = ask(rated([60, 5], [90, 5], [100, 5]))
    expect(taste.lastRated).toHaveLength(0)
    expect(rung).toBe('popularity')
    expect(recommend(rated([60, 5]), {}, 1, { ...model, next: [] }).taste.lastRated).toHaveLength(0)
  })
})

test('a score is the sum of its shares, each within its weight, whatever the sources say', () => {
  const scores = fc.float32Array({ minLength: 6, maxLength: 6, noNaN: true, noDefaultInfinity: true, min: -9, max: 9 })
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  const sourcesOf = fc.record({ cf: scores, next: scores, neighbours: scores, content: scores, popularity: scores })
  const weightsOf = fc.record({ cf: share, next: share, neighbours: share, content: share, popularity: share })
  fc.assert(
    fc.property(
      sourcesOf,
      weightsOf,
      fc.uint8Array({ minLength: 6, maxLength: 6, max: 1 }),
      (sources, weights, blocked) => {
        for (const { score, shares } of blend(sources, weights, blocked, 6)) {
          const found = SOURCES.map((source) => shares[source])
          expect(found.reduce((sum, value) => sum + value, 0)).toBeCloseTo(score, 9)
          for (const source of SOURCES) expect(Math.abs(shares[source])).toBeLessThanOrEqual(weights[source] + 1e-12)
        }
      },
    ),
  )
})

test('reasons speak Vietnamese where they are asked to, and say the same', () => {
  const likes = historyOf([10, 20].map((id, at) => ({ itemIndex: tinyItem(id), rating: 5, timestamp: at })))
  const ask = (locale?: 'en' | 'vi') =>
    recommend(likes, { weights: alone('neighbours'), ...(locale && { locale }) }, 1, model)
  const [vietnamese] = ask('vi').reasons
  expect(vietnamese!.text).toBe('Vì bạn thích Star Harbour và Star Harbour.')
  expect({ ...vietnamese, text: '' }).toEqual({ ...ask().reasons[0]!, text: '' })
})
