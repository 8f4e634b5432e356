import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker({ main: join(import.meta.dirname, '../fixtures/faulty-worker.js') })
  await worker.publish('0000000000000001')
  await worker.call('/model')
  await worker.call('/faults', { method: 'PUT', body: { queryDelayMs: 60_000 } })
}, 60_000)
afterAll(() => worker.stop())

const UNSURE = /^the \w+ was not confirmed in time: it may be stored or not; send it again$/

test.each([
  ['PUT', '/users/1/ratings/30', { rating: 4 }, UNSURE],
  ['PUT', '/users/1/feedback/30', { kind: 'seen' }, UNSURE],
  ['DELETE', '/users/1/feedback/30?version=1', undefined, UNSURE],
  ['DELETE', '/users/1/data', undefined, UNSURE],
  ['GET', '/users/1/feedback', undefined, /^the feedback could not be read$/],
  ['GET', '/users/1/data', undefined, /^the data could not be read$/],
])(
  'a slow database lets nobody wait for long, and nothing is acknowledged: %s %s',
  async (method, path, body, message) => {
    const { status, json } = await worker.call(path, { method, body })
    expect({ status, code: json.error.code }).toEqual({ status: 503, code: 'unavailable' })
    expect(json.error.message).toMatch(message)
  },
)
