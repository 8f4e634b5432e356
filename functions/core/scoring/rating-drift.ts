import { predictRating, type RatingModel } from './fold-in-ratings.ts'

/** How the stars around a moment are weighed. */
export interface DriftOptions {
  /** a rating this far off in time counts 1/e */
  spanSeconds: number
  /** ratings that a drift of 0 counts as */
  damping: number
}

/**
 * How much higher or lower than expected a user rates around a moment: Σ w·(stars − prediction) / (damping + Σ w) over the
 * history, w = exp(−|Δt| / spanSeconds). A sitting has a mood, and what is rated together is alike. Add it to a
 * prediction for `time`; at a request, where all history is past, it is the drift of a sitting under way. O(n·size).
 * @param user as `foldInRatings` gives it; @param timestamps seconds, one a rating; @param time seconds
 * @returns stars; 0 without history
 */
export function ratingDrift(
  model: RatingModel,
  user: ArrayLike<number>,
  itemIndices: ArrayLike<number>,
  ratings: ArrayLike<number>,
  timestamps: ArrayLike<number>,
  time: number,
  { spanSeconds, damping }: DriftOptions,
): number {
  let sum = 0
  let total = damping
  for (let at = 0; at < itemIndices.length; at++) {
    const weight = Math.exp(-Math.abs(timestamps[at]! - time) / spanSeconds)
    if (weight < 1e-6) continue
    sum += weight * (ratings[at]! - predictRating(model, user, itemIndices[at]!))
    total += weight
  }
  return sum === 0 ? 0 : sum / total
}
