import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiError, PredictedNewMovie } from '#core/schemas/api.ts'
import { tinyFiles } from '../helpers/tiny-model.ts'
import { tinyPlacement } from '../helpers/tiny-placement.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

// movies and users are those of tests/helpers/tiny-model.ts, stars those of tiny-stars.ts, words those of tiny-placement.ts
let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker()
  await worker.publish('0000000000000001', undefined, tinyFiles(tinyPlacement()))
}, 30_000)
afterAll(() => worker.stop())

async function predict(body: unknown): Promise<PredictedNewMovie> {
  const { status, json } = await worker.call('/predict/new-movie', { body })
  expect({ status, json }).toMatchObject({ status: 200 })
  return PredictedNewMovie.parse(json)
}

async function refused(status: number, body: unknown) {
  const answer = await worker.call('/predict/new-movie', { body })
  expect({ status: answer.status, json: answer.json }).toMatchObject({ status })
  return ApiError.parse(answer.json).error
}

const SPACE_FAN = { history: [{ movieId: 10, rating: 5 }] }

describe('POST /predict/new-movie', () => {
  test('predicts as for a movie of the catalogue of which the same is told, and is less sure', async () => {
    // as movie 20 in predict.test.ts: 4.5 stars, √(5/3); a squared star more is not known: √(8/3)
    const answer = await predict({ title: 'Space Race', overview: 'A race in space.', ...SPACE_FAN })
    expect(answer).toMatchObject({ title: 'Space Race', modelId: '0000000000000001', stars: 4.5, sd: 1.63 })
    // the six movies that are not about space
    expect(answer.starsPercentile).toBe(60)
    expect(answer).toMatchObject({ basis: 'personal', history: { ratings: 1, unknownMovieIds: [] }, degraded: [] })
  })

  test('tells the movies with the nearest texts, and by which terms', async () => {
    const { similar } = await predict({ title: 'Space Race', keywords: ['Space'], k: 5, ...SPACE_FAN })
    // movie 30 is half about love: 1/√2
    expect(similar.map(({ movieId, similarity }) => [movieId, similarity])).toEqual([
      [10, 1],
      [20, 1],
      [40, 1],
      [90, 1],
      [30, Number(Math.SQRT1_2.toFixed(3))],
    ])
    expect(similar[0]!.shared).toEqual(['space'])
  })

  test('says where it would stand in the list of who likes such movies, and of who does not', async () => {
    const space = await predict({ title: 'Space Race', keywords: ['space'], userId: 1 })
    const love = await predict({ title: 'Love Letters', keywords: ['love'], userId: 1 })
    // of the ten, user 1 has rated three
    expect(space.rank).toMatchObject({ of: 8 })
    expect(space.rank!.position).toBeLessThan(love.rank!.position)
    expect(space.stars).toBeGreaterThan(love.stars)
    const { position, of, percentile } = space.rank!
    expect(percentile).toBeCloseTo((100 * (of - position)) / (of - 1), 1)
  })

  test('counts what it knows of each field and goes by nothing else', async () => {
    const told = { genres: ['Noir'], overview: 'Love and robots in space', directors: ['Nobody'], actors: ['A', 'B'] }
    const { known } = await predict({
      title: 'X',
      ...told,
      keywords: ['deep sea'],
      year: 1990,
      runtime: 90,
      ...SPACE_FAN,
    })
    expect(known).toEqual({
      genres: { given: 1, known: 0 },
      overview: { given: 3, known: 2 },
      keywords: { given: 1, known: 0 },
      actors: { given: 2, known: 0 },
      directors: { given: 1, known: 0 },
      year: true,
      runtime: false,
    })
  })

  test('a year counts where movies of such years have been learned from', async () => {
    const of = async (year: number) => predict({ title: 'X', keywords: ['space'], year, ...SPACE_FAN })
    const [learned, other] = [await of(1990), await of(2050)]
    expect([learned.known.year, other.known.year]).toEqual([true, false])
    expect(learned.stars - other.stars).toBeCloseTo(0.25, 1)
  })

  test('without a viewer it is for an average one, and without a known word it has neither rank nor neighbours', async () => {
    const answer = await predict({ title: 'X', overview: 'Zzz' })
    // μ alone
    expect(answer).toMatchObject({ basis: 'movie', stars: 3, rank: null, similar: [] })
    const named = await predict({ title: 'X', keywords: ['space'], history: [{ movieId: 5555 }] })
    expect(named).toMatchObject({ basis: 'movie', rank: null, history: { unknownMovieIds: [5555] } })
  })

  test.each([
    [{}, 'title'],
    [{ title: 'X', year: 1492 }, 'year: found 1492'],
    [{ title: 'X', runtime: 0 }, 'runtime: found 0'],
    [{ title: 'X', userId: 1, history: [] }, 'must have at most one of userId, history and taste'],
    [{ title: 'X', budget: 5 }, 'unknown field budget'],
  ])('refuses %o', async (body, message) => {
    const error = await refused(400, body)
    expect(error.code).toBe('bad_request')
    expect(error.message).toContain(message)
  })

  test('a model without a placement says so, and one that cannot be read is tried again', {
    timeout: 20_000,
  }, async () => {
    const isServed = (buildId: string) =>
      expect.poll(async () => (await worker.call('/readyz')).json.modelId, { timeout: 10_000 }).toBe(buildId)
    await worker.publish('0000000000000002')
    await isServed('0000000000000002')
    expect((await refused(404, { title: 'X' })).message).toContain('has nothing to predict new movies by')

    const files = tinyFiles(tinyPlacement())
    await worker.publish(
      '0000000000000003',
      (broken) => broken.set('placement.arrow', Uint8Array.of(1)),
      new Map(files),
    )
    await isServed('0000000000000003')
    expect((await refused(503, { title: 'X' })).code).toBe('unavailable')
    await (await worker.getR2()).put('models/0000000000000003/placement.arrow', files.get('placement.arrow')!)
    expect((await predict({ title: 'X', keywords: ['space'], ...SPACE_FAN })).stars).toBe(4.5)
  })
})
