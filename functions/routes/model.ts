import { ModelAnswer, ModelHistory } from '#core/schemas/api.ts'
import { modelHistory } from '../model-history.ts'
import { type Route, route } from './route.ts'

export const modelRoutes: Route[] = [
  route({
    method: 'get',
    path: '/model',
    isSameForAll: true,
    tag: 'operations',
    summary: 'The model card: data, split, metrics with intervals beside the baselines, limits, age',
    answer: ModelAnswer,
    handle: ({ served }) => ({
      modelId: served.modelId,
      publishedAt: served.publishedAt,
      api: served.manifest.api,
      ...served.manifest.card,
    }),
  }),
  route({
    method: 'get',
    path: '/model/history',
    tag: 'operations',
    summary: 'The served model and those before it: when each was published, what it learned from, how it was judged',
    answer: ModelHistory,
    handle: ({ served, env }) => modelHistory(env.MODELS, served),
  }),
]
