import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type * as z from 'zod'
import {
  ApiError,
  ModelAnswer,
  MovieDetails,
  MovieList,
  Recommendations,
  type RecommendedMovie,
  SimilarMovies,
  StoredRating,
  UserProfile,
} from '#core/schemas/api.ts'
import { SOURCES } from '#core/schemas/config.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

// movies and users are those of tests/helpers/tiny-model.ts
let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker()
  await worker.publish('0000000000000001')
}, 30_000)
afterAll(() => worker.stop())
beforeEach(async () => {
  await (await worker.getD1()).exec('DELETE FROM live_feedback')
})

/** The answer, after it was held to its schema. */
async function ok<Schema extends z.ZodType>(
  schema: Schema,
  path: string,
  options?: { method?: string; body?: unknown },
): Promise<z.infer<Schema>> {
  const { status, json } = await worker.call(path, options)
  expect({ status, json }).toMatchObject({ status: 200 })
  return schema.parse(json)
}

async function refused(status: number, path: string, options?: { method?: string; body?: unknown }) {
  const answer = await worker.call(path, options)
  expect(answer.status).toBe(status)
  return ApiError.parse(answer.json).error
}

const ids = (items: { movieId: number }[]) => items.map(({ movieId }) => movieId)
const recommend = (path: string, body?: unknown) => ok(Recommendations, path, body === undefined ? {} : { body })

describe('recommend', () => {
  test('gives a user of the data more of what they liked, and nothing they have rated', async () => {
    const answer = await recommend('/recommend/user/1')
    expect(answer).toMatchObject({ modelId: '0000000000000001', rung: 'personalized', degraded: [] })
    expect(answer.history).toEqual({ ratings: 3, likes: 2, unknownMovieIds: [] })
    expect(ids(answer.items)).toEqual([30, 40, 90, 60, 70])
    expect(answer.items[0]!.reason.text).toBe('Because you liked Star Harbour and Star Harbour.')
  })

  test('of several entries of one movie the latest holds, wherever it stands', async () => {
    const [latest, earlier] = [
      { movieId: 10, rating: 1, timestamp: 20 },
      { movieId: 10, rating: 5, timestamp: 10 },
    ]
    const { items, history } = await recommend('/recommend/history', { history: [latest, earlier] })
    expect(history).toEqual({ ratings: 1, likes: 0, unknownMovieIds: [] })
    expect(items).toEqual((await recommend('/recommend/history', { history: [latest] })).items)
  })

  test('ranks by a score that is the sum of its shares', async () => {
    const { items } = await recommend('/recommend/user/1?k=7')
    const sum = ({ shares }: RecommendedMovie) => SOURCES.reduce((total, source) => total + shares[source], 0)
    for (const item of items) expect(sum(item)).toBeCloseTo(item.score, 12)
    expect(items.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(items.map(({ score }) => score)).toEqual(items.map(({ score }) => score).sort((a, b) => b - a))
  })

  test('answers a user nobody knows with what is popular, and says so', async () => {
    const answer = await recommend('/recommend/user/999')
    expect(answer.rung).toBe('popularity')
    expect(ids(answer.items)).toEqual([10, 20, 50, 60, 30])
    expect(answer.items[0]!.reason).toMatchObject({ kind: 'popular', because: [] })
  })

  test('stands on the content rung when the only like has no factors', async () => {
    const answer = await recommend('/recommend/history', { history: [{ movieId: 90 }] })
    expect(answer.rung).toBe('content')
    expect(ids(answer.items).slice(0, 3)).toEqual([10, 20, 40])
    expect(answer.items[0]!.reason.text).toBe('Similar to New Orbit: space.')
  })

  test('is popular within a genre for an empty history with a wish', async () => {
    const answer = await recommend('/recommend/history', { history: [], genres: ['romance'] })
    expect(answer.rung).toBe('genrePopularity')
    expect(ids(answer.items)).toEqual([50, 60, 80])
    expect(answer.items[0]!.reason.text).toBe('Popular in Romance: 3.3 stars from 2 ratings.')
  })

  test('takes a low rating as seen, not as liked', async () => {
    const answer = await recommend('/recommend/history', { history: [{ movieId: 10, rating: 1 }], k: 20 })
    expect(answer).toMatchObject({ rung: 'popularity', history: { ratings: 1, likes: 0 } })
    expect(ids(answer.items)).not.toContain(10)
    expect(answer.items).toHaveLength(9)
  })

  test('names the movies of a history that the catalogue lacks, and goes on', async () => {
    const answer = await recommend('/recommend/history', { history: [{ movieId: 5555 }, { movieId: 10 }] })
    expect(answer.history).toEqual({ ratings: 1, likes: 1, unknownMovieIds: [5555] })
  })

  test('holds every filter, from the query and from the body alike', async () => {
    const query = 'genres=Sci-Fi,Drama&avoidGenres=Comedy&yearFrom=1996&yearTo=2012&exclude=20&k=20'
    const fromQuery = await recommend(`/recommend/user/2?${query}`)
    expect(ids(fromQuery.items).toSorted((a, b) => a - b)).toEqual([40, 70])
    const fromBody = await recommend('/recommend/user/2', {
      genres: ['Sci-Fi', 'Drama'],
      avoidGenres: ['Comedy'],
      yearFrom: 1996,
      yearTo: 2012,
      exclude: [20],
      k: 20,
    })
    expect(fromBody).toEqual(fromQuery)
  })

  test('lets a request set its own weights', async () => {
    const popular = await recommend('/recommend/user/1?weights[popularity]=1')
    expect(popular).toMatchObject({
      rung: 'popularity',
      weights: { cf: 0, next: 0, neighbours: 0, content: 0, popularity: 1 },
    })
    expect(ids(popular.items)).toEqual([60, 30, 70, 40, 80])
  })

  test('makes a list more diverse when asked to, and says at what price', async () => {
    const plain = await recommend('/recommend/user/1?weights[popularity]=1&k=3')
    expect(plain.diversity).toBeUndefined()
    expect(await recommend('/recommend/user/1?weights[popularity]=1&k=3&diversity=0')).toEqual(plain)
    // of 60, 30, 70 the last is like the first; 100, of which nothing is known, is like none
    const diverse = await recommend('/recommend/user/1?weights[popularity]=1&k=3&diversity=0.5')
    expect(ids(diverse.items)).toEqual([60, 30, 100])
    expect(diverse.items.map(({ rank }) => rank)).toEqual([1, 2, 3])
    // 0.4 of 0.6 + 0.5 + 0.4; one pair of three alike before, none after
    expect(diverse.diversity).toEqual({
      asked: 0.5,
      relevanceGivenUp: expect.closeTo(0.4 / 1.5, 6),
      intraListDiversity: { before: expect.closeTo(2 / 3, 6), after: expect.closeTo(1, 6) },
    })
  })

  test('answers the same under /v1, and again byte for byte', async () => {
    const { json } = await worker.call('/v1/recommend/user/1')
    expect(json).toEqual((await worker.call('/recommend/user/1')).json)
  })

  test('returns fewer movies, or none, where fewer satisfy the filters', async () => {
    expect((await recommend('/recommend/user/1?genres=Comedy&yearFrom=2000')).items).toEqual([])
  })
})

describe('live feedback', () => {
  const rate = (userId: number, movieId: number, rating: number) =>
    ok(StoredRating, `/users/${userId}/ratings/${movieId}`, { method: 'PUT', body: { rating } })

  test('a rating changes the next answer', async () => {
    expect((await recommend('/recommend/user/500')).rung).toBe('popularity')
    expect(await rate(500, 60, 5)).toMatchObject({ userId: 500, movieId: 60, rating: 5 })
    const answer = await recommend('/recommend/user/500')
    expect(answer.rung).toBe('personalized')
    expect(ids(answer.items).slice(0, 2)).toEqual([70, 50])
    expect(ids(answer.items)).not.toContain(60)
  })

  test('a new rating of a movie takes the place of the published one', async () => {
    await rate(1, 50, 5)
    expect((await recommend('/recommend/user/1')).history).toMatchObject({ ratings: 3, likes: 3 })
  })

  test('a published rating can be taken back: the movie may be recommended again', async () => {
    await worker.call('/users/1/ratings/20', { method: 'DELETE' })
    const answer = await recommend('/recommend/user/1')
    expect(answer.history).toMatchObject({ ratings: 2, likes: 1 })
    expect(ids(answer.items)[0]).toBe(20)
  })

  test('two writes at once leave one of them', async () => {
    await Promise.all([rate(600, 10, 1), rate(600, 10, 5)])
    expect((await recommend('/recommend/user/600')).history.ratings).toBe(1)
  })

  test('refuses stars that do not exist and movies nobody has, and stores nothing', async () => {
    const put = (movieId: number, rating: unknown) => ({ method: 'PUT', body: { rating }, movieId })
    expect(await refused(400, '/users/1/ratings/10', put(10, 7))).toMatchObject({
      message: 'rating: found 7; must be at most 5',
      path: 'rating',
    })
    expect((await refused(400, '/users/1/ratings/10', put(10, 3.3))).message).toContain('steps of 0.5')
    expect((await refused(404, '/users/1/ratings/11', put(11, 3))).message).toBe('movie 11 is not in the catalogue')
    expect(await (await worker.getD1()).prepare('SELECT count(*) AS n FROM live_feedback').first('n')).toBe(0)
  })
})

describe('users', () => {
  test('a profile adds up', async () => {
    const profile = await ok(UserProfile, '/users/1')
    expect(profile).toMatchObject({ numRatings: 3, meanRating: 3.67, likes: 2 })
    expect(profile.genres[0]).toEqual({ name: 'Sci-Fi', ratings: 2, meanRating: 4.5 })
    expect(profile.decades.map(({ decade }) => decade)).toEqual([1990, 2010])
    expect(ids(profile.topRated)).toEqual([10, 20, 50])
    expect(ids(profile.recentFavourites)).toEqual([20, 10])
    expect(profile.recommendations).toEqual(await recommend('/recommend/user/1'))
  })

  test('a user without any rating is not found', async () => {
    expect(await refused(404, '/users/999')).toMatchObject({ code: 'not_found', message: 'user 999 has no ratings' })
  })
})

describe('movies', () => {
  test('are found by the beginnings of words, without diacritics, the best match first', async () => {
    expect(ids((await ok(MovieList, '/movies?q=dung%20kh')).items)).toEqual([80])
    expect(ids((await ok(MovieList, '/movies?q=orbit')).items)).toEqual([40, 90])
    expect(ids((await ok(MovieList, '/movies?q=star%20harbour%202010')).items)).toEqual([20])
    expect(ids((await ok(MovieList, '/movies?q=moon%20cafe')).items)).toEqual([30])
    expect((await ok(MovieList, '/movies?q=zzz')).items).toEqual([])
    // a typo is forgiven where nothing is spelt so
    expect(ids((await ok(MovieList, '/movies?q=obrit')).items)).toEqual([40, 90])
    expect(ids((await ok(MovieList, '/movies?q=leters%20july')).items)).toEqual([60])
    expect((await ok(MovieList, '/movies?q=%21%21')).items).toEqual([])
  })

  test('come by popularity without a query', async () => {
    expect(ids((await ok(MovieList, '/movies?k=3&genres=Drama')).items)).toEqual([60, 70, 80])
  })

  test('have details, and null for what is unknown', async () => {
    expect(await ok(MovieDetails, '/movies/80')).toMatchObject({
      title: 'Đừng Khóc',
      overview: 'Overview of 80.',
      cast: ['Ada Lovelace', 'Trần Anh'],
      imdbId: 'tt0001080',
      tmdbId: 2080,
      source: 'https://example.org/80',
    })
    expect(await ok(MovieDetails, '/movies/100')).toMatchObject({ year: null, meanRating: null, genres: [] })
  })

  test('have similar ones, never themselves; one without factors goes by its texts', async () => {
    const { items } = await ok(SimilarMovies, '/movies/50/similar?k=3')
    expect(ids(items)).toEqual([60, 70, 80])
    expect(items[0]).toMatchObject({
      similarity: 1,
      shares: { cf: 0.5, next: 0, neighbours: 0, content: 0.5, popularity: 0 },
    })
    expect(ids((await ok(SimilarMovies, '/movies/90/similar?k=2')).items)).toEqual([10, 20])
    expect((await refused(404, '/movies/11/similar')).path).toBe('movieId')
  })
})

describe('bad input', () => {
  test.each([
    ['/recommend/user/abc', 'userId: found "abc"; must be a number', 'userId'],
    ['/recommend/user/1.5', 'userId: found 1.5; must be a whole number', 'userId'],
    ['/recommend/user/-1', 'userId: found -1; must be at least 1', 'userId'],
    ['/recommend/user/1?k=0', 'k: found 0; must be at least 1', 'k'],
    ['/recommend/user/1?k=21', 'k: found 21; must be at most 20', 'k'],
    ['/recommend/user/1?k=many', 'k: found "many"; must be a number', 'k'],
    ['/recommend/user/1?exclude=10,x', 'exclude.1: found "x"; must be a number', 'exclude.1'],
    ['/recommend/user/1?weights[cf]=2', 'weights.cf: found 2; must be at most 1', 'weights.cf'],
    [
      '/recommend/user/1?weights[cf]=0',
      'weights: found {"cf":0,"next":0,"neighbours":0,"content":0,"popularity":0}; one weight must be above 0',
      'weights',
    ],
    ['/movies/99999999999', 'movieId: found 99999999999; must be at most 2147483647', 'movieId'],
  ])('%s', async (path, message, field) => {
    expect(await refused(400, path)).toMatchObject({ code: 'bad_request', message, path: field })
  })

  test('an unknown field is named, with those there are', async () => {
    expect((await refused(400, '/recommend/user/1?limit=5')).message).toBe(
      'unknown field limit; fields here: k, genres, genresAll, avoidGenres, yearFrom, yearTo, runtimeFrom, runtimeTo, ' +
        'minRatings, language, exclude, only, locale, cursor, weights, ranker, diversity, replay, precomputed',
    )
    const body = { history: [{ movieId: 1, stars: 3 }] }
    expect((await refused(400, '/recommend/history', { body })).path).toBe('history.0.stars')
  })

  test('an unknown genre is answered with the known ones', async () => {
    const { message } = await refused(400, '/recommend/user/1?genres=Opera')
    expect(message).toBe('no movie has the genre "Opera"; genres: Action, Comedy, Drama, Romance, Sci-Fi')
  })

  test('a body that is no JSON, too long or of too many entries is refused', async () => {
    expect((await refused(400, '/recommend/history', { body: '{"history":' })).message).toMatch(
      /^the body must be JSON/,
    )
    expect((await refused(400, '/recommend/history', { body: '[]' })).message).toBe('body: found []; must be an object')
    expect(await refused(413, '/recommend/history', { body: ' '.repeat(5000) })).toMatchObject({ code: 'too_large' })
    const history = Array.from({ length: 51 }, (_, index) => ({ movieId: index + 1 }))
    expect((await refused(400, '/recommend/history', { body: { history } })).path).toBe('history')
  })

  test('a compressed body and times in milliseconds are named as such', async () => {
    const packed = { body: '\u001f\u008b', headers: { 'content-encoding': 'gzip' } }
    expect((await refused(415, '/recommend/history', packed)).message).toBe(
      'Content-Encoding: found "gzip"; must be left out',
    )
    const history = [{ movieId: 10, timestamp: 1_700_000_000_000 }]
    expect((await refused(400, '/recommend/history', { body: { history } })).message).toBe(
      'history.0.timestamp: found 1700000000000; must be at most 4294967295',
    )
  })

  test('an unknown path is 404 and a wrong method 405, with the right ones', async () => {
    expect((await refused(404, '/nothing')).message).toBe('no route /nothing; see /openapi.json')
    expect((await refused(405, '/movies', { method: 'DELETE' })).code).toBe('method_not_allowed')
    expect((await worker.call('/movies', { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  })
})

describe('operations', () => {
  test('the model card is served', async () => {
    const card = await ok(ModelAnswer, '/model')
    expect(card).toMatchObject({ modelId: '0000000000000001', project: 'tiny', api: { maxK: 20 } })
  })

  test('openapi.json describes every route, and its references lead somewhere', async () => {
    const { json } = await worker.call('/openapi.json')
    expect(json.openapi).toBe('3.1.0')
    expect(Object.keys(json.paths)).toEqual([
      '/recommend/user/{userId}',
      '/recommend/history',
      '/recommend/query',
      '/explain',
      '/recommend/group',
      '/what-if',
      '/replay',
      '/predict/ratings',
      '/predict/new-movie',
      '/movies',
      '/movies/{movieId}',
      '/movies/{movieId}/similar',
      '/users/{userId}',
      '/users/{userId}/ratings/{movieId}',
      '/users/{userId}/feedback/{movieId}',
      '/users/{userId}/feedback',
      '/users/{userId}/data',
      '/taste',
      '/events',
      '/model',
      '/model/history',
      '/healthz',
      '/readyz',
      '/metrics',
    ])
    const { parameters, requestBody } = json.paths['/recommend/user/{userId}'].post
    expect(parameters.map(({ name }: { name: string }) => name)).toEqual(['userId'])
    expect(requestBody.content['application/json'].schema.$ref).toBe('#/components/schemas/UserRecommendOptions')
    expect(JSON.stringify(json)).not.toContain(String(Number.MAX_SAFE_INTEGER))
    const references = JSON.stringify(json).match(/#\/components\/schemas\/\w+/g) ?? []
    expect(references.length).toBeGreaterThan(20)
    for (const reference of references) expect(json.components.schemas).toHaveProperty(reference.split('/')[3]!)
    const weights = json.paths['/recommend/user/{userId}'].get.parameters.find(
      ({ name }: { name: string }) => name === 'weights',
    )
    expect(weights).toMatchObject({ in: 'query', style: 'deepObject' })
  })

  test('healthz and readyz answer', async () => {
    expect((await worker.call('/healthz')).json).toEqual({ status: 'ok' })
    expect((await worker.call('/readyz')).json).toEqual({
      status: 'ready',
      modelId: '0000000000000001',
      problem: null,
    })
  })
})
