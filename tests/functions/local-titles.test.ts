import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as z from 'zod'
import {
  GroupRecommendations,
  MovieDetails,
  MovieList,
  PredictedRatings,
  Recommendations,
  SimilarMovies,
  UserData,
  UserProfile,
  WhatIf,
} from '#core/schemas/api.ts'
import { QueryAnswer } from '#core/schemas/query.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

/** Movie 30 of tests/helpers/tiny-model.ts, The Moon Café, is called Quán cà phê Mặt Trăng in Vietnam. */
const VIETNAMESE = 'Quán cà phê Mặt Trăng'

let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker()
  await worker.publish('0000000000000001')
}, 30_000)
afterAll(() => worker.stop())

async function ok<Schema extends z.ZodType>(schema: Schema, path: string, body?: unknown): Promise<z.infer<Schema>> {
  const { status, json } = await worker.call(path, body === undefined ? {} : { body })
  expect({ status, json }).toMatchObject({ status: 200 })
  return schema.parse(json)
}

type Named = { movieId: number; title: string; localTitle?: string | undefined }
const cafe = (items: Named[]) => items.find(({ movieId }) => movieId === 30)
const history = [{ movieId: 30, rating: 5 }]

describe('GET /movies finds a movie', () => {
  test.each(['Quán cà phê Mặt Trăng', 'quan ca phe mat trang', 'tiệm cà phê cung trăng', 'quán cà phê mặt trằng'])(
    'by what it is called in Vietnam: %s',
    async (q) => {
      const { items } = await ok(MovieList, `/movies?q=${encodeURIComponent(q)}`)
      expect(items.map(({ movieId }) => movieId)).toEqual([30])
    },
  )

  test.each(['q=qua', 'q=mat%20tr', 'q=mat&locale=vi'])('by the beginning of such a name: %s', async (query) => {
    const { items } = await ok(MovieList, `/movies?${query}`)
    expect(items.map(({ movieId }) => movieId)).toEqual([30])
  })
})

describe('an answer in Vietnamese says what a movie is called there beside its title', () => {
  test('in lists, and says nothing of movies that have no such name', async () => {
    const { items } = await ok(Recommendations, '/recommend/user/1?locale=vi')
    expect(cafe(items)).toMatchObject({ title: 'The Moon Café', localTitle: VIETNAMESE })
    expect(items.filter((item) => 'localTitle' in item)).toHaveLength(1)
  })

  test('nowhere in an answer in English', async () => {
    for (const path of ['/recommend/user/1', '/recommend/user/1?locale=en', '/movies?q=moon', '/movies/30'])
      expect(JSON.stringify((await worker.call(path)).json)).not.toContain('localTitle')
  })

  test.each<[string, z.ZodType<{ items: Named[] }>, string, unknown?]>([
    ['a search', MovieList, '/movies?q=moon&locale=vi'],
    ['similar movies', SimilarMovies, '/movies/40/similar?locale=vi'],
    [
      'a group’s list',
      GroupRecommendations,
      '/recommend/group',
      { members: [{ userId: 1 }, { userId: 2 }], locale: 'vi' },
    ],
    ['a what-if', WhatIf, '/what-if', { userId: 1, add: [{ movieId: 40 }], locale: 'vi' }],
    ['a wish in Vietnamese', QueryAnswer, '/recommend/query', { text: 'phim hài' }],
    ['a wish in English of a Vietnamese', QueryAnswer, '/recommend/query', { text: 'a comedy', locale: 'vi' }],
  ])('in %s', async (_, schema, path, body) => {
    expect(cafe((await ok(schema, path, body)).items)).toMatchObject({ localTitle: VIETNAMESE })
  })

  test('in the details, a profile and predicted stars', async () => {
    expect(await ok(MovieDetails, '/movies/30?locale=vi')).toMatchObject({ localTitle: VIETNAMESE })
    const { recommendations } = await ok(UserProfile, '/users/1?locale=vi')
    expect(cafe(recommendations.items)).toMatchObject({ localTitle: VIETNAMESE })
    const { predictions } = await ok(PredictedRatings, '/predict/ratings', { history, movieIds: [30], locale: 'vi' })
    expect(predictions[0]).toMatchObject({ localTitle: VIETNAMESE })
  })

  test('in the copy of one’s data', async () => {
    await worker.call('/users/9/ratings/30', { method: 'PUT', body: { rating: 4 } })
    const { live } = await ok(UserData, '/users/9/data?locale=vi')
    expect(live).toMatchObject([{ movieId: 30, title: 'The Moon Café', localTitle: VIETNAMESE, rating: 4 }])
    const { published } = await ok(UserData, '/users/1/data')
    expect(published.map(({ title }) => title)).toContainEqual(expect.any(String))
  })

  test('in reasons, which call the movie by it', async () => {
    const weights = { neighbours: 1 }
    const { items } = await ok(Recommendations, '/recommend/history', { history, weights, locale: 'vi' })
    expect(items[0]!.reason).toEqual({
      kind: 'liked',
      text: `Vì bạn thích ${VIETNAMESE}.`,
      because: [{ movieId: 30, title: 'The Moon Café', localTitle: VIETNAMESE }],
    })
    const english = await ok(Recommendations, '/recommend/history', { history, weights })
    expect(english.items[0]!.reason.text).toBe('Because you liked The Moon Café.')
  })
})

describe('a wish', () => {
  test('may name a movie so, is understood as the catalogue has it, and is explained so', async () => {
    const answer = await ok(QueryAnswer, '/recommend/query', { text: `phim giống ${VIETNAMESE}` })
    expect(answer.intent.similarTitles).toEqual([{ movieId: 30, title: 'The Moon Café', localTitle: VIETNAMESE }])
    expect(answer.items[0]!.receipt.similarTo).toEqual(['The Moon Café'])
    expect(answer.items[0]!.explanation.text).toContain(`Giống ${VIETNAMESE}`)
  })

  test('understood may be sent back as it came', async () => {
    const text = `phim giống ${VIETNAMESE}`
    const { intent } = await ok(QueryAnswer, '/recommend/query', { text })
    const again = await ok(QueryAnswer, '/recommend/query', { text, intent })
    expect(again).toMatchObject({ intent, understoodBy: 'request' })
  })
})
