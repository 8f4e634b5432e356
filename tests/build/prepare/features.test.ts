import { expect, test } from 'vitest'
import { type Catalog, type Interactions, PART } from '../../../build/nouns.ts'
import { movieFeatures, userFeatures, zRatings } from '../../../build/prepare/features.ts'
import { ratingHistogram } from '../../../build/prepare/statistics.ts'

const DAY = 86_400
const { historyOnly, train, validation, test: tested, foldIn } = PART

const catalog = {
  movieIds: Int32Array.of(10, 20, 30),
  genres: [['Drama', 'Comedy'], ['Drama'], ['Action']],
} as unknown as Catalog

/** User 0 has 3 train ratings on 2 days, and others; user 1 is held out; user 2 has nothing known. */
const interactions: Interactions = {
  userIds: Int32Array.of(5, 6, 7),
  indptr: Uint32Array.of(0, 5, 8, 9),
  itemIndices: Int32Array.of(0, 1, 2, 2, 0, 0, 1, 2, 1),
  ratings: Float32Array.of(4, 2, 3, 5, 1, 4, 4, 1, 5),
  timestamps: Uint32Array.of(100, 200, DAY, 2 * DAY, 3 * DAY, 0, DAY, 2 * DAY, 4 * DAY),
  parts: Uint8Array.of(train, train, train, validation, tested, foldIn, foldIn, tested, historyOnly),
}

test('a user is described by train ratings alone', () => {
  const features = userFeatures(interactions, catalog)
  // 4, 2, 3: mean 3, squares 1 + 1 + 0, by 3
  expect(features.ratings[0]).toBe(3)
  expect(features.meanRating[0]).toBe(3)
  expect(features.stdRating[0]).toBeCloseTo(Math.sqrt(2 / 3), 6)
  expect(features.ratingRange[0]).toBe(2)
  expect(features.ratingsPerActiveDay[0]).toBe(1.5) // days 0, 0 and 1
  expect(features.daysSinceLast[0]).toBe(3) // from day 1 to the newest of all data, day 4
  expect(features.topGenres[0]).toEqual(['Drama', 'Action', 'Comedy']) // 2, then 1 each by name
})

test('a held-out user is described by what he tells, and one of whom nothing is known by NaN', () => {
  const features = userFeatures(interactions, catalog)
  expect([features.ratings[1], features.meanRating[1], features.stdRating[1]]).toEqual([2, 4, 0])
  expect([features.ratings[2], features.meanRating[2], features.daysSinceLast[2]]).toEqual([0, Number.NaN, Number.NaN])
  expect(features.topGenres[2]).toEqual([])
})

test('a movie is described by train ratings alone, not by what held-out users tell', () => {
  const features = movieFeatures(interactions, 3)
  expect([...features.ratings]).toEqual([1, 1, 1])
  expect([...features.meanRating]).toEqual([4, 2, 3])
  expect(features.logPopularity[0]).toBeCloseTo(Math.log(2), 6)
  // the median time of train is 200: only the rating of movie 2 is recent
  expect([...features.volumeTrend]).toEqual([Math.log(1 / 2), Math.log(1 / 2), Math.log(2)].map(Math.fround))
  expect([...features.ratingTrend]).toEqual([Number.NaN, Number.NaN, Number.NaN])
})

test('a movie that was liked more of late has a rating trend above 0', () => {
  const features = movieFeatures(
    {
      ...{ userIds: Int32Array.of(1), indptr: Uint32Array.of(0, 4) },
      itemIndices: Int32Array.of(0, 0, 0, 0),
      ratings: Float32Array.of(2, 3, 4, 5),
      timestamps: Uint32Array.of(1, 2, 3, 4),
      parts: new Uint8Array(4).fill(train),
    },
    2,
  )
  expect(features.ratingTrend[0]).toBe(2) // 4.5 − 2.5
  expect(features.volumeTrend[0]).toBe(0)
  expect([features.ratings[1], features.meanRating[1], features.volumeTrend[1]]).toEqual([0, Number.NaN, Number.NaN])
})

test('data without times has no trend', () => {
  const features = movieFeatures({ ...interactions, timestamps: new Uint32Array(9) }, 3)
  expect([...features.volumeTrend]).toEqual([Number.NaN, Number.NaN, Number.NaN])
})

test('z: deviations from what is known of the user, in his own spread', () => {
  const users = userFeatures(interactions, catalog)
  const z = zRatings(interactions.ratings, Int32Array.of(0, 0, 0, 0, 0, 1, 1, 1, 2), users)
  const std = Math.sqrt(2 / 3)
  expect(z[0]).toBeCloseTo(1 / std, 5)
  expect(z[4]).toBeCloseTo(-2 / std, 5)
  expect([z[5], z[7], z[8]]).toEqual([0, -3, Number.NaN]) // no spread: plain stars; nothing known
})

test('the histogram has each rating once, as it was written', () => {
  expect(ratingHistogram(Float32Array.of(3.7, 5, 3.7, 0.5))).toEqual([
    { rating: 0.5, ratings: 1 },
    { rating: 3.7, ratings: 2 },
    { rating: 5, ratings: 1 },
  ])
})

test('a scale without steps is told in twenty bins', () => {
  const histogram = ratingHistogram(Float32Array.from({ length: 1001 }, (_, at) => at / 10))
  expect(histogram).toHaveLength(20)
  expect(histogram[1]).toEqual({ rating: 5, ratings: 50 })
  expect(histogram.reduce((sum, { ratings }) => sum + ratings, 0)).toBe(1001)
})
