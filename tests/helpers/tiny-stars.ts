import type { RatingModel } from '#core/scoring/fold-in-ratings.ts'

/**
 * Stars of the ten movies of tiny-model.ts, small enough to work out by hand: everybody gives 3, and 0.5 more to the
 * movies that somebody has rated; p, the one factor, is liking space films (1) over weepies (−1). The new movies are as
 * everybody's, with a variance of 1. Bias and p of a viewer have the prior N(0, 1), as has every other factor; noise is
 * one star for all.
 */
export function tinyStars(): RatingModel<Float32Array> {
  const numItems = 10
  const size = 8
  const items = new Float32Array(numItems * size)
  for (let item = 0; item < numItems; item++) {
    const taste = item < 4 ? 1 : item < 8 ? -1 : 0
    items.set([taste === 0 ? 0 : 0.5, 1, taste], item * size)
  }
  const userPrecision = new Float32Array(size * size)
  for (let k = 1; k < size; k++) userPrecision[k * size + k] = 1
  return {
    size,
    mean: 3,
    lowest: 0.5,
    highest: 5,
    items,
    itemUnits: new Float32Array(numItems).fill(1),
    itemTraces: new Float32Array(numItems * size),
    traceUnits: new Float32Array(numItems).fill(1),
    itemScales: new Float32Array(numItems).fill(1),
    itemVariances: Float32Array.from({ length: numItems }, (_, item) => (item < 8 ? 0 : 1)),
    noisePrecision: 1,
    scaleShape: 0,
    userMean: Float32Array.from({ length: size }, (_, k) => (k === 0 ? 1 : 0)),
    userPrecision,
  }
}
