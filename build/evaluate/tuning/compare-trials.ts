import type { Estimate } from '#core/schemas/manifest.ts'
import { estimate, resampleUsers } from '../bootstrap.ts'

/** What trials on the same users are worth beside the first of them. */
export interface Comparison {
  /** of each trial less the first, paired by user */
  differences: Estimate[]
  /**
   * What choosing gains: the best by every other user, less the first, judged on the rest, and the other way round. The
   * difference of the best on all users flatters it, being the largest of so many.
   */
  chosen: Estimate
}

/** Means and 95 % intervals as everywhere: the bootstrap over users, the same resamples for all. */
export function estimateTrial(values: Float64Array, samples: number, seed: number): Estimate {
  return estimate(values, resampleUsers(values.length, samples, seed))
}

/** @param trials values by user, as many in each; the first is of the settings as they are configured */
export function compareTrials(trials: Float64Array[], samples: number, seed: number): Comparison {
  const [configured] = trials
  const resamples = resampleUsers(configured!.length, samples, seed)
  const beyond = (trialOf: (user: number) => Float64Array) =>
    estimate(
      configured!.map((value, user) => trialOf(user)[user]! - value),
      resamples,
    )
  const bestForHalf = [0, 1].map((half) => bestOf(trials, (user) => user % 2 !== half))
  return {
    differences: trials.map((values) => beyond(() => values)),
    chosen: beyond((user) => bestForHalf[user % 2]!),
  }
}

/** The trial of the largest mean over some users; the first of equal ones. */
function bestOf(trials: Float64Array[], isAsked: (user: number) => boolean): Float64Array {
  const sums = trials.map((values) => values.reduce((sum, value, user) => (isAsked(user) ? sum + value : sum), 0))
  return trials[sums.indexOf(Math.max(...sums))]!
}
