import type { RatingNetworkCard } from '#core/schemas/manifest.ts'
import { placementColumns } from '#core/scoring/movie-features.ts'
import type { TrainedStarNetwork } from '../../build/nouns.ts'

const [ITEMS, WIDTH] = [10, 8]

/** As it stands in a model card. */
export const TINY_NETWORK_CARD: RatingNetworkCard = {
  shipped: true,
  known: {
    ...{ shipped: true, share: 0.5, users: 40, ratings: 400, rmse: { linear: 0.9, network: 0.92, mixed: 0.88 } },
    difference: { mean: -0.02, low: -0.03, high: -0.01 },
  },
  told: null,
  epochs: 3,
}

/** Numbers that go into the layer, by where they start. */
export const INPUTS = { is: 0, attended: WIDTH, pooled: 2 * WIDTH, product: 3 * WIDTH, scalars: 4 * WIDTH }

/**
 * A network for the ten movies of tiny-model.ts, small enough to work out by hand: nobody has rated any, so the usual stars
 * are 3; its one layer adds `above` stars and what `weights` says of its inputs, by their numbers. Keys and what is asked are
 * zeros, so a history of n ratings is attended to by 1 / (n + 1) each. All say 1, and a star above the usual adds 2.
 */
export function tinyRatingNetwork(above = 1, weights: Record<number, number> = {}): TrainedStarNetwork {
  const size = 5 * WIDTH
  const items = new Float32Array(ITEMS * size)
  for (let item = 0; item < ITEMS; item++) {
    items[item * size + WIDTH] = 0.5
    items[item * size + 3 * WIDTH] = 1
    items[item * size + 4 * WIDTH] = 2
  }
  const layer = { inputs: 4 * WIDTH + 8, outputs: 16, weights: new Float32Array(40 * 16), bias: new Float32Array(16) }
  layer.bias[0] = above
  for (const [input, weight] of Object.entries(weights)) layer.weights[Number(input) * 16] = weight
  const [genres, buckets] = [['Drama'], 8]
  const numRows = placementColumns(2).numColumns + genres.length + buckets
  const rows = new Float32Array(numRows * 2 * WIDTH)
  // what a drama is is 0.25; all people have a row alike
  rows[placementColumns(2).numColumns * 2 * WIDTH + WIDTH] = 0.25
  for (let bucket = 0; bucket < buckets; bucket++) rows[(numRows - buckets + bucket) * 2 * WIDTH + WIDTH + 1] = 1
  return {
    ...{ width: WIDTH, heads: 1, poolDamping: 1, items, itemUnits: new Float32Array(ITEMS).fill(1), layers: [layer] },
    usual: {
      ...{ mean: 3, variance: 1, counts: new Float32Array(ITEMS) },
      ...{ sums: new Float32Array(ITEMS), squares: new Float32Array(ITEMS) },
    },
    shares: { known: 0.5, told: 0.5 },
    told: { genres, buckets, rows },
  }
}
