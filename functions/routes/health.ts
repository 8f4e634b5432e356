import * as z from 'zod'
import { Health, Readiness } from '#core/schemas/api.ts'
import { isOperator } from '../auth/caller.ts'
import { readiness } from '../open-model.ts'
import type { Route } from './route.ts'

const NOTHING = z.strictObject({})

/** Neither waits for a model: they are asked while there is none. */
export const healthRoutes: Route[] = [
  {
    method: 'get',
    path: '/healthz',
    scope: 'public',
    tag: 'operations',
    summary: 'The Worker runs',
    params: NOTHING,
    query: NOTHING,
    body: null,
    answer: Health,
    errors: [],
    respond: async (context) => context.json({ status: 'ok' } satisfies Health),
  },
  {
    method: 'get',
    path: '/readyz',
    scope: 'public',
    tag: 'operations',
    summary: 'A model answers; looks at the pointer when it is due, and says why a newer model was refused',
    params: NOTHING,
    query: NOTHING,
    body: null,
    answer: Readiness,
    errors: [503],
    async respond(context) {
      const { modelId, problem } = await readiness(context.env)
      const answer: Readiness = { status: modelId ? 'ready' : 'not ready', modelId, problem: null }
      // it names objects in the bucket
      if (problem !== null && (await isOperator(context))) answer.problem = problem
      return context.json(answer, modelId ? 200 : 503)
    },
  },
]
