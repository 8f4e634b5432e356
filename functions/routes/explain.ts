import { type ExplainedMovie, ExplainRequest, Explanations } from '#core/schemas/query.ts'
import { explainByTemplate } from '#recommend/query/explain.ts'
import { factsForViewer } from '#recommend/query/explain-movies.ts'
import type { Explained } from '#recommend/query/index.ts'
import { answerAndWords, inModelsWords } from './explanations.ts'
import { itemIndexOf } from './present.ts'
import { type Route, type RouteRequest, route } from './route.ts'
import { viewerHistory } from './viewer.ts'

/** The templates' explanations, and what the model may be asked with. */
async function byTemplates({
  body,
  served,
  env,
  log,
}: RouteRequest<typeof ExplainRequest>): Promise<{ answer: Explanations; movies: Explained[] }> {
  const { movieIds, language, userId, history, taste } = body
  const { model, modelId } = served
  const items = movieIds.map((movieId) => itemIndexOf(model.catalog, movieId))
  const viewer = await viewerHistory({ userId, history, taste }, { served, env, log })
  const facts = factsForViewer(items, viewer.history, language, model)
  const explained = movieIds.map(
    (movieId, at): ExplainedMovie => ({
      movieId,
      explanation: { text: explainByTemplate(facts[at]!), by: 'template' },
    }),
  )
  return {
    answer: { modelId, degraded: viewer.degraded, items: explained },
    movies: items.map((itemIndex, at) => ({ itemIndex, facts: facts[at]! })),
  }
}

export const explainRoutes: Route[] = [
  route({
    method: 'post',
    path: '/explain',
    scope: 'read',
    tag: 'recommend',
    summary: 'Why some movies suit a viewer, in Vietnamese or English',
    body: ExplainRequest,
    answer: Explanations,
    errors: [404, 501],
    async handle(asked) {
      const { answer, movies } = await byTemplates(asked)
      return asked.body.explain === 'model' ? inModelsWords(answer, movies, asked) : answer
    },
    async *stream(asked) {
      const { answer, movies } = await byTemplates(asked)
      yield* answerAndWords(answer, movies, asked)
    },
  }),
]
