import { expect, test } from 'vitest'
import type { RatingModel } from '#core/scoring/fold-in-ratings.ts'
import { ratingDrift } from '#core/scoring/rating-drift.ts'

/** Whoever rates whatever: 3 stars. */
const PLAIN: RatingModel = {
  size: 2,
  mean: 3,
  lowest: 1,
  highest: 5,
  items: Float32Array.of(0, 1, 0, 1),
  itemUnits: Float32Array.of(1, 1),
  itemTraces: new Float32Array(4),
  traceUnits: Float32Array.of(1, 1),
  itemVariances: Float32Array.of(0, 0),
  itemScales: Float32Array.of(1, 1),
  noisePrecision: 1,
  scaleShape: 20,
  userMean: Float32Array.of(1, 0),
  userPrecision: Float32Array.of(0, 0, 0, 1),
}
const OPTIONS = { spanSeconds: 100, damping: 1 }

test('a rating at this very moment, two stars above what is expected, damped by one: one star', () => {
  expect(ratingDrift(PLAIN, [1, 0], [0], [5], [1000], 1000, OPTIONS)).toBe(1)
})

test('a rating one span away counts 1/e, before or after', () => {
  // 2/e / (1 + 1/e) = 0.53788
  expect(ratingDrift(PLAIN, [1, 0], [0], [5], [900], 1000, OPTIONS)).toBeCloseTo(0.53788, 5)
  expect(ratingDrift(PLAIN, [1, 0], [0], [5], [1100], 1000, OPTIONS)).toBeCloseTo(0.53788, 5)
})

test('ratings of another day do not count', () => {
  expect(ratingDrift(PLAIN, [1, 0], [0, 1], [5, 1], [0, 10_000], 10_000, OPTIONS)).toBe(-1)
  expect(ratingDrift(PLAIN, [1, 0], [0], [5], [0], 1e9, OPTIONS)).toBe(0)
})

test('no history, no drift', () => {
  expect(ratingDrift(PLAIN, [1, 0], [], [], [], 1000, OPTIONS)).toBe(0)
})
