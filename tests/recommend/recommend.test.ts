import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historyOf } from '#core/history.ts'
import type { RecommendOptions } from '#core/schemas/api.ts'
import { weightsFor } from '#recommend/blend.ts'
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
  const cf = { cf: 1, content: 0, popularity: 0 }
  const first = (movies: ReturnType<typeof liked>[]) =>
    recommend(historyOf(movies), { weights: cf }, 1, model).blended[0]!.itemIndex
  expect(first([liked(10, 1), liked(50, 2)])).toBe(tinyItem(60))
  expect(first([liked(50, 1), liked(10, 2)])).toBe(tinyItem(20))
})

test('the weights of a blend are those of the last row that asks for no more likes', () => {
  expect(weightsFor(TINY_BLEND, 0)).toBe(TINY_BLEND[0]!.weights)
  expect(weightsFor(TINY_BLEND, 1)).toBe(TINY_BLEND[1]!.weights)
  expect(weightsFor(TINY_BLEND, 99)).toBe(TINY_BLEND[1]!.weights)
})
