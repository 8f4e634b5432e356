import * as z from 'zod'
import { HistoryRequest, Recommendations, RecommendOptions, UserId } from '#core/schemas/api.ts'
import type { RequestLog } from '../context.ts'
import type { Env } from '../env.ts'
import type { ServedModel } from '../open-model.ts'
import { recommendations } from './present.ts'
import { type Route, route } from './route.ts'
import { type Viewer, viewerHistory } from './viewer.ts'

const UserParams = z.strictObject({ userId: UserId })

interface Handles {
  served: ServedModel
  env: Env
  log: RequestLog
}

async function forViewer(viewer: Viewer, options: RecommendOptions, handles: Handles): Promise<Recommendations> {
  const about = await viewerHistory(viewer, handles)
  return recommendations(handles.served, about.history, options, about)
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
    handle: ({ params, query, ...handles }) => forViewer(params, query, handles),
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
    handle: ({ params, body, ...handles }) => forViewer(params, body, handles),
  }),
  route({
    method: 'post',
    path: '/recommend/history',
    scope: 'read',
    tag: 'recommend',
    summary: 'Top movies for a history that comes with the request; nothing is stored',
    body: HistoryRequest,
    answer: Recommendations,
    errors: [501],
    handle: ({ body: { history, taste, ...options }, ...handles }) => forViewer({ history, taste }, options, handles),
  }),
]
