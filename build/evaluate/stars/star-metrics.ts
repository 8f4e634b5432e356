import type { Estimate } from '#core/schemas/manifest.ts'
import { percentileInterval, type Resamples, usersOf } from '../bootstrap.ts'
import type { RatedUser } from './rated-users.ts'

/** Of one model on one part: sums over the ratings of each user. By userIndex, 0 for a user without any. */
export interface StarErrors {
  /** Σ (prediction − stars)² */
  squared: Float64Array
  /** Σ |prediction − stars| */
  absolute: Float64Array
  /** ratings */
  counts: Float64Array
}

/** @param predicted stars for the ratings of each of the users */
export function starErrors(users: RatedUser[], predicted: ArrayLike<number>[], numUsers: number): StarErrors {
  const errors = { squared: new Float64Array(numUsers), absolute: new Float64Array(numUsers) }
  const counts = new Float64Array(numUsers)
  for (const [position, { userIndex, ratings }] of users.entries()) {
    for (const [at, stars] of ratings.entries()) {
      const error = predicted[position]![at]! - stars
      errors.squared[userIndex]! += error * error
      errors.absolute[userIndex]! += Math.abs(error)
    }
    counts[userIndex] = ratings.length
  }
  return { ...errors, counts }
}

/** A number of one fold and some users of it, who may stand there several times. */
type StarMetric = (errors: StarErrors, users: Int32Array) => number

/**
 * rmse = √(Σ error² / ratings) and mae = Σ |error| / ratings over all ratings, so that a user counts as often as he
 * rates; rmseByUser and maeByUser are the means of the users' own.
 */
const STAR_METRICS = {
  rmse: (errors, users) => Math.sqrt(sumOf(errors.squared, users) / sumOf(errors.counts, users)),
  mae: (errors, users) => sumOf(errors.absolute, users) / sumOf(errors.counts, users),
  rmseByUser: ({ squared, counts }, users) =>
    meanOf(users, counts, (user) => Math.sqrt(squared[user]! / counts[user]!)),
  maeByUser: ({ absolute, counts }, users) => meanOf(users, counts, (user) => absolute[user]! / counts[user]!),
} satisfies Record<string, StarMetric>

export function rmse(errors: StarErrors): number {
  return STAR_METRICS.rmse(errors, judgedIn([errors]))
}

/** Users who have a rating in any fold: those that are drawn from, the same ones for every model. */
export function judgedIn(folds: StarErrors[]): Int32Array {
  const users = folds[0]!.counts.map((_, user) => folds.reduce((sum, { counts }) => sum + counts[user]!, 0))
  return Int32Array.from(users.keys()).filter((user) => users[user]! > 0)
}

/**
 * The mean over the folds of each metric, with the 95 % percentile interval of the bootstrap over users (Efron 1979): a
 * user who is drawn brings his ratings in every fold. One fold: a test part.
 * @param resamples of `users`
 */
export function starMetrics(folds: StarErrors[], users: Int32Array, resamples: Resamples): Record<string, Estimate> {
  return estimates(users, resamples, (metric, of) => meanOverFolds(folds, metric, of))
}

/** `a` minus `b`, paired by user; as `starMetrics`. */
export function starDifferences(
  a: StarErrors[],
  b: StarErrors[],
  users: Int32Array,
  resamples: Resamples,
): Record<string, Estimate> {
  return estimates(users, resamples, (metric, of) => meanOverFolds(a, metric, of) - meanOverFolds(b, metric, of))
}

function estimates(
  users: Int32Array,
  resamples: Resamples,
  value: (metric: StarMetric, users: Int32Array) => number,
): Record<string, Estimate> {
  const drawn = resamples.map((counts) => usersOf(counts).map((position) => users[position]!))
  return Object.fromEntries(
    Object.entries(STAR_METRICS).map(([name, metric]) => {
      const interval = percentileInterval(Float64Array.from(drawn, (of) => value(metric, of)))
      return [name, { mean: value(metric, users), ...interval }]
    }),
  )
}

function meanOverFolds(folds: StarErrors[], metric: StarMetric, users: Int32Array): number {
  return folds.reduce((sum, errors) => sum + metric(errors, users), 0) / folds.length
}

function sumOf(values: Float64Array, users: Int32Array): number {
  let sum = 0
  for (const user of users) sum += values[user]!
  return sum
}

/** Over the users who have ratings. */
function meanOf(users: Int32Array, counts: Float64Array, value: (user: number) => number): number {
  let sum = 0
  let judged = 0
  for (const user of users) {
    if (counts[user] === 0) continue
    sum += value(user)
    judged++
  }
  return sum / judged
}
