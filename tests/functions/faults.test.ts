import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

// a Worker of its own for each test: they break things
let worker: TinyWorker
beforeEach(async () => {
  worker = await startTinyWorker()
}, 30_000)
afterEach(() => worker.stop())

const OLD = '0000000000000001'
const NEW = '0000000000000002'
const ready = async () => (await worker.call('/readyz')).json

test('without any model it is alive, not ready, and says so', async () => {
  expect((await worker.call('/healthz')).status).toBe(200)
  const { status, json } = await worker.call('/readyz')
  expect({ status, json }).toEqual({
    status: 503,
    json: { status: 'not ready', modelId: null, problem: 'models/current.json: not in the bucket' },
  })
  const answer = await worker.call('/recommend/user/1')
  expect(answer.status).toBe(503)
  expect(answer.headers.get('retry-after')).toBe('5')
  expect(answer.json.error.code).toBe('not_ready')
})

test('many first requests at once are all answered', async () => {
  await worker.publish(OLD)
  const answers = await Promise.all(Array.from({ length: 20 }, () => worker.call('/recommend/user/1')))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
})

test('a moved pointer is followed without failing a request, there and back', async () => {
  await worker.publish(OLD)
  expect((await worker.call('/model')).json.modelId).toBe(OLD)
  await worker.publish(NEW)
  await expect.poll(async () => (await worker.call('/model')).json.modelId).toBe(NEW)
  await worker.publish(OLD)
  await expect.poll(async () => (await worker.call('/model')).json.modelId).toBe(OLD)
})

test('an altered artifact is refused by its hash, and the good model goes on', async () => {
  await worker.publish(OLD)
  await worker.call('/recommend/user/1')
  await worker.publish(NEW, (files) => {
    const bytes = files.get('factors.arrow')!.slice()
    bytes[bytes.length >> 1]! ^= 1
    files.set('factors.arrow', bytes)
  })
  const { status, modelId, problem } = await ready()
  expect({ status, modelId }).toEqual({ status: 'ready', modelId: OLD })
  expect(problem).toMatch(/^models\/0000000000000002\/factors\.arrow: SHA-256 is [0-9a-f]{64}, the manifest says/)
  expect((await worker.call('/recommend/user/1')).json.modelId).toBe(OLD)
})

test('a truncated or missing artifact is refused, naming it', async () => {
  await worker.publish(OLD)
  await worker.call('/recommend/user/1')
  await worker.publish(NEW, (files) => files.set('catalog.arrow', files.get('catalog.arrow')!.slice(0, 100)))
  expect((await ready()).problem).toContain('catalog.arrow: SHA-256')
  await (await worker.getR2()).delete(`models/${NEW}/terms.arrow`)
  await worker.publish(NEW, (files) => files.delete('terms.arrow'))
  expect((await ready()).problem).toBe(`models/${NEW}/terms.arrow: not in the bucket`)
  expect((await worker.call('/recommend/user/1')).json.modelId).toBe(OLD)
})

test('a pointer that is not one is refused', async () => {
  await worker.publish(OLD)
  await worker.call('/model')
  await (await worker.getR2()).put('models/current.json', '{"buildId":"../../etc"}')
  expect(await ready()).toMatchObject({ status: 'ready', modelId: OLD, problem: expect.stringContaining('buildId') })
})

test('without D1 it answers from the published history and names what is missing', async () => {
  await worker.publish(OLD)
  await (await worker.getD1()).exec('DROP TABLE live_feedback')
  const { status, json } = await worker.call('/recommend/user/1')
  expect({ status, rung: json.rung, degraded: json.degraded }).toEqual({
    status: 200,
    rung: 'personalized',
    degraded: ['liveRatings'],
  })
})

test('a rating that could not be stored is not acknowledged', async () => {
  await worker.publish(OLD)
  await (await worker.getD1()).exec('DROP TABLE live_feedback')
  const { status, json } = await worker.call('/users/1/ratings/10', { method: 'PUT', body: { rating: 4 } })
  expect(status).toBe(503)
  expect(json.error).toEqual({ code: 'unavailable', message: 'the rating could not be stored; nothing was changed' })
})

test('an altered history segment leaves the live ratings, and says so', async () => {
  await worker.publish(OLD)
  const bucket = await worker.getR2()
  await bucket.put(`models/${OLD}/histories.arrow`, new Uint8Array(4096))
  const { json } = await worker.call('/recommend/user/1')
  expect(json).toMatchObject({ rung: 'popularity', degraded: ['publishedHistory'] })
})
