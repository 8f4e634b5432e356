import { expect, test } from 'vitest'
import { RANKER_FEATURES, type RankerFeature, type RankerModel, rankerMargins } from '#core/scoring/ranker.ts'

/** A movie of which only these are not 0. */
function movie(known: Partial<Record<RankerFeature, number>>): number[] {
  return RANKER_FEATURES.map((feature) => known[feature] ?? 0)
}

/** Two trees: one asks for the place and then for the cosine, the other is a leaf. */
const TWO_TREES: RankerModel = {
  ...{ pool: 10, minRatings: 1, scale: 2 },
  features: Int16Array.of(place('blendedPlace'), -1, place('cosineToLast'), -1, -1, -1),
  thresholds: Float32Array.of(1, 0, 0.5, 0, 0, 0),
  left: Int32Array.of(1, 0, 3, 0, 0, 0),
  values: Float32Array.of(0, 0.25, 0, -1, 4, 0.125),
  roots: Int32Array.of(0, 5),
}

function place(feature: RankerFeature): number {
  return RANKER_FEATURES.indexOf(feature)
}

test('a margin is the blended part times the scale, and what the leaf of every tree says', () => {
  const features = Float32Array.from([
    // place 1 is at the threshold: left, 0.25; 2 · 0.5 + 0.25 + 0.125
    ...movie({ blendedPart: 0.5, blendedPlace: 1 }),
    // behind it, and not like the last movie: −1
    ...movie({ blendedPart: 0.25, blendedPlace: 2, cosineToLast: 0.5 }),
    // behind it, and like it: 4
    ...movie({ blendedPlace: 2, cosineToLast: 0.75 }),
  ])
  expect(Array.from(rankerMargins(TWO_TREES, features))).toEqual([1.375, 0.5 - 1 + 0.125, 4.125])
})

test('nothing asked, nothing said', () => {
  expect(rankerMargins(TWO_TREES, new Float32Array(0))).toHaveLength(0)
})
