import { RATING_BLOCKS, RATING_SCALARS } from '../kernels/train/rating-network.ts'

/** Ratings of 0 that a movie's and a viewer's deviation are damped by. */
const DAMPING = { movie: 25, viewer: 10 }
/** Last ratings of a history that are attended to: twenty predictions take 0.2 ms with 50 of them, 0.3 ms with all. */
const MOST_RATINGS = 100

/** Sums over ratings of how far they are above something. */
export interface Deviations {
  count: number
  sum: number
  squares: number
}

/** What is known of stars before any network: the mean of all, and of each movie the ratings' distances from it. */
export interface UsualStars {
  mean: number
  /** of all ratings about their movies' deviations */
  variance: number
  /** one an item */
  counts: Float32Array
  sums: Float32Array
  squares: Float32Array
}

/** A network that predicts stars; kernels/train/rating-network.ts says what it computes. */
export interface RatingNetwork<Rows extends Float32Array | Int8Array = Float32Array | Int8Array> {
  /** of a block of an item's vector */
  width: number
  heads: number
  poolDamping: number
  usual: UsualStars
  /** numItems × (RATING_BLOCKS · width), in units of `itemUnits` */
  items: Rows
  /** one an item: what 1 stands for in its row of `items`; 1 each before quantization */
  itemUnits: Float32Array
  /** weights inputs × outputs, row-major */
  layers: { inputs: number; outputs: number; weights: Float32Array; bias: Float32Array }[]
}

/** A network that helps to predict stars. */
export interface StarNetwork<Rows extends Float32Array | Int8Array = Float32Array | Int8Array>
  extends RatingNetwork<Rows> {
  /** of the way from the other prediction to the network's: of movies that have ratings, and of those that are told of alone */
  shares: { known: number; told: number }
}

/** A history as the network sees it. */
export interface NetworkViewer {
  deviations: Deviations
  /** ratings that are attended to */
  count: number
  /** count × width */
  keys: Float32Array
  said: Float32Array
  /** Σ said / (count + damping) */
  pooled: Float32Array
}

/** Stars of a movie about the mean of all, damped; 0 for one that nobody rated. */
export function usualDeviation({ count, sum }: Deviations): number {
  return sum / (count + DAMPING.movie)
}

/** How far above the movies' deviations a viewer rates, damped. */
export function viewerDeviation({ count, sum }: Deviations): number {
  return sum / (count + DAMPING.viewer)
}

export function deviationsOf({ counts, sums, squares }: UsualStars, item: number): Deviations {
  return { count: counts[item]!, sum: sums[item]!, squares: squares[item]! }
}

/**
 * The scalars that go into the first layer: how high and how variously the viewer rates, how much is known of him; the same
 * of the movie, zeros for one that nobody rated.
 * @param movie null: by what is told of it alone
 * @param out RATING_SCALARS of it, from `start` on
 */
export function ratingScalars(
  viewer: Deviations,
  movie: Deviations | null,
  variance: number,
  out: Float32Array,
  start: number,
): void {
  out.fill(0, start, start + RATING_SCALARS)
  out[start] = viewerDeviation(viewer)
  out[start + 1] = spread(viewer, variance, DAMPING.viewer)
  out[start + 2] = Math.log1p(viewer.count) / 5
  if (movie === null) return
  out[start + 3] = usualDeviation(movie)
  out[start + 4] = spread(movie, variance, DAMPING.movie)
  out[start + 5] = Math.log1p(movie.count) / 8
  out[start + 6] = 1
}

/**
 * A viewer from a history alone. O(n · width) for n ratings.
 * @param itemIndices rated items, in the order of time; @param ratings stars of each
 */
export function networkViewer(
  { usual, items, itemUnits, width, poolDamping }: RatingNetwork,
  itemIndices: ArrayLike<number>,
  ratings: ArrayLike<number>,
): NetworkViewer {
  const count = Math.min(MOST_RATINGS, itemIndices.length)
  const before = itemIndices.length - count
  const deviations = { count: itemIndices.length, sum: 0, squares: 0 }
  const keys = new Float32Array(count * width)
  const said = new Float32Array(count * width)
  const pooled = new Float32Array(width)
  for (let place = 0; place < itemIndices.length; place++) {
    const item = itemIndices[place]!
    const stars = ratings[place]! - usual.mean - usualDeviation(deviationsOf(usual, item))
    deviations.sum += stars
    deviations.squares += stars * stars
    if (place < before) continue
    const row = item * RATING_BLOCKS * width
    const unit = itemUnits[item]!
    const at = (place - before) * width
    for (let k = 0; k < width; k++) {
      keys[at + k] = unit * items[row + 2 * width + k]!
      said[at + k] = unit * (items[row + 3 * width + k]! + stars * items[row + 4 * width + k]!)
      pooled[k]! += said[at + k]! / (count + poolDamping)
    }
  }
  return { deviations, count, keys, said, pooled }
}

/** What an item asks and is as a candidate: two blocks. */
export function candidateVector({ items, itemUnits, width }: RatingNetwork, item: number): Float32Array {
  const row = item * RATING_BLOCKS * width
  const unit = itemUnits[item]!
  const vector = new Float32Array(2 * width)
  for (let k = 0; k < vector.length; k++) vector[k] = unit * items[row + k]!
  return vector
}

/**
 * Stars that the viewer would give to a movie, not held to the scale. O(n · width + the layers' weights)
 * @param vector of the movie, as `candidateVector` gives it; @param movie its ratings; null where it is told of alone
 */
export function predictByNetwork(
  { width, heads, usual, layers }: RatingNetwork,
  viewer: NetworkViewer,
  vector: Float32Array,
  movie: Deviations | null,
): number {
  const input = new Float32Array(4 * width + RATING_SCALARS)
  input.set(vector.subarray(width, 2 * width))
  attend(viewer, vector, width, heads, input)
  for (let k = 0; k < width; k++) {
    input[2 * width + k] = viewer.pooled[k]!
    input[3 * width + k] = viewer.pooled[k]! * input[k]!
  }
  ratingScalars(viewer.deviations, movie, usual.variance, input, 4 * width)
  const base = usual.mean + viewerDeviation(viewer.deviations) + (movie ? usualDeviation(movie) : 0)
  return base + firstOutput(layers, input)
}

/** Of the deviations about their damped mean, less that of all. */
function spread({ count, sum, squares }: Deviations, variance: number, damping: number): number {
  const mean = sum / (count + damping)
  return Math.sqrt(Math.max(0, (squares + damping * variance) / (count + damping) - mean * mean)) - Math.sqrt(variance)
}

/** Σ softmax(asks · key) · said into the second block of the input; a silent key of score 0 stands beside those of the history. */
function attend(
  { count, keys, said }: NetworkViewer,
  asks: Float32Array,
  width: number,
  heads: number,
  input: Float32Array,
): void {
  const columns = width / heads
  const slope = 1 / Math.sqrt(columns)
  const shares = new Float64Array(count)
  for (let first = 0; first < width; first += columns) {
    let most = 0
    for (let at = 0; at < count; at++) {
      const row = at * width
      let score = 0
      for (let k = first; k < first + columns; k++) score += asks[k]! * keys[row + k]!
      shares[at] = slope * score
      if (slope * score > most) most = slope * score
    }
    let sum = Math.exp(-most)
    for (let at = 0; at < count; at++) {
      const share = Math.exp(shares[at]! - most)
      shares[at] = share
      sum += share
    }
    const sums = new Float64Array(columns)
    for (let at = 0; at < count; at++) {
      const row = at * width + first
      for (let k = 0; k < columns; k++) sums[k]! += shares[at]! * said[row + k]!
    }
    for (let k = 0; k < columns; k++) input[width + first + k] = sums[k]! / sum
  }
}

/** The stars alone: of the last layer nothing else is asked. */
function firstOutput(layers: RatingNetwork['layers'], input: ArrayLike<number>): number {
  let values = input
  for (const { outputs, weights, bias } of layers.slice(0, -1)) {
    const sums = Float64Array.from(bias)
    for (let row = 0; row < values.length; row++) {
      const value = values[row]!
      if (value === 0) continue
      const start = row * outputs
      for (let column = 0; column < outputs; column++) sums[column]! += value * weights[start + column]!
    }
    for (let column = 0; column < outputs; column++) if (sums[column]! < 0) sums[column] = 0
    values = sums
  }
  const { outputs, weights, bias } = layers.at(-1)!
  let sum = bias[0]!
  for (let row = 0; row < values.length; row++) sum += values[row]! * weights[row * outputs]!
  return sum
}
