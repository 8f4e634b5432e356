import { PredictedRatings, PredictRatingsRequest } from '#core/schemas/api.ts'
import { predictStars } from '#recommend/predict-stars.ts'
import type { RequestLog } from '../context.ts'
import type { Env } from '../env.ts'
import { userHistory } from '../histories.ts'
import type { ServedModel } from '../open-model.ts'
import { ProblemError } from './errors.ts'
import { givenHistory } from './given-history.ts'
import { movieSummary, nowSeconds, round } from './present.ts'
import { type Route, route } from './route.ts'

async function predictRatings(
  served: ServedModel,
  env: Env,
  log: RequestLog,
  { userId, history = [], movieIds }: PredictRatingsRequest,
): Promise<PredictedRatings> {
  const { model, modelId } = served
  if (!model.stars) throw new ProblemError('not_found', 'the model that is served predicts no stars')
  const stored = userId !== undefined && (await userHistory(userId, model, env.DB, log))
  const given = givenHistory(history, served)
  const starred = stored ? stored.history : given.starred

  const known = movieIds.filter((movieId) => model.catalog.itemIndexOf(movieId) >= 0)
  const items = known.map((movieId) => model.catalog.itemIndexOf(movieId))
  const { stars, deviations } = predictStars(starred, items, model.stars, nowSeconds())
  const ratingOf = new Map(Array.from(starred.itemIndices, (item, at) => [item, starred.ratings[at]!]))
  return {
    modelId,
    basis: starred.itemIndices.length > 0 ? 'personal' : 'movie',
    history: { ratings: starred.itemIndices.length, unknownMovieIds: given.unknownMovieIds },
    unknownMovieIds: movieIds.filter((movieId) => !known.includes(movieId)),
    degraded: stored ? stored.degraded : [],
    predictions: items.map((item, at) => ({
      ...movieSummary(model.catalog, item),
      stars: round(stars[at]!, 2),
      sd: round(deviations[at]!, 2),
      rating: ratingOf.get(item) ?? null,
    })),
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
    errors: [404],
    handle: ({ served, env, log, body }) => predictRatings(served, env, log, body),
  }),
]
