import * as z from 'zod'
import type { History } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import {
  type Locale,
  MovieId,
  type RatedMovie,
  RatingRequest,
  RecommendOptions,
  RemovedRating,
  StoredRating,
  UserId,
  UserProfile,
} from '#core/schemas/api.ts'
import { inExperiment, type Part, type Participant } from '../experiment/take-part.ts'
import { writeRating } from '../feedback/store.ts'
import { userHistory } from '../histories.ts'
import { ProblemError } from './errors.ts'
import { itemIndexOf, movieSummary, nowSeconds, recommendations, round } from './present.ts'
import { type Route, route } from './route.ts'
import { stored } from './stored.ts'

/** Movies shown of each kind in a profile. */
const SHOWN = 10

async function profile(
  { served, options, experiment }: Part,
  { env, log }: Participant,
  userId: number,
): Promise<UserProfile> {
  const { model } = served
  const { history, starred, known, degraded } = await userHistory(userId, model, env.DB, log)
  if (!known && degraded.length === 0) throw new ProblemError('not_found', `user ${userId} has no ratings`, 'userId')

  const newestFirst = Array.from(starred.itemIndices, (_, position) => starred.itemIndices.length - 1 - position)
  const rated = newestFirst.map((position) => ratedMovie(starred, position, model, options.locale))
  const likes = rated.filter(({ rating }) => rating >= model.likedFrom)
  return {
    modelId: served.modelId,
    userId,
    numRatings: rated.length,
    meanRating: rated.length > 0 ? mean(rated) : null,
    likes: likes.length,
    genres: groupBy(rated, ({ genres }) => genres)
      .map(([name, group]) => ({ name, ratings: group.length, meanRating: mean(group) }))
      .sort((a, b) => b.ratings - a.ratings || (a.name < b.name ? -1 : 1)),
    decades: groupBy(rated, ({ year }) => (year === null ? [] : [Math.floor(year / 10) * 10]))
      .map(([decade, group]) => ({ decade, ratings: group.length, meanRating: mean(group) }))
      .sort((a, b) => a.decade - b.decade),
    topRated: rated.toSorted((a, b) => b.rating - a.rating).slice(0, SHOWN),
    recentFavourites: likes.slice(0, SHOWN),
    recommendations: recommendations(served, history, options, { starred, degraded, unknownMovieIds: [], experiment }),
    degraded,
  }
}

function ratedMovie(history: History, position: number, { catalog }: Model, locale: Locale | undefined): RatedMovie {
  return {
    ...movieSummary(catalog, history.itemIndices[position]!, locale),
    rating: history.ratings[position]!,
    timestamp: history.timestamps[position]!,
  }
}

function groupBy<Key>(rated: RatedMovie[], keysOf: (movie: RatedMovie) => Key[]): [Key, RatedMovie[]][] {
  const groups = new Map<Key, RatedMovie[]>()
  for (const movie of rated)
    for (const key of keysOf(movie)) {
      const group = groups.get(key)
      if (group) group.push(movie)
      else groups.set(key, [movie])
    }
  return [...groups]
}

function mean(rated: RatedMovie[]): number {
  return round(rated.reduce((sum, { rating }) => sum + rating, 0) / rated.length, 2)
}

const UserParams = z.strictObject({ userId: UserId })
const RatingParams = z.strictObject({ userId: UserId, movieId: MovieId })

export const userRoutes: Route[] = [
  route({
    method: 'get',
    path: '/users/{userId}',
    tag: 'users',
    summary: 'Profile, top rated, recent favourites and recommendations of a user',
    params: UserParams,
    query: RecommendOptions,
    answer: UserProfile,
    errors: [404],
    handle: ({ params: { userId }, query, ...handles }) =>
      inExperiment(userId, query, handles, (part) => profile(part, handles, userId)),
  }),
  route({
    method: 'put',
    path: '/users/{userId}/ratings/{movieId}',
    tag: 'users',
    summary: 'Rate a movie; the next answer knows it',
    params: RatingParams,
    body: RatingRequest,
    answer: StoredRating,
    errors: [404],
    async handle({ served, env, log, params, body }) {
      itemIndexOf(served.model.catalog, params.movieId)
      const answer: StoredRating = { ...params, rating: body.rating, updatedAt: nowSeconds() }
      await stored('rating', log, writeRating(env.DB, { ...params, now: answer.updatedAt }, body.rating))
      return answer
    },
  }),
  route({
    method: 'delete',
    path: '/users/{userId}/ratings/{movieId}',
    tag: 'users',
    summary: 'Take a rating back, a published one too; removing what is not there changes nothing',
    params: RatingParams,
    answer: RemovedRating,
    errors: [404],
    async handle({ served, env, log, params }) {
      itemIndexOf(served.model.catalog, params.movieId)
      await stored('rating', log, writeRating(env.DB, { ...params, now: nowSeconds() }, null))
      return { ...params, removed: true as const }
    },
  }),
]
