import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeMovieIds } from '#core/batch-list.ts'
import { tinyFiles } from '../helpers/tiny-model.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

const MODEL = '0000000000000001'
let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker()
  await worker.publish(MODEL)
}, 30_000)
afterAll(() => worker.stop())

const moviesOf = (answer: { json: { items: { movieId: number }[] } }) => answer.json.items.map(({ movieId }) => movieId)

/** A complete run's lists. */
async function store(lists: Record<number, number[]>, modelId = MODEL, completedAt: number | null = 1000) {
  const database = await worker.getD1()
  await database.prepare('DELETE FROM batch_lists').run()
  await database.prepare('DELETE FROM batch_runs').run()
  await database
    .prepare('INSERT INTO batch_runs (model_id, users, started_at, completed_at) VALUES (?, ?, 900, ?)')
    .bind(modelId, Object.keys(lists).length, completedAt)
    .run()
  for (const [userId, movieIds] of Object.entries(lists))
    await database
      .prepare('INSERT INTO batch_lists (user_id, model_id, movie_ids) VALUES (?, ?, ?)')
      .bind(Number(userId), modelId, encodeMovieIds(movieIds))
      .run()
}

test('the list that was computed beforehand is answered when it is asked for, in its order', async () => {
  await store({ 2: [80, 30, 70, 10] })
  const answer = await worker.call('/recommend/user/2?precomputed=true&k=3')
  expect(answer.json.rung).toBe('batch')
  expect(moviesOf(answer)).toEqual([80, 30, 70])
  // 1, 3/4 and 2/4 of four places
  expect(answer.json.items.map(({ score }: { score: number }) => score)).toEqual([1, 0.75, 0.5])
  expect(answer.json.items[0].shares).toEqual({ cf: 0, next: 0, neighbours: 0, content: 0, popularity: 0, batch: 1 })
  expect(answer.json.items[0].reason.kind).toBe('batch')
  expect(answer.json.degraded).toEqual([])
})

test('its pages go on where the one before ended, and behind its end the list is a fresh one', async () => {
  await store({ 2: [80, 30, 70] })
  const first = await worker.call('/recommend/user/2?precomputed=true&k=2')
  const second = await worker.call(`/recommend/user/2?precomputed=true&k=2&cursor=${first.json.nextCursor}`)
  expect(moviesOf(second)).toEqual([70])
  expect(second.json.items[0].rank).toBe(3)
  const { json } = await worker.call('/recommend/user/2?precomputed=true&k=2&genres=Action')
  expect(json).toMatchObject({ rung: 'personalized', items: [{ movieId: 20 }] })
})

test('it is held to the filters of the request, and to what was seen or dismissed since', async () => {
  await store({ 2: [80, 30, 70, 10, 40] })
  await worker.call('/users/2/feedback/70', { method: 'PUT', body: { kind: 'seen' } })
  await worker.call('/users/2/ratings/40', { method: 'PUT', body: { rating: 3 } })
  expect(moviesOf(await worker.call('/recommend/user/2?precomputed=true&k=9&exclude=80'))).toEqual([30, 10])
  expect(moviesOf(await worker.call('/recommend/user/2?precomputed=true&yearTo=1992'))).toEqual([10])
  const refused = await worker.call('/recommend/user/2?precomputed=true&genres=Opera')
  expect(refused).toMatchObject({ status: 400, json: { error: { path: 'genres' } } })
  await worker.call('/users/2/feedback/70', { method: 'DELETE' })
  await worker.call('/users/2/ratings/40', { method: 'DELETE' })
})

test('movies that the model of today does not have are passed over', async () => {
  await store({ 2: [99_999, 80] }, '00000000000000ff')
  expect(moviesOf(await worker.call('/recommend/user/2?precomputed=true'))).toEqual([80])
})

test('lists of a run that is not complete are not answered', async () => {
  await store({ 2: [80] }, MODEL, null)
  expect((await worker.call('/recommend/user/2?precomputed=true')).json.rung).toBe('personalized')
})

test('a list computed beforehand cannot be weighed anew', async () => {
  const { status, json } = await worker.call('/recommend/user/2', {
    body: { precomputed: true, weights: { content: 1 } },
  })
  expect({ status, path: json.error.path }).toEqual({ status: 400, path: 'precomputed' })
})

test('who was erased has none, in any way', async () => {
  await store({ 1: [80, 30] })
  const { json: data } = await worker.call('/users/1/data')
  expect(data.batch).toEqual({ modelId: MODEL, movieIds: [80, 30] })
  await worker.call('/users/1/data', { method: 'DELETE' })
  expect((await worker.call('/users/1/data')).json.batch).toBeNull()
  // put back by a run that had begun before
  await store({ 1: [80, 30] })
  expect((await worker.call('/recommend/user/1?precomputed=true')).json.rung).toBe('popularity')
})

test('a list that is not one, or cannot be read, is as none', async () => {
  await store({ 2: [80] })
  const database = await worker.getD1()
  await database.prepare("UPDATE batch_lists SET movie_ids = '!!' WHERE user_id = 2").run()
  expect((await worker.call('/recommend/user/2?precomputed=true')).json.rung).toBe('personalized')
  await database.prepare('ALTER TABLE batch_lists RENAME TO elsewhere').run()
  expect((await worker.call('/recommend/user/2?precomputed=true')).json.rung).toBe('personalized')
  await database.prepare('ALTER TABLE elsewhere RENAME TO batch_lists').run()
})

test('who could be answered by a fresh list gets one', async () => {
  await store({ 2: [80] })
  expect((await worker.call('/recommend/user/2')).json.rung).toBe('personalized')
})

test('where the published history cannot be read, the list from before answers; without one, what is known', async () => {
  await worker.publish('0000000000000002', (files) => files.set('histories.arrow', new Uint8Array(4096)))
  await store({ 2: [20, 70] })
  await expect.poll(async () => (await worker.call('/model')).json.modelId).toBe('0000000000000002')
  expect((await worker.call('/recommend/user/2?k=2')).json).toMatchObject({
    rung: 'batch',
    degraded: ['publishedHistory'],
    items: [{ movieId: 20 }, { movieId: 70 }],
  })
  await store({})
  expect((await worker.call('/recommend/user/2')).json).toMatchObject({
    rung: 'popularity',
    degraded: ['publishedHistory'],
  })
})

test('where no fresh list can be made, the one from before answers and says so; without one the request fails', async () => {
  // λ is 0 in f32, and the tiny model's factors span only two of eight dimensions: there is no fold-in
  const foldIn = { unobservedWeight: 0.1, regularization: 1e-46, regularizationExponent: 0, unobservedMass: 0 }
  await worker.publish('0000000000000003', undefined, tinyFiles({ foldIn }))
  await store({ 2: [20, 70] })
  await expect.poll(async () => (await worker.call('/model')).json.modelId).toBe('0000000000000003')
  expect((await worker.call('/recommend/user/2?k=2')).json).toMatchObject({
    rung: 'batch',
    degraded: ['ranking'],
    items: [{ movieId: 20 }, { movieId: 70 }],
  })
  expect((await worker.call('/recommend/user/2?genres=Opera')).status).toBe(400)
  await store({})
  expect((await worker.call('/recommend/user/2')).status).toBe(500)
})
