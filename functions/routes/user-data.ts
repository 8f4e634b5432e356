import * as z from 'zod'
import { foldEvents } from '#core/feedback/fold.ts'
import { publishedRows } from '#core/published-rows.ts'
import { DetailsOptions, ErasedUser, type Locale, UserData, UserId } from '#core/schemas/api.ts'
import { movieName } from '#recommend/movie-name.ts'
import { readBatchList } from '../batch-lists.ts'
import type { RequestLog } from '../context.ts'
import type { Env } from '../env.ts'
import { readParticipation } from '../experiment/store.ts'
import { eraseUser, readEvents } from '../feedback/store.ts'
import type { ServedModel } from '../open-model.ts'
import { nowSeconds } from './present.ts'
import { type Route, route } from './route.ts'
import { needed, stored } from './stored.ts'

const UserParams = z.strictObject({ userId: UserId })

/** All or nothing: a copy of one's data must not lack a part in silence. */
async function dataOf(
  userId: number,
  locale: Locale | undefined,
  { model, modelId }: ServedModel,
  env: Env,
  log: RequestLog,
): Promise<UserData> {
  const { catalog } = model
  const nameOf = (movieId: number) => {
    const itemIndex = catalog.itemIndexOf(movieId)
    return itemIndex < 0 ? { movieId, title: null } : movieName(itemIndex, catalog, locale)
  }
  const [rows, events, experiments, batch] = await needed(
    'data',
    log,
    Promise.all([
      publishedRows(userId, model),
      readEvents(env.DB, userId),
      readParticipation(env.DB, userId),
      readBatchList(env.DB, userId),
    ]),
  )
  const { isErased } = foldEvents(events, nowSeconds())
  return {
    userId,
    modelId,
    published: (isErased ? [] : rows).map(({ itemIndex, rating, timestamp }) => ({
      ...movieName(itemIndex, catalog, locale),
      rating,
      timestamp,
    })),
    live: events.flatMap(({ version, movieId, kind, halfStars, until, at }) =>
      kind === 'erased'
        ? []
        : {
            version,
            ...nameOf(movieId),
            kind,
            rating: halfStars === null ? null : halfStars / 2,
            until,
            updatedAt: at,
          },
    ),
    batch,
    experiments,
    erased: isErased,
  }
}

export const userDataRoutes: Route[] = [
  route({
    method: 'get',
    path: '/users/{userId}/data',
    tag: 'users',
    summary: 'All that is kept of a user, to take along',
    params: UserParams,
    query: DetailsOptions,
    answer: UserData,
    handle: ({ served, env, log, params, query }) => dataOf(params.userId, query.locale, served, env, log),
  }),
  route({
    method: 'delete',
    path: '/users/{userId}/data',
    tag: 'users',
    summary: 'Forget a user: deletes what was said through the API, and uses the published ratings no more',
    params: UserParams,
    answer: ErasedUser,
    async handle({ served, env, log, params: { userId } }) {
      const removed = await stored('erasure', log, eraseUser(env.DB, userId, nowSeconds()))
      const published = await publishedRows(userId, served.model).catch((error: unknown) => {
        log({ event: 'published history not counted', reason: String(error) })
        return []
      })
      return { userId, erased: true as const, removed, publishedRatings: published.length }
    },
  }),
]
