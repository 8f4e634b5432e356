import { armOf } from '#core/experiment-arm.ts'
import { EventsAnswer, EventsRequest } from '#core/schemas/api.ts'
import { runningExperiment } from '../experiment/running.ts'
import { unitText, writeEvents } from '../experiment/store.ts'
import { unitOf } from '../experiment/take-part.ts'
import { experimentEventsTotal } from '../metrics/counts.ts'
import { ProblemError } from './errors.ts'
import { nowSeconds } from './present.ts'
import { type Route, route } from './route.ts'
import { stored } from './stored.ts'

export const eventRoutes: Route[] = [
  route({
    method: 'post',
    path: '/events',
    tag: 'users',
    summary: 'What a viewer did with an answer, for the report on a running experiment; without one nothing is kept',
    body: EventsRequest,
    answer: EventsAnswer,
    async handle({ body: { userId, events }, env, log, viewerKey }) {
      const unit = unitOf(userId, viewerKey)
      if (!unit)
        throw new ProblemError('bad_request', 'found neither userId nor X-Viewer-Id; must have one of them', 'userId')
      const experiment = runningExperiment()
      if (!experiment) return { experiment: null, stored: 0 }
      const kinds = await stored('events', log, writeEvents(env.DB, experiment.name, unit, events, nowSeconds()))
      for (const kind of kinds) experimentEventsTotal.add({ kind })
      return {
        experiment: { name: experiment.name, arm: armOf(experiment, unitText(unit)).name },
        stored: kinds.length,
      }
    },
  }),
]
