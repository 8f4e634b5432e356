import * as z from 'zod'
import { foldEvents, type MarkEvent } from '#core/feedback/fold.ts'
import {
  type Feedback,
  FeedbackList,
  FeedbackOptions,
  FeedbackRequest,
  FeedbackUndo,
  MovieId,
  StoredFeedback,
  UndoneFeedback,
  UserId,
} from '#core/schemas/api.ts'
import type { RequestLog } from '../context.ts'
import type { Env } from '../env.ts'
import { readEvents, undoMark, writeMark } from '../feedback/store.ts'
import { ProblemError } from './errors.ts'
import { itemIndexOf, nowSeconds } from './present.ts'
import { type Route, route } from './route.ts'
import { needed, stored } from './stored.ts'

const DAY_SECONDS = 86_400
const SNOOZE_DAYS = { usual: 30, longest: 366 }

const UserParams = z.strictObject({ userId: UserId })
const MovieParams = z.strictObject({ userId: UserId, movieId: MovieId })

/** @throws {ProblemError} for a time that has passed or is more than a year ahead */
function snoozedUntil({ kind, until }: FeedbackRequest, now: number): number | null {
  if (kind !== 'snoozed') return null
  if (until === undefined) return now + SNOOZE_DAYS.usual * DAY_SECONDS
  const time = typeof until === 'number' ? until : Math.floor(Date.parse(until) / 1000)
  const latest = now + SNOOZE_DAYS.longest * DAY_SECONDS
  if (time <= now || time > latest)
    throw new ProblemError(
      'bad_request',
      `until: found ${JSON.stringify(until)}; must be a time to come, at most a year ahead`,
      'until',
    )
  return time
}

/** Every movie's mark as it holds now, the newest first. */
async function marks(userId: number, env: Env, log: RequestLog): Promise<MarkEvent[]> {
  const events = await needed('feedback', log, readEvents(env.DB, userId))
  return [...foldEvents(events, nowSeconds()).movies.values()]
    .flatMap(({ mark }) => mark ?? [])
    .sort((a, b) => b.version - a.version)
}

function presented({ movieId, kind, until, at, version }: MarkEvent): Feedback {
  return { movieId, kind, until, updatedAt: at, version }
}

export const feedbackRoutes: Route[] = [
  route({
    method: 'put',
    path: '/users/{userId}/feedback/{movieId}',
    tag: 'users',
    summary: 'Say that a movie was seen, liked or disliked, or is to wait; the next answer knows it',
    params: MovieParams,
    body: FeedbackRequest,
    answer: StoredFeedback,
    errors: [404],
    async handle({ served, env, log, params, body }) {
      itemIndexOf(served.model.catalog, params.movieId)
      const updatedAt = nowSeconds()
      const until = snoozedUntil(body, updatedAt)
      const place = { ...params, now: updatedAt }
      const version = await stored('feedback', log, writeMark(env.DB, place, body.kind, until))
      return { ...params, kind: body.kind, until, updatedAt, version }
    },
  }),
  route({
    method: 'delete',
    path: '/users/{userId}/feedback/{movieId}',
    tag: 'users',
    summary: 'Undo the last feedback on a movie: what held before it holds again, ratings too',
    params: MovieParams,
    query: FeedbackUndo,
    answer: UndoneFeedback,
    async handle({ env, log, params, query: { version = null } }) {
      const now = nowSeconds()
      const { undone, events } = await stored('undo', log, undoMark(env.DB, { ...params, now }, version))
      const mark = foldEvents(events, now).movies.get(params.movieId)?.mark
      return { ...params, undone, feedback: mark ? presented(mark) : null }
    },
  }),
  route({
    method: 'get',
    path: '/users/{userId}/feedback',
    tag: 'users',
    summary: 'What a user has seen, liked, disliked and put off, the newest first',
    params: UserParams,
    query: FeedbackOptions,
    answer: FeedbackList,
    async handle({ env, log, params: { userId }, query: { kind, k, cursor } }) {
      const before = cursor === undefined ? Number.POSITIVE_INFINITY : Number(cursor)
      const wanted = (await marks(userId, env, log)).filter(
        (mark) => mark.version < before && (kind === undefined || mark.kind === kind),
      )
      const page = wanted.slice(0, k)
      const nextCursor = wanted.length > k ? String(page.at(-1)!.version) : null
      return { userId, items: page.map(presented), nextCursor }
    },
  }),
]
