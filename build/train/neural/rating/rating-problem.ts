import type { RatingNetwork } from '#core/scoring/rating-network.ts'
import type { Ratings } from '../../stars/ratings.ts'

/** What the network learns from. */
export interface RatingProblem {
  /** users × items, at least one */
  ratings: Ratings
  numItems: number
  told: Told
}

/** What is told of the items, whether rated or not. */
export interface Told {
  /** numItems × width, row-major; width is a multiple of ROWS_TOGETHER */
  features: { width: number; rows: Float32Array }
  /** of each item a list of buckets that its people fall in: `ends` of each one's in `buckets` */
  people: { ends: Uint32Array; buckets: Uint32Array; numBuckets: number }
}

export interface RatingNetworkOptions {
  /** of a block of an item's vector, a multiple of 8 · heads */
  width: number
  /** of the attention */
  heads: number
  /** outputs of the layers before the last one, multiples of 8 */
  hidden: readonly number[]
  /** ratings of a history that an example sees, drawn anew each time, a multiple of 8 */
  reach: number
  /** share of cross-entropy over the levels of stars in the loss */
  distribution: number
  /** share of the hidden numbers that fall out of a step */
  dropout: number
  /** share of the examples that are predicted by what is told of the movie alone, as one that nobody has rated is */
  idDropout: number
  /** of Adam's first step; falls in a straight line to a tenth of it in the last */
  learningRate: number
  /** share of the learning rate that a step takes off a weight; and off the row of a movie or a person */
  weightDecay: number
  rowDecay: number
}

/** Ratings of one user that are asked for at a time: places of his row, or items that are not in it. */
export interface Asked {
  user: number
  /** items, one for each number that is asked for */
  items: ArrayLike<number>
  /** of the same ratings in `problem.ratings`, where they are there; else null */
  places: ArrayLike<number> | null
}

/** What is learned. */
export interface RatingWeights {
  layers: RatingNetwork['layers']
  /** numItems × (RATING_BLOCKS · width), zeros for an item without ratings */
  embeddings: Float32Array
  /** features × (RATING_BLOCKS · width) */
  projection: Float32Array
  /** numBuckets × (RATING_BLOCKS · width) */
  people: Float32Array
}
