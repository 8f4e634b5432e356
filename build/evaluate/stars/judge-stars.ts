import type { StarsEvaluation } from '#core/schemas/manifest.ts'
import type { RatingModel } from '#core/scoring/fold-in-ratings.ts'
import { predictStars } from '#recommend/predict-stars.ts'
import { type Interactions, PART, type Part } from '../../nouns.ts'
import { resampleUsers } from '../bootstrap.ts'
import { baselines } from './baselines.ts'
import { calibration, type PredictedRatings, withinDeviation } from './calibration.ts'
import { type RatedUser, ratedUsers } from './rated-users.ts'
import { judgedIn, rmse, type StarErrors, starDifferences, starErrors, starMetrics } from './star-metrics.ts'

/** The name of the served predictions among the rows, of what they go from and toward, and of their baseline. */
const SERVED = 'marquee'
const LINEAR = 'linear'
const NETWORK = 'network'
const BASELINE = 'userAndMovieMean'

/** One test part, predicted. */
export interface StarFold {
  /** by name, the served predictions first */
  errors: Map<string, StarErrors>
  /** of the served predictions */
  ratings: PredictedRatings
  /** over these ratings */
  rmse: number
}

/** Predict every rating of the test part by the served code, each user from what is known of him before it. */
export function predictFold(model: RatingModel, interactions: Interactions): StarFold {
  const numUsers = interactions.userIds.length
  const users = ratedUsers(interactions, PART.test)
  const { errors, ratings } = predictServed(model, users, numUsers)
  const others = baselines(interactions, model.itemScales.length)
  return {
    errors: new Map([
      [SERVED, errors],
      ...partsOf(model).map(([name, part]) => [name, predictServed(part, users, numUsers).errors] as const),
      ...others.map(([name, predict]) => [name, starErrors(users, users.map(predict), numUsers)] as const),
    ]),
    ratings,
    rmse: rmse(errors),
  }
}

/** With a network, what predictions are without it, and what it says alone. */
export function partsOf({ network, ...linear }: RatingModel): [name: string, RatingModel][] {
  if (!network) return []
  return [
    [LINEAR, linear],
    [NETWORK, { ...linear, network: { ...network, shares: { known: 1, told: 1 } } }],
  ]
}

/** RMSE over the ratings of one part, of the served predictions. */
export function rmseOn(part: Part, model: RatingModel, interactions: Interactions): number {
  return rmse(predictServed(model, ratedUsers(interactions, part), interactions.userIds.length).errors)
}

/** What the folds say together: metrics are means over them. @returns null when there was nothing to predict */
export function starsEvaluation(folds: StarFold[], bootstrapSamples: number, seed: number): StarsEvaluation | null {
  const ratings = {
    predicted: concatenated(folds.map((fold) => fold.ratings.predicted)),
    deviations: concatenated(folds.map((fold) => fold.ratings.deviations)),
    actual: concatenated(folds.map((fold) => fold.ratings.actual)),
  }
  if (ratings.actual.length === 0) return null
  const errorsOf = (name: string) => folds.map(({ errors }) => errors.get(name)!)
  const users = judgedIn(errorsOf(SERVED))
  const resamples = resampleUsers(users.length, bootstrapSamples, seed)
  return {
    users: users.length,
    ratings: ratings.actual.length,
    models: [...folds[0]!.errors.keys()].map((name) => ({
      name,
      metrics: starMetrics(errorsOf(name), users, resamples),
    })),
    overBaseline: starDifferences(errorsOf(SERVED), errorsOf(BASELINE), users, resamples),
    calibration: calibration(ratings),
    withinDeviation: withinDeviation(ratings),
  }
}

function predictServed(
  model: RatingModel,
  users: RatedUser[],
  numUsers: number,
): { errors: StarErrors; ratings: PredictedRatings } {
  const served = users.map(({ history, itemIndices, time }) => predictStars(history, itemIndices, model, time))
  const predicted = served.map(({ stars }) => stars)
  return {
    errors: starErrors(users, predicted, numUsers),
    ratings: {
      predicted: concatenated(predicted),
      deviations: concatenated(served.map(({ deviations }) => deviations)),
      actual: concatenated(users.map(({ ratings }) => ratings)),
    },
  }
}

function concatenated(parts: Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
