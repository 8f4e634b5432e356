import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type * as z from 'zod'
import {
  ApiError,
  ErasedUser,
  FeedbackList,
  PredictedRatings,
  Recommendations,
  StoredFeedback,
  UndoneFeedback,
  UserData,
} from '#core/schemas/api.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'
import { nowSeconds } from '../helpers/tokens.ts'

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

const DAY = 86_400

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

const mark = (userId: number, movieId: number, kind: string, until?: number | string) =>
  ok(StoredFeedback, `/users/${userId}/feedback/${movieId}`, {
    method: 'PUT',
    body: { kind, ...(until !== undefined && { until }) },
  })
const undo = (userId: number, movieId: number, version?: number) =>
  ok(UndoneFeedback, `/users/${userId}/feedback/${movieId}${version === undefined ? '' : `?version=${version}`}`, {
    method: 'DELETE',
  })
const rate = (userId: number, movieId: number, rating: number) =>
  worker.call(`/users/${userId}/ratings/${movieId}`, { method: 'PUT', body: { rating } })
const recommend = (userId: number) => ok(Recommendations, `/recommend/user/${userId}?k=20`)
const ids = (items: { movieId: number }[]) => items.map(({ movieId }) => movieId)
const sql = async (statement: string) => (await worker.getD1()).exec(statement)

describe('a mark holds in the next answer', () => {
  test.each(['seen', 'liked', 'disliked', 'snoozed'])('what is %s is not recommended', async (kind) => {
    expect(ids((await recommend(1)).items)).toContain(30)
    await mark(1, 30, kind)
    expect(ids((await recommend(1)).items)).not.toContain(30)
  })

  test('a like counts as a like, and predicts no stars', async () => {
    await mark(500, 60, 'liked')
    const answer = await recommend(500)
    expect(answer).toMatchObject({ rung: 'personalized', history: { ratings: 1, likes: 1 } })
    expect(ids(answer.items).slice(0, 2)).toEqual([70, 50])
    const { basis } = await ok(PredictedRatings, '/predict/ratings', { body: { userId: 500, movieIds: [70] } })
    expect(basis).toBe('movie')
  })

  test('what was only seen says nothing of the taste', async () => {
    await mark(500, 60, 'seen')
    expect(await recommend(500)).toMatchObject({ rung: 'popularity', history: { ratings: 0, likes: 0 } })
  })

  test('a dislike takes a like back, and a rating after it holds again', async () => {
    await mark(1, 10, 'disliked')
    expect((await recommend(1)).history).toMatchObject({ ratings: 3, likes: 1 })
    await rate(1, 10, 5)
    expect((await recommend(1)).history).toMatchObject({ ratings: 3, likes: 2 })
  })

  test('a snoozed movie comes back when its time has come', async () => {
    await mark(1, 30, 'snoozed')
    expect(ids((await recommend(1)).items)).not.toContain(30)
    await sql(`UPDATE live_feedback SET until = ${nowSeconds() - 1}`)
    expect(ids((await recommend(1)).items)).toContain(30)
    expect((await ok(FeedbackList, '/users/1/feedback')).items).toEqual([])
  })

  test('a snooze leaves a like in place', async () => {
    await mark(500, 60, 'liked')
    await mark(500, 60, 'snoozed')
    expect((await recommend(500)).history).toMatchObject({ likes: 1 })
  })
})

describe('how long a snooze lasts', () => {
  test('30 days when nothing is said', async () => {
    const { until, updatedAt } = await mark(1, 30, 'snoozed')
    expect(until! - updatedAt).toBe(30 * DAY)
  })

  test('until a time, in seconds or in words with any offset', async () => {
    const time = nowSeconds() + DAY
    expect((await mark(1, 30, 'snoozed', time)).until).toBe(time)
    const words = new Date((time + 7 * 3600) * 1000).toISOString().replace('.000Z', '+07:00')
    expect((await mark(1, 30, 'snoozed', words)).until).toBe(time)
  })

  test.each([
    ['snoozed', nowSeconds() - 1],
    ['snoozed', nowSeconds() + 400 * DAY],
    ['snoozed', '2020-01-01T00:00:00Z'],
    ['snoozed', 'tomorrow'],
    ['snoozed', -1],
    ['liked', nowSeconds() + DAY],
  ])('not %s until %s', async (kind, until) => {
    const { status, json } = await worker.call('/users/1/feedback/30', { method: 'PUT', body: { kind, until } })
    expect(status).toBe(400)
    expect(ApiError.parse(json).error.path).toBe('until')
    expect((await ok(FeedbackList, '/users/1/feedback')).items).toEqual([])
  })
})

describe('undo', () => {
  test('of a like over a rating gives the rating back', async () => {
    await rate(1, 30, 1)
    const before = await recommend(1)
    await mark(1, 30, 'liked')
    expect((await recommend(1)).history.likes).toBe(3)
    expect(await undo(1, 30)).toMatchObject({ undone: true, feedback: null })
    expect(await recommend(1)).toEqual(before)
  })

  test('goes back one step after the other', async () => {
    await mark(1, 30, 'liked')
    await mark(1, 30, 'snoozed')
    await mark(1, 30, 'disliked')
    expect((await undo(1, 30)).feedback).toMatchObject({ kind: 'snoozed' })
    expect((await undo(1, 30)).feedback).toMatchObject({ kind: 'liked' })
    expect((await undo(1, 30)).feedback).toBeNull()
    expect(await undo(1, 30)).toMatchObject({ undone: false, feedback: null })
  })

  test('sent again with its version undoes nothing else', async () => {
    await mark(1, 30, 'liked')
    const { version } = await mark(1, 30, 'seen')
    expect((await undo(1, 30, version)).undone).toBe(true)
    expect(await undo(1, 30, version)).toMatchObject({ undone: false, feedback: { kind: 'liked' } })
  })

  test('takes what the user sees, not a snooze that is over', async () => {
    await mark(1, 30, 'liked')
    await mark(1, 30, 'snoozed')
    await sql(`UPDATE live_feedback SET until = ${nowSeconds() - 1} WHERE kind = 'snoozed'`)
    expect(await undo(1, 30)).toMatchObject({ undone: true, feedback: null })
  })

  test('reaches back a few marks, and no more are kept', async () => {
    for (let turn = 0; turn < 6; turn++) for (const kind of ['liked', 'disliked']) await mark(1, 30, kind)
    const count = (await worker.getD1()).prepare('SELECT count(*) AS n FROM live_feedback')
    expect(await count.first('n')).toBe(8)
  })
})

describe('writes', () => {
  test('at once are all acknowledged, in one order, and the last one holds', async () => {
    const kinds = ['seen', 'liked', 'disliked', 'liked', 'seen', 'disliked']
    const written = await Promise.all(kinds.map((kind) => mark(1, 30, kind)))
    const newest = written.reduce((a, b) => (a.version > b.version ? a : b))
    expect(new Set(written.map(({ version }) => version)).size).toBe(kinds.length)
    const { items } = await ok(FeedbackList, '/users/1/feedback')
    expect(items).toEqual([
      { movieId: 30, kind: newest.kind, until: null, updatedAt: expect.any(Number), version: newest.version },
    ])
  })

  test('a clock that was set back does not change what came last', async () => {
    await mark(1, 30, 'liked')
    await sql(`UPDATE live_feedback SET updated_at = ${nowSeconds() + 1000 * DAY}`)
    await mark(1, 30, 'disliked')
    await mark(1, 40, 'liked')
    expect((await ok(FeedbackList, '/users/1/feedback')).items.map(({ kind }) => kind)).toEqual(['liked', 'disliked'])
    expect((await recommend(1)).history).toMatchObject({ ratings: 5, likes: 3 })
  })

  test('of one second keep their order', async () => {
    // of the last two ratings the older one counts half (tests/helpers/tiny-model.ts)
    for (const movieId of [50, 10, 50]) await rate(700, movieId, 5)
    for (const movieId of [10, 50]) await rate(701, movieId, 5)
    await sql('UPDATE live_feedback SET updated_at = 1000000')
    expect((await recommend(700)).items).toEqual((await recommend(701)).items)
  })

  test('are refused for movies that nobody has, and kinds that are none', async () => {
    const put = (movieId: number, body: unknown) => worker.call(`/users/1/feedback/${movieId}`, { method: 'PUT', body })
    expect((await put(11, { kind: 'seen' })).json.error.message).toBe('movie 11 is not in the catalogue')
    expect((await put(30, { kind: 'loved' })).json.error.message).toBe(
      'kind: found "loved"; must be one of seen, liked, disliked, snoozed',
    )
  })

  test('that cannot be stored are not acknowledged', async () => {
    await sql('ALTER TABLE live_feedback RENAME TO away')
    try {
      for (const [method, path, body] of [
        ['PUT', '/users/1/feedback/30', { kind: 'seen' }],
        ['DELETE', '/users/1/feedback/30'],
        ['DELETE', '/users/1/data'],
        ['GET', '/users/1/data'],
        ['GET', '/users/1/feedback'],
      ] as const) {
        const { status, json, headers } = await worker.call(path, { method, body })
        expect({ path, status, code: json.error.code }).toEqual({ path, status: 503, code: 'unavailable' })
        expect(headers.get('retry-after')).toBe('5')
      }
      expect((await recommend(1)).degraded).toEqual(['liveRatings'])
    } finally {
      await sql('ALTER TABLE away RENAME TO live_feedback')
    }
  })
})

test('whatever is said and taken back, the last word holds and nothing said of is recommended', async () => {
  const movieId = fc.constantFrom(10, 30, 60, 80)
  const step = fc.oneof(
    fc.record({ movieId, kind: fc.constantFrom('seen', 'liked', 'disliked', 'snoozed') }),
    fc.record({ movieId, rating: fc.constantFrom(1, 5) }),
    fc.record({ movieId }),
  )
  let userId = 1000
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      userId++
      const said = new Map<number, string[]>()
      const rated = new Set<number>()
      for (const one of steps) {
        const marks = said.get(one.movieId) ?? []
        said.set(one.movieId, marks)
        if ('kind' in one) {
          await mark(userId, one.movieId, one.kind)
          marks.push(one.kind)
        } else if ('rating' in one) {
          await rate(userId, one.movieId, one.rating)
          rated.add(one.movieId)
        } else expect((await undo(userId, one.movieId)).undone).toBe(marks.pop() !== undefined)
      }
      const now = new Map([...said].flatMap(([id, marks]) => (marks.length > 0 ? [[id, marks.at(-1)]] : [])))
      const { items } = await ok(FeedbackList, `/users/${userId}/feedback`)
      expect(new Map(items.map((item) => [item.movieId, item.kind]))).toEqual(now)
      const listed = ids((await recommend(userId)).items).sort((a, b) => a - b)
      const open = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100].filter((id) => !now.has(id) && !rated.has(id))
      expect(listed).toEqual(open)
    }),
    { numRuns: 20 },
  )
})

describe('the list of a user’s marks', () => {
  test('comes in pages, the newest first, and by kind', async () => {
    for (const movieId of [10, 20, 30, 40, 50]) await mark(9, movieId, movieId === 30 ? 'liked' : 'seen')
    const first = await ok(FeedbackList, '/users/9/feedback?k=2')
    expect(ids(first.items)).toEqual([50, 40])
    // a newer mark does not move the next page
    await mark(9, 60, 'seen')
    const second = await ok(FeedbackList, `/users/9/feedback?k=2&cursor=${first.nextCursor}`)
    expect(ids(second.items)).toEqual([30, 20])
    const last = await ok(FeedbackList, `/users/9/feedback?k=2&cursor=${second.nextCursor}`)
    expect({ ids: ids(last.items), nextCursor: last.nextCursor }).toEqual({ ids: [10], nextCursor: null })
    expect(ids((await ok(FeedbackList, '/users/9/feedback?kind=liked')).items)).toEqual([30])
    expect((await worker.call('/users/9/feedback?cursor=x')).json.error.path).toBe('cursor')
  })
})

describe('one’s data', () => {
  test('can be taken along, all of it', async () => {
    await rate(1, 30, 4)
    await mark(1, 40, 'snoozed')
    const data = await ok(UserData, '/users/1/data')
    expect(data).toMatchObject({ userId: 1, erased: false })
    expect(data.published).toEqual([
      { movieId: 10, title: expect.any(String), rating: 5, timestamp: 1_000_000 },
      { movieId: 20, title: expect.any(String), rating: 4, timestamp: 1_000_001 },
      { movieId: 50, title: expect.any(String), rating: 2, timestamp: 1_000_002 },
    ])
    expect(data.live).toMatchObject([
      { movieId: 30, kind: 'rated', rating: 4, until: null },
      { movieId: 40, kind: 'snoozed', rating: null, until: expect.any(Number) },
    ])
  })

  test('can be erased, the published part too, and nothing is used any more', async () => {
    await rate(1, 30, 4)
    await mark(1, 40, 'liked')
    const erase = () => ok(ErasedUser, '/users/1/data', { method: 'DELETE' })
    expect(await erase()).toEqual({ userId: 1, erased: true, removed: 2, publishedRatings: 3 })
    expect(await recommend(1)).toMatchObject({ rung: 'popularity', history: { ratings: 0, likes: 0 } })
    expect((await worker.call('/users/1')).status).toBe(404)
    expect(await ok(UserData, '/users/1/data')).toMatchObject({ published: [], live: [], erased: true })
    expect((await erase()).removed).toBe(0)
    // who comes back begins anew
    await rate(1, 60, 5)
    expect((await recommend(1)).history).toMatchObject({ ratings: 1, likes: 1 })
    expect((await recommend(2)).history.ratings).toBe(2)
  })
})
