import {
  PredictedNewMovie,
  PredictedRatings,
  PredictNewMovieRequest,
  PredictRatingsRequest,
} from '#core/schemas/api.ts'
import { nearestToPlaced, placeMovie, rankOfPlaced, starsOfPlaced, starsPercentile } from '#recommend/new-movie.ts'
import { predictStars, starViewer } from '#recommend/predict-stars.ts'
import type { RequestLog } from '../context.ts'
import type { Env } from '../env.ts'
import type { ServedModel } from '../open-model.ts'
import { openedPlacement } from '../open-placement.ts'
import { ProblemError } from './errors.ts'
import { movieSummary, nowSeconds, round } from './present.ts'
import { type Route, route } from './route.ts'
import { viewerHistory } from './viewer.ts'

/** Movies like a new one in an answer that names no k, and terms that are told of each. */
const SIMILAR = 10
const SHARED_TERMS = 5

async function predictRatings(
  served: ServedModel,
  env: Env,
  log: RequestLog,
  { movieIds, locale, ...viewer }: PredictRatingsRequest,
): Promise<PredictedRatings> {
  const { model, modelId } = served
  if (!model.stars) throw new ProblemError('not_found', 'the model that is served predicts no stars')
  const { starred, unknownMovieIds, degraded } = await viewerHistory(viewer, { served, env, log })

  const known = movieIds.filter((movieId) => model.catalog.itemIndexOf(movieId) >= 0)
  const items = known.map((movieId) => model.catalog.itemIndexOf(movieId))
  const { stars, deviations } = predictStars(starred, items, model.stars, nowSeconds())
  const ratingOf = new Map(Array.from(starred.itemIndices, (item, at) => [item, starred.ratings[at]!]))
  return {
    modelId,
    basis: starred.itemIndices.length > 0 ? 'personal' : 'movie',
    history: { ratings: starred.itemIndices.length, unknownMovieIds },
    unknownMovieIds: movieIds.filter((movieId) => !known.includes(movieId)),
    degraded,
    predictions: items.map((item, at) => ({
      ...movieSummary(model.catalog, item, locale),
      stars: round(stars[at]!, 2),
      sd: round(deviations[at]!, 2),
      rating: ratingOf.get(item) ?? null,
    })),
  }
}

async function predictNewMovie(
  served: ServedModel,
  env: Env,
  log: RequestLog,
  request: PredictNewMovieRequest,
): Promise<PredictedNewMovie> {
  const { model, modelId } = served
  const { title, overview = '', genres = [], directors = [], actors = [], keywords = [], year, runtime } = request
  const placement = await openedPlacement(served, env).catch((error: unknown) => {
    log({ event: 'placement not read', reason: String(error) })
    throw new ProblemError('unavailable', 'what new movies are predicted by could not be read')
  })
  if (!model.stars || !placement)
    throw new ProblemError('not_found', 'the model that is served has nothing to predict new movies by')
  const { history, starred, unknownMovieIds, degraded } = await viewerHistory(request, { served, env, log })

  const told = { overview, genres, directors, cast: actors, keywords, tagline: '' }
  const placed = placeMovie({ ...told, year: year ?? 0, runtime: runtime ?? 0 }, placement, model.content)
  const viewer = starViewer(starred, model.stars, nowSeconds())
  const { stars, sd } = starsOfPlaced(placed, viewer, model.stars, placement)
  const rank = rankOfPlaced(placed, history, model)
  const { cast, tagline: _, ...known } = placed.known
  return {
    modelId,
    title,
    stars: round(stars, 2),
    sd: round(sd, 2),
    starsPercentile: round(starsPercentile(stars, viewer, model.stars), 1),
    basis: starred.itemIndices.length > 0 ? 'personal' : 'movie',
    known: { ...known, actors: cast, year: placed.knowsYear, runtime: placed.knowsRuntime },
    rank: rank && {
      ...rank,
      percentile: round((100 * (rank.of - rank.position)) / Math.max(1, rank.of - 1), 1),
    },
    similar: nearestToPlaced(placed, request.k ?? SIMILAR, model).map(({ itemIndex, similarity, terms }) => ({
      ...movieSummary(model.catalog, itemIndex, request.locale),
      similarity: round(similarity, 3),
      shared: terms.slice(0, SHARED_TERMS),
    })),
    history: { ratings: starred.itemIndices.length, unknownMovieIds },
    degraded,
  }
}

export const predictRoutes: Route[] = [
  route({
    method: 'post',
    path: '/predict/ratings',
    scope: 'read',
    tag: 'recommend',
    summary: 'Stars that a viewer would give to movies, and how sure that is',
    body: PredictRatingsRequest,
    answer: PredictedRatings,
    errors: [404, 501],
    handle: ({ served, env, log, body }) => predictRatings(served, env, log, body),
  }),
  route({
    method: 'post',
    path: '/predict/new-movie',
    scope: 'read',
    tag: 'recommend',
    summary: 'Stars that a viewer would give to a movie that is not in the catalogue, and where it would stand',
    body: PredictNewMovieRequest,
    answer: PredictedNewMovie,
    errors: [404, 501],
    handle: ({ served, env, log, body }) => predictNewMovie(served, env, log, body),
  }),
]
