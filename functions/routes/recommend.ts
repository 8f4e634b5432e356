import * as z from 'zod'
import { historyOf } from '#core/history.ts'
import { type HistoryEntry, HistoryRequest, Recommendations, RecommendOptions, UserId } from '#core/schemas/api.ts'
import type { Env } from '../env.ts'
import { userHistory } from '../histories.ts'
import type { ServedModel } from '../open-model.ts'
import { ProblemError } from './errors.ts'
import { recommendations } from './present.ts'
import { type Route, route } from './route.ts'

/** Stars that a history entry without a rating counts as: a like, whatever the model's threshold. */
const LIKED = 5

const UserParams = z.strictObject({ userId: UserId })

async function forUser(
  served: ServedModel,
  env: Env,
  userId: number,
  options: RecommendOptions,
): Promise<Recommendations> {
  const { history, degraded } = await userHistory(userId, served.model, env.DB)
  return recommendations(served, history, options, { degraded, unknownMovieIds: [] })
}

function forHistory(served: ServedModel, { history, ...options }: HistoryRequest): Recommendations {
  const { maxHistory } = served.manifest.api
  if (history.length > maxHistory)
    throw new ProblemError('bad_request', `history: found ${history.length} entries; at most ${maxHistory}`, 'history')
  const { catalog } = served.model
  const known = history.filter((entry) => catalog.itemIndexOf(entry.movieId) >= 0)
  const unknownMovieIds = history.map((entry) => entry.movieId).filter((movieId) => catalog.itemIndexOf(movieId) < 0)
  const rowOf = ({ movieId, rating = LIKED, timestamp = 0 }: HistoryEntry) => ({
    itemIndex: catalog.itemIndexOf(movieId),
    rating,
    timestamp,
  })
  return recommendations(served, historyOf(known.map(rowOf)), options, { degraded: [], unknownMovieIds })
}

export const recommendRoutes: Route[] = [
  route({
    method: 'get',
    path: '/recommend/user/{userId}',
    tag: 'recommend',
    summary: 'Top movies for a user, from the published history and what was rated since',
    params: UserParams,
    query: RecommendOptions,
    answer: Recommendations,
    handle: ({ served, env, params, query }) => forUser(served, env, params.userId, query),
  }),
  route({
    method: 'post',
    path: '/recommend/user/{userId}',
    tag: 'recommend',
    summary: 'The same with the options in the body',
    params: UserParams,
    body: RecommendOptions,
    answer: Recommendations,
    handle: ({ served, env, params, body }) => forUser(served, env, params.userId, body),
  }),
  route({
    method: 'post',
    path: '/recommend/history',
    tag: 'recommend',
    summary: 'Top movies for a history that comes with the request; nothing is stored',
    body: HistoryRequest,
    answer: Recommendations,
    handle: ({ served, body }) => forHistory(served, body),
  }),
]
