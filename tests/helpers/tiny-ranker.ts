import type { RankerCard } from '#core/schemas/manifest.ts'
import { RANKER_FEATURES, type RankerModel } from '#core/scoring/ranker.ts'

/** The blended list upside down: what a movie is worth is its place, counted by a tree a place. */
export function upsideDown(pool: number): RankerModel {
  const place = RANKER_FEATURES.indexOf('blendedPlace')
  const trees = Array.from({ length: pool }, (_, tree) => tree)
  // each asks whether the movie stands behind its place: a leaf of 0 on the left, of 1 on the right
  return {
    ...{ pool, minRatings: 1, scale: 0 },
    roots: Int32Array.from(trees, (tree) => 3 * tree),
    features: Int16Array.from(trees.flatMap(() => [place, -1, -1])),
    thresholds: Float32Array.from(trees.flatMap((tree) => [tree + 0.5, 0, 0])),
    left: Int32Array.from(trees.flatMap((tree) => [3 * tree + 1, 0, 0])),
    values: Float32Array.from(trees.flatMap(() => [0, 0, 1])),
  }
}

/** Of a model that ships it. */
export const TINY_RANKER_CARD: RankerCard = {
  ...{ shipped: true, pool: 4, minRatings: 1, trees: 4, users: 100, folds: 5 },
  ...{ 'ndcg@10': { mean: 0.02, low: 0.01, high: 0.03 }, gains: { blendedPlace: 1 } },
}
