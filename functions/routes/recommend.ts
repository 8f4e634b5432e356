import * as z from 'zod'
import { HistoryRequest, Recommendations, RecommendOptions, UserId } from '#core/schemas/api.ts'
import type { RequestLog } from '../context.ts'
import type { Env } from '../env.ts'
import { userHistory } from '../histories.ts'
import type { ServedModel } from '../open-model.ts'
import { givenHistory } from './given-history.ts'
import { recommendations } from './present.ts'
import { type Route, route } from './route.ts'

const UserParams = z.strictObject({ userId: UserId })

async function forUser(
  served: ServedModel,
  env: Env,
  log: RequestLog,
  userId: number,
  options: RecommendOptions,
): Promise<Recommendations> {
  const { history, degraded } = await userHistory(userId, served.model, env.DB, log)
  return recommendations(served, history, options, { starred: history, degraded, unknownMovieIds: [] })
}

function forHistory(served: ServedModel, { history, ...options }: HistoryRequest): Recommendations {
  const given = givenHistory(history, served)
  return recommendations(served, given.history, options, { ...given, degraded: [] })
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
    handle: ({ served, env, log, params, query }) => forUser(served, env, log, params.userId, query),
  }),
  route({
    method: 'post',
    path: '/recommend/user/{userId}',
    scope: 'read',
    tag: 'recommend',
    summary: 'The same with the options in the body',
    params: UserParams,
    body: RecommendOptions,
    answer: Recommendations,
    handle: ({ served, env, log, params, body }) => forUser(served, env, log, params.userId, body),
  }),
  route({
    method: 'post',
    path: '/recommend/history',
    scope: 'read',
    tag: 'recommend',
    summary: 'Top movies for a history that comes with the request; nothing is stored',
    body: HistoryRequest,
    answer: Recommendations,
    handle: ({ served, body }) => forHistory(served, body),
  }),
]
