import type { History } from '#core/history.ts'
import {
  foldInRatings,
  predictRating,
  type RatingModel,
  type RatingUser,
  ratingDeviation,
} from '#core/scoring/fold-in-ratings.ts'
import { ratingDrift } from '#core/scoring/rating-drift.ts'
import {
  candidateVector,
  deviationsOf,
  type NetworkViewer,
  networkViewer,
  predictByNetwork,
} from '#core/scoring/rating-network.ts'

/**
 * What is rated in one sitting is alike: this takes RMSE on the sample's validation part from 0.808 to 0.799, each
 * user's first rating there being the moment of the request; an hour and a day give 0.801 and 0.804.
 */
const SITTING = { spanSeconds: 600, damping: 10 }

/** One number an item, in the order in which they were asked for. */
export interface PredictedStars {
  /** within the lowest and the highest stars that there are */
  stars: Float32Array
  /** standard deviation of a rating about them, in stars */
  deviations: Float32Array
}

/**
 * Stars that a viewer would give, from the whole history: one fold-in, then a product a movie. What an average viewer
 * would give for an empty history. O(n·size² + items·size²) for n ratings.
 * @param history with the stars that were given, none assumed; without times (0) no sitting is seen
 * @param time of the request, in seconds since 1970; null where it is not known to come after the history
 */
export function predictStars(
  history: History,
  itemIndices: ArrayLike<number>,
  model: RatingModel,
  time: number | null,
): PredictedStars {
  return starsOf(starViewer(history, model, time), itemIndices, model)
}

/** The stars of `predictStars` alone. O(n·size² + items·size). */
export function expectedStars(
  history: History,
  itemIndices: ArrayLike<number>,
  model: RatingModel,
  time: number | null,
): Float32Array {
  const viewer = starViewer(history, model, time)
  return Float32Array.from(itemIndices, (item) => starsOfItem(viewer, item, model))
}

/** How a viewer rates, and how much higher than usual just now. */
export interface StarViewer {
  user: RatingUser
  /** stars */
  drift: number
  /** as the model's network sees the history; null where it has none */
  network: NetworkViewer | null
}

/** @param time as in `predictStars` */
export function starViewer(
  { itemIndices, ratings, timestamps }: History,
  model: RatingModel,
  time: number | null,
): StarViewer {
  const user = foldInRatings(model, itemIndices, ratings)
  const drift = time === null ? 0 : ratingDrift(model, user.factors, itemIndices, ratings, timestamps, time, SITTING)
  return { user, drift, network: model.network ? networkViewer(model.network, itemIndices, ratings) : null }
}

/** @param model may hold other items than the one that the viewer was folded in with */
export function starsOf(viewer: StarViewer, itemIndices: ArrayLike<number>, model: RatingModel): PredictedStars {
  return {
    stars: Float32Array.from(itemIndices, (item) => starsOfItem(viewer, item, model)),
    deviations: Float32Array.from(itemIndices, (item) => ratingDeviation(model, viewer.user, item)),
  }
}

/**
 * Some of the way from a prediction to the network's, which the sitting moves as it does the other.
 * @param share of the way
 */
export function towardNetwork(
  stars: number,
  byNetwork: number,
  drift: number,
  share: number,
  { lowest, highest }: Pick<RatingModel, 'lowest' | 'highest'>,
): number {
  return stars + share * (Math.min(Math.max(byNetwork + drift, lowest), highest) - stars)
}

function starsOfItem({ user, drift, network: seen }: StarViewer, item: number, model: RatingModel): number {
  const linear = predictRating(model, user.factors, item, drift)
  const { network } = model
  if (!network || !seen) return linear
  const ratings = deviationsOf(network.usual, item)
  const isKnown = ratings.count > 0
  const share = isKnown ? network.shares.known : network.shares.told
  if (share === 0) return linear
  const byNetwork = predictByNetwork(network, seen, candidateVector(network, item), isKnown ? ratings : null)
  return towardNetwork(linear, byNetwork, drift, share, model)
}
