import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ApiError, PredictedRatings, Recommendations } from '#core/schemas/api.ts'
import { encodeStars } from '../../build/export/encode-stars.ts'
import { tinyFiles } from '../helpers/tiny-model.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

// movies and users are those of tests/helpers/tiny-model.ts, stars those of tests/helpers/tiny-stars.ts
let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker()
  await worker.publish('0000000000000001')
}, 30_000)
afterAll(() => worker.stop())
beforeEach(async () => {
  await (await worker.getD1()).exec('DELETE FROM live_feedback')
})

async function predict(body: unknown): Promise<PredictedRatings> {
  const { status, json } = await worker.call('/predict/ratings', { body })
  expect({ status, json }).toMatchObject({ status: 200 })
  return PredictedRatings.parse(json)
}

async function refused(status: number, body: unknown) {
  const answer = await worker.call('/predict/ratings', { body })
  expect(answer.status).toBe(status)
  return ApiError.parse(answer.json).error
}

const starsOf = ({ predictions }: PredictedRatings) => predictions.map(({ stars }) => stars)

describe('POST /predict/ratings', () => {
  test('predicts from a history, and says how sure that is', async () => {
    const answer = await predict({ history: [{ movieId: 10, rating: 5 }], movieIds: [20, 50, 90] })
    expect(answer).toMatchObject({
      modelId: '0000000000000001',
      basis: 'personal',
      history: { ratings: 1, unknownMovieIds: [] },
      unknownMovieIds: [],
      degraded: [],
    })
    // worked out in tests/recommend/predict-stars.test.ts: √(5/3), √3, √(8/3)
    expect(answer.predictions.map(({ movieId, stars, sd }) => [movieId, stars, sd])).toEqual([
      [20, 4.5, 1.29],
      [50, 3.5, 1.73],
      [90, 3.5, 1.63],
    ])
  })

  test('predicts for a user from the published ratings, and a new one counts at once', async () => {
    const before = await predict({ userId: 1, movieIds: [30, 60, 10] })
    expect(before).toMatchObject({ basis: 'personal', history: { ratings: 3 } })
    // user 1 gave 5 and 4 to space films and 2 to a weepie
    expect(before.predictions[0]!.stars).toBeGreaterThan(before.predictions[1]!.stars + 0.5)
    expect(before.predictions.map(({ rating }) => rating)).toEqual([null, null, 5])
    await worker.call('/users/1/ratings/40', { method: 'PUT', body: { rating: 0.5 } })
    const after = await predict({ userId: 1, movieIds: [30, 60, 10] })
    expect(after.history.ratings).toBe(4)
    expect(after.predictions[0]!.stars).toBeLessThan(before.predictions[0]!.stars)
  })

  test('an empty history or an unknown user: what an average viewer would give', async () => {
    for (const viewer of [{ history: [] }, { userId: 999 }]) {
      const answer = await predict({ ...viewer, movieIds: [10, 50, 90] })
      expect(answer).toMatchObject({ basis: 'movie', history: { ratings: 0 } })
      expect(starsOf(answer)).toEqual([3.5, 3.5, 3])
    }
  })

  test('a movie that is only named says nothing about stars', async () => {
    const answer = await predict({ history: [{ movieId: 10 }, { movieId: 50, rating: 5 }], movieIds: [20] })
    expect(answer.history.ratings).toBe(1)
    expect(starsOf(answer)).toEqual([3.5])
  })

  test('lists what the catalogue lacks, of the history and of what is asked for', async () => {
    const answer = await predict({ history: [{ movieId: 5555, rating: 3 }], movieIds: [20, 6666] })
    expect(answer).toMatchObject({ history: { ratings: 0, unknownMovieIds: [5555] }, unknownMovieIds: [6666] })
    expect(answer.predictions.map(({ movieId }) => movieId)).toEqual([20])
  })

  test.each([
    [{ movieIds: [10] }, 'body: found {"movieIds":[10]}; must have one of userId, history and taste'],
    [{ userId: 1, history: [], movieIds: [10] }, 'must have one of userId, history and taste'],
    [{ userId: 1, movieIds: [] }, 'movieIds: found []'],
    [{ userId: 1, movieIds: Array.from({ length: 101 }, (_, at) => at + 1) }, 'movieIds: found'],
    [{ history: [{ movieId: 10, rating: 5.5 }], movieIds: [10] }, 'history.0.rating: found 5.5'],
    [{ userId: 1, movieIds: [10], k: 5 }, 'unknown field k'],
  ])('refuses %o', async (body, message) => {
    const error = await refused(400, body)
    expect(error.code).toBe('bad_request')
    expect(error.message).toContain(message)
  })
})

describe('recommendations', () => {
  const recommend = async (body: unknown) =>
    Recommendations.parse((await worker.call('/recommend/history', { body })).json).items

  test('carry the stars that the viewer would give', async () => {
    const items = await recommend({ history: [{ movieId: 10, rating: 5 }], k: 20 })
    const starsById = new Map(items.map(({ movieId, predictedStars }) => [movieId, predictedStars]))
    expect([20, 50, 90].map((movieId) => starsById.get(movieId))).toEqual([4.5, 3.5, 3.5])
  })

  test('carry those of an average viewer without any', async () => {
    for (const { movieId, predictedStars } of await recommend({ history: [{ movieId: 10 }], k: 20 }))
      expect(predictedStars).toBe(movieId < 90 ? 3.5 : 3)
  })
})

test('a model that predicts no stars says so, and recommends', async () => {
  await worker.publish('0000000000000002', undefined, new Map([...tinyFiles(), ...encodeStars(null)]))
  const recommend = async () => (await worker.call('/recommend/user/1')).json
  await expect.poll(async () => (await recommend()).modelId, { timeout: 20_000 }).toBe('0000000000000002')
  for (const { predictedStars } of (await recommend()).items) expect(predictedStars).toBeNull()
  const error = await refused(404, { userId: 1, movieIds: [10] })
  expect(error.message).toBe('the model that is served predicts no stars')
})
