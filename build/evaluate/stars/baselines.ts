import type { History } from '#core/history.ts'
import { type Interactions, PART } from '../../nouns.ts'
import type { RatedUser } from './rated-users.ts'

/** Stars for each rating of a user that is to be predicted. */
export type StarPredictor = (user: RatedUser) => ArrayLike<number>

/** Ratings of 0 that a movie's or a user's deviation is damped by (Koren 2010, section 2.1). */
const DAMPING = { movie: 25, user: 10 }

/**
 * What a prediction must be better than, learned from train and validation: the mean of all ratings; the movie's mean,
 * damped toward it; both with the user's damped deviation from the movies' means, taken from the history.
 */
export function baselines(interactions: Interactions, numItems: number): [name: string, StarPredictor][] {
  const { itemIndices, ratings, parts } = interactions
  const isLearned = (entry: number) => parts[entry] === PART.train || parts[entry] === PART.validation
  let sum = 0
  let count = 0
  for (let entry = 0; entry < parts.length; entry++) {
    if (!isLearned(entry)) continue
    sum += ratings[entry]!
    count++
  }
  const mean = count > 0 ? sum / count : 0
  const deviations = new Float64Array(numItems)
  const counts = new Float64Array(numItems).fill(DAMPING.movie)
  for (let entry = 0; entry < parts.length; entry++) {
    if (!isLearned(entry)) continue
    deviations[itemIndices[entry]!]! += ratings[entry]! - mean
    counts[itemIndices[entry]!]!++
  }
  const movieMeans = deviations.map((deviation, item) => mean + deviation / counts[item]!)
  const userDeviation = ({ itemIndices: rated, ratings: stars }: History) => {
    const above = rated.reduce((total, item, at) => total + stars[at]! - movieMeans[item]!, 0)
    return above / (DAMPING.user + rated.length)
  }
  return [
    [
      'userAndMovieMean',
      ({ itemIndices: items, history }) => {
        const deviation = userDeviation(history)
        return Array.from(items, (item) => movieMeans[item]! + deviation)
      },
    ],
    ['movieMean', ({ itemIndices: items }) => Array.from(items, (item) => movieMeans[item]!)],
    ['globalMean', ({ itemIndices: items }) => Array.from(items, () => mean)],
  ]
}
