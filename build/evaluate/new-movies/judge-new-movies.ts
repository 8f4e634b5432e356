import { openPlacement, PLACEMENT_FILE } from '#core/format/placement.ts'
import { openToldRows, RATING_NETWORK_TOLD_FILE } from '#core/format/rating-network.ts'
import type { Config } from '#core/schemas/config.ts'
import type { Estimate } from '#core/schemas/manifest.ts'
import type { RatingModel } from '#core/scoring/fold-in-ratings.ts'
import { nearestToPlaced, type PlacedMovie, placeMovie, starsOfPlaced } from '#recommend/new-movie.ts'
import { starViewer } from '#recommend/predict-stars.ts'
import { DataError } from '../../io/files.ts'
import { type ArtifactFiles, type Catalog, type Interactions, PART } from '../../nouns.ts'
import { resampleUsers } from '../bootstrap.ts'
import type { ColdSplit } from '../cold/cold-split.ts'
import { openArtifacts } from '../open-artifacts.ts'
import { servingSettings } from '../serving-settings.ts'
import { withinDeviation } from '../stars/calibration.ts'
import { partsOf } from '../stars/judge-stars.ts'
import { type RatedUser, ratedUsers } from '../stars/rated-users.ts'
import { judgedIn, starDifferences, starErrors, starMetrics } from '../stars/star-metrics.ts'

/** The name of the served predictions among the rows, and of what they are held against. */
const SERVED = 'marquee'
const BASELINE = 'userMean'

/** Ratings of 0 that a mean is damped by, as in stars/baselines.ts. */
const DAMPING = { movie: 25, user: 10 }
/** Movies whose means stand for that of a new one. */
const NEIGHBOURS = 20

export interface NewMoviesJudgement {
  users: number
  /** ratings that were predicted */
  ratings: number
  models: { name: string; metrics: Record<string, Estimate> }[]
  /** a minus b, paired by user: below 0 is better */
  differences: { a: string; b: string; metrics: Record<string, Estimate> }[]
  withinDeviation: { one: number; two: number }
}

/**
 * Predict every rating of the held-out movies by the code that serves them, each as a request that tells the movie's texts,
 * year and runtime. Beside it what needs no such movie: the viewer's mean, and the means of the movies with the nearest
 * texts with the viewer's deviation from it.
 * @param files learned without these movies, neither their ratings nor their texts
 * @throws {DataError} when the model places no movies
 */
export function judgeNewMovies(
  files: ArtifactFiles,
  catalog: Catalog,
  { interactions, coldItems }: Pick<ColdSplit, 'interactions' | 'coldItems'>,
  config: Config,
): NewMoviesJudgement {
  const model = openArtifacts(files, servingSettings(config, []))
  const { stars, content } = model
  const bytes = files.get(PLACEMENT_FILE)
  if (!stars || !bytes)
    throw new DataError(
      'no movie can be placed: the data has no texts, every rating is the same, or the config wants none',
    )
  const { numTerms } = content
  const toldBytes = files.get(RATING_NETWORK_TOLD_FILE)
  const told = stars.network && toldBytes ? openToldRows(toldBytes, { numTerms, width: stars.network.width }) : null
  const placement = openPlacement(bytes, { numTerms, factors: config.model.cf.factors, starSize: stars.size }, told)
  const placed = new Map(
    Array.from(coldItems, (item) => [
      item,
      placeMovie(
        {
          genres: catalog.genres[item]!,
          ...catalog.texts[item]!,
          year: catalog.years[item]!,
          runtime: catalog.runtimes[item]!,
        },
        placement,
        content,
      ),
    ]),
  )
  const users = ratedUsers(interactions, PART.test)
  const predicted = (by: RatingModel) =>
    users.map(({ history, itemIndices, time }) => {
      const viewer = starViewer(history, by, time)
      return Array.from(itemIndices, (item) => starsOfPlaced(placed.get(item)!, viewer, by, placement))
    })
  const starsOf = (predictions: { stars: number }[][]) =>
    predictions.map((ofUser) => ofUser.map((prediction) => prediction.stars))
  const served = predicted(stars)
  const means = learnedMeans(interactions, catalog.movieIds.length)
  const nearest = new Map([...placed].map(([item, movie]) => [item, meanOfNearest(movie, means)]))
  const deviations = users.map((user) => deviationOf(user, means))
  const rows: [name: string, predicted: ArrayLike<number>[]][] = [
    [SERVED, starsOf(served)],
    ...(told ? partsOf(stars) : []).map(([name, part]): (typeof rows)[number] => [name, starsOf(predicted(part))]),
    [
      'nearestMeans',
      users.map(({ itemIndices }, at) => Array.from(itemIndices, (item) => nearest.get(item)! + deviations[at]!)),
    ],
    [BASELINE, users.map((user) => Array.from(user.itemIndices, () => meanOfUser(user, means.all)))],
    ['globalMean', users.map(({ itemIndices }) => Array.from(itemIndices, () => means.all))],
  ]
  const errors = rows.map(([name, predicted]) => ({
    name,
    errors: [starErrors(users, predicted, interactions.userIds.length)],
  }))
  const judged = judgedIn(errors[0]!.errors)
  const resamples = resampleUsers(judged.length, config.evaluation.bootstrapSamples, config.project.seed)
  const [first, ...others] = errors
  return {
    users: judged.length,
    ratings: users.reduce((sum, { ratings }) => sum + ratings.length, 0),
    models: errors.map(({ name, errors: of }) => ({ name, metrics: starMetrics(of, judged, resamples) })),
    differences: others.map(({ name, errors: of }) => ({
      a: SERVED,
      b: name,
      metrics: starDifferences(first!.errors, of, judged, resamples),
    })),
    withinDeviation: withinDeviation({
      predicted: Float32Array.from(served.flat(), (prediction) => prediction.stars),
      deviations: Float32Array.from(served.flat(), ({ sd }) => sd),
      actual: Float32Array.from(users.flatMap(({ ratings }) => [...ratings])),
    }),
  }

  function meanOfNearest(movie: PlacedMovie, { all, ofMovies }: Means): number {
    const neighbours = nearestToPlaced(movie, NEIGHBOURS, model).filter(({ itemIndex }) => ofMovies[itemIndex] !== 0)
    const total = neighbours.reduce((sum, { similarity }) => sum + similarity, 0)
    if (total === 0) return all
    return neighbours.reduce((sum, { itemIndex, similarity }) => sum + similarity * ofMovies[itemIndex]!, 0) / total
  }
}

interface Means {
  /** of all learned ratings */
  all: number
  /** damped toward it; 0 for a movie without learned ratings */
  ofMovies: Float64Array
}

function learnedMeans({ itemIndices, ratings, parts }: Interactions, numItems: number): Means {
  const sums = new Float64Array(numItems)
  const counts = new Float64Array(numItems)
  for (const [entry, item] of itemIndices.entries()) {
    if (parts[entry] !== PART.train && parts[entry] !== PART.validation) continue
    sums[item]! += ratings[entry]!
    counts[item]!++
  }
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0)
  const all = total(sums) / Math.max(1, total(counts))
  const ofMovies = sums.map((sum, item) =>
    counts[item] === 0 ? 0 : (sum + DAMPING.movie * all) / (counts[item]! + DAMPING.movie),
  )
  return { all, ofMovies }
}

/** How far above the movies' means a viewer rates. */
function deviationOf({ history }: RatedUser, { all, ofMovies }: Means): number {
  const above = history.itemIndices.reduce((sum, item, at) => sum + history.ratings[at]! - (ofMovies[item] || all), 0)
  return above / (DAMPING.user + history.itemIndices.length)
}

function meanOfUser({ history }: RatedUser, all: number): number {
  const above = history.ratings.reduce((sum, stars) => sum + stars - all, 0)
  return all + above / (DAMPING.user + history.ratings.length)
}
