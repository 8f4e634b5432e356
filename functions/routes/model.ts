import { ModelAnswer } from '#core/schemas/api.ts'
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
]
