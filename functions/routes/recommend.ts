import * as z from 'zod'
import {
  type Degraded,
  HistoryRequest,
  Recommendations,
  type RecommendOptions,
  UserId,
  UserRecommendOptions,
} from '#core/schemas/api.ts'
import { UnknownNameError } from '#recommend/constraints.ts'
import { findBatchList } from '../batch-lists.ts'
import { inExperiment, type Part, type Participant } from '../experiment/take-part.ts'
import { userHistory } from '../histories.ts'
import { ProblemError } from './errors.ts'
import { batchRecommendations, recommendations } from './present.ts'
import { type Route, route } from './route.ts'
import { type Viewer, viewerHistory } from './viewer.ts'

const UserParams = z.strictObject({ userId: UserId })

async function forViewer(viewer: Viewer, asked: RecommendOptions, handles: Participant): Promise<Recommendations> {
  return inExperiment(viewer.userId, asked, handles, async ({ served, options, experiment }) => {
    const about = await viewerHistory(viewer, { ...handles, served })
    return recommendations(served, about.history, options, { ...about, experiment })
  })
}

/**
 * A fresh list; where the published history cannot be read, or the list not be made, the one that was computed beforehand.
 * What the live feedback says holds for both, so without it there is no falling back.
 */
async function forUser(
  userId: number,
  { precomputed = false, ...asked }: UserRecommendOptions,
  handles: Participant,
): Promise<Recommendations> {
  const answerAs = async ({ served, options, experiment }: Part): Promise<Recommendations> => {
    const { env, log } = handles
    const user = await userHistory(userId, served.model, env.DB, log)
    const about = { ...user, unknownMovieIds: [], experiment }
    const beforehand = async (degraded: Degraded): Promise<Recommendations | null> => {
      const list = user.mayFallBack ? await findBatchList(env.DB, userId, log) : null
      const answer = list && batchRecommendations(served, list.movieIds, options, { ...about, degraded })
      return answer && answer.items.length > 0 ? answer : null
    }
    if (precomputed || user.degraded.includes('publishedHistory')) {
      const answer = await beforehand(user.degraded)
      if (answer) return answer
    }
    try {
      return recommendations(served, user.history, options, about)
    } catch (error) {
      // what the request is at fault for, no other list can mend
      const answer =
        error instanceof ProblemError || error instanceof UnknownNameError
          ? null
          : await beforehand([...user.degraded, 'ranking'])
      if (!answer) throw error
      log({ event: 'degraded', part: 'ranking', reason: String(error) })
      return answer
    }
  }
  // a list of before is no arm's
  return precomputed
    ? answerAs({ served: handles.served, options: asked })
    : inExperiment(userId, asked, handles, answerAs)
}

export const recommendRoutes: Route[] = [
  route({
    method: 'get',
    path: '/recommend/user/{userId}',
    tag: 'recommend',
    summary: 'Top movies for a user, from the published history and what was rated since',
    params: UserParams,
    query: UserRecommendOptions,
    answer: Recommendations,
    handle: ({ params, query, ...handles }) => forUser(params.userId, query, handles),
  }),
  route({
    method: 'post',
    path: '/recommend/user/{userId}',
    scope: 'read',
    tag: 'recommend',
    summary: 'The same with the options in the body',
    params: UserParams,
    body: UserRecommendOptions,
    answer: Recommendations,
    handle: ({ params, body, ...handles }) => forUser(params.userId, body, handles),
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
