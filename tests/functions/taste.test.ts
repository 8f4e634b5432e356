import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomSource } from '#core/random.ts'
import { PredictedRatings, Recommendations, TasteAnswer } from '#core/schemas/api.ts'
import { decodeTaste, encodeTaste } from '#core/taste.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

const SECRET = 'a secret of at least 32 characters'
let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker({ vars: { TASTE_SECRET: SECRET } })
  await worker.publish('0000000000000001')
}, 30_000)
afterAll(() => worker.stop())

const HISTORY = [{ movieId: 10, rating: 5 }, { movieId: 50, rating: 2 }, { movieId: 20 }]
const make = async (history: unknown[], on = worker) =>
  TasteAnswer.parse((await on.call('/taste', { body: { history } })).json)
const change = async (body: object) => (await worker.call('/taste', { method: 'PUT', body })).json
const recommend = (body: object, on = worker) => on.call('/recommend/history', { body })

describe('a taste', () => {
  test('answers as its history does, stars and order included', async () => {
    const { taste, entries, dropped } = await make(HISTORY)
    expect({ entries, dropped }).toEqual({ entries: 3, dropped: 0 })
    const byTaste = await recommend({ taste })
    expect(Recommendations.parse(byTaste.json)).toEqual((await recommend({ history: HISTORY })).json)
    const predict = (viewer: object) => worker.call('/predict/ratings', { body: { ...viewer, movieIds: [30] } })
    const predicted = PredictedRatings.parse((await predict({ taste })).json)
    expect(predicted).toEqual((await predict({ history: HISTORY })).json)
    expect(predicted.history.ratings).toBe(2)
  })

  test.each<[string, (viewer: object) => object]>([
    ['/what-if', (viewer) => ({ ...viewer, add: [{ movieId: 30 }] })],
    ['/recommend/group', (viewer) => ({ members: [viewer, { userId: 2 }] })],
  ])('does for a history in %s', async (path, bodyOf) => {
    const { taste } = await make(HISTORY)
    const [byTaste, byHistory] = [
      await worker.call(path, { body: bodyOf({ taste }) }),
      await worker.call(path, { body: bodyOf({ history: HISTORY }) }),
    ]
    expect(byTaste).toMatchObject({ status: 200, json: byHistory.json })
  })

  test('grows and shrinks, and is the same however it came about', async () => {
    const { taste } = await make(HISTORY.slice(0, 2))
    const grown = await change({ taste, add: [{ movieId: 20 }, { movieId: 30, rating: 1 }] })
    expect(grown.entries).toBe(4)
    expect((await change({ taste: grown.taste, remove: [30] })).taste).toBe((await make(HISTORY)).taste)
    // of a movie the last rating holds, and is the newest
    const changed = await change({ taste, add: [{ movieId: 10, rating: 1 }] })
    expect(changed.taste).toBe((await make([HISTORY[1], { movieId: 10, rating: 1 }])).taste)
  })

  test('goes by the times of its history, where it has some', async () => {
    const at = (timestamp: number, entry: object) => ({ ...entry, timestamp })
    const shuffled = [at(3, HISTORY[2]!), at(1, HISTORY[0]!), at(2, HISTORY[1]!)]
    expect((await make(shuffled)).taste).toBe((await make(HISTORY)).taste)
  })

  test('outlives the catalogue: a movie that this one lacks stays in it', async () => {
    const { taste } = await make([{ movieId: 5555, rating: 4 }, ...HISTORY])
    expect((await recommend({ taste })).json.history).toMatchObject({ ratings: 3, unknownMovieIds: [5555] })
    expect((await change({ taste, remove: [10] })).entries).toBe(3)
  })

  test('of 300 ratings anywhere in MovieLens takes less than 2 KB', async () => {
    const { uniform } = randomSource(1)
    const entries = Array.from({ length: 300 }, () => ({
      movieId: 1 + Math.floor(uniform() * 290_000),
      halfStars: 1 + Math.floor(uniform() * 10),
    }))
    // version, signature, base64
    expect(Math.ceil(((1 + 16 + encodeTaste(entries).length) * 4) / 3)).toBeLessThan(1700)
  })
})

describe('a taste that was not signed here', () => {
  test('or was altered in any one place is refused', async () => {
    const { taste } = await make(HISTORY)
    for (let place = 0; place < taste.length; place++) {
      const letter = taste[place] === 'A' ? 'B' : 'A'
      const { status, json } = await recommend({ taste: taste.slice(0, place) + letter + taste.slice(place + 1) })
      expect({ status, path: json.error.path }).toEqual({ status: 400, path: 'taste' })
      expect(json.error.message).toMatch(/^the taste was refused: /)
    }
  })

  test.each([['x'], ['AAAA'], ['not base64!'], ['A'.repeat(3000)], ['A'.repeat(5)]])(
    'is refused: %s',
    async (taste) => {
      expect((await recommend({ taste })).status).toBe(400)
      expect((await worker.call('/taste', { method: 'PUT', body: { taste, remove: [1] } })).status).toBe(400)
    },
  )

  test('is refused though it is of another server', async () => {
    const other = await startTinyWorker({ vars: { TASTE_SECRET: `another ${SECRET}`, TASTE_SECRET_BEFORE: SECRET } })
    try {
      await other.publish('0000000000000001')
      const { taste } = await make(HISTORY, other)
      expect((await recommend({ taste })).json.error.message).toBe('the taste was refused: its signature is not valid')
      // a secret of before still verifies
      expect((await recommend({ taste: (await make(HISTORY)).taste }, other)).status).toBe(200)
    } finally {
      await other.stop()
    }
  })

  test('with a history beside it, or nothing at all, is no request', async () => {
    const { taste } = await make(HISTORY)
    expect((await recommend({ taste, history: [] })).json.error.message).toContain('either history or taste')
    expect((await recommend({})).status).toBe(400)
  })
})

test('a server without the secret says that it has none', async () => {
  const bare = await startTinyWorker({ vars: { TASTE_SECRET: '' } })
  try {
    await bare.publish('0000000000000001')
    for (const [path, body] of [
      ['/taste', { history: HISTORY }],
      ['/recommend/history', { taste: 'AAAA' }],
    ] as const) {
      const { status, json } = await bare.call(path, { body })
      expect({ status, error: json.error }).toEqual({
        status: 501,
        error: { code: 'not_set_up', message: 'this server signs no tastes; it needs the secret TASTE_SECRET' },
      })
    }
  } finally {
    await bare.stop()
  }
})

describe('the bytes of a taste', () => {
  const entries = fc.array(
    fc.record({ movieId: fc.integer({ min: 1, max: 0x7fff_ffff }), halfStars: fc.integer({ min: 0, max: 10 }) }),
  )

  test('come back as they were', () => {
    fc.assert(
      fc.property(entries, (some) => {
        expect(decodeTaste(encodeTaste(some))).toEqual(some)
      }),
    )
  })

  test('by hand: 10 with 5 stars, then 8 liked', () => {
    // 10: zigzag 20, 20·16 + 10 = 330 = 74 + 2·128; −2: zigzag 3, 3·16 + 0 = 48
    const bytes = encodeTaste([
      { movieId: 10, halfStars: 10 },
      { movieId: 8, halfStars: 0 },
    ])
    expect([...bytes]).toEqual([74 + 128, 2, 48])
  })

  test('that nobody wrote are never taken for a taste that would be written otherwise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const read = decodeTaste(bytes)
        if (read) expect(decodeTaste(encodeTaste(read))).toEqual(read)
      }),
    )
  })
})
