import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openTable } from '#core/format/open-table.ts'
import { SEGMENTS } from '#core/format/tables.ts'
import { ApiConfig } from '#core/schemas/config.ts'
import { tinyFiles, tinyManifest } from '../helpers/tiny-model.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

const BUILD = '0000000000000001'
/** The one segment of a small file: what a read of it asks R2 for. */
const HISTORIES = segmentOf('histories')
const DETAILS = segmentOf('details')
/** Longest wait for a part of an answer, and as much again for a busy machine. */
const SOON_MS = 2000

let worker: TinyWorker
beforeAll(async () => {
  worker = await startFaultyWorker()
}, 60_000)
afterAll(() => worker.stop())
beforeEach(() => set({}))

/** Its isolate keeps no segment yet. */
async function startFaultyWorker(): Promise<TinyWorker> {
  const started = await startTinyWorker({
    main: join(import.meta.dirname, '../fixtures/faulty-worker.js'),
    // the pointer is looked at once: a read that is counted is one of the request
    vars: { POINTER_CHECK_SECONDS: '3600' },
  })
  await started.publish(BUILD)
  // the limits that a config has by default, for the largest requests
  const manifest = { ...tinyManifest(BUILD, tinyFiles()), api: ApiConfig.parse({}) }
  await (await started.getR2()).put(`models/${BUILD}/manifest.json`, JSON.stringify(manifest))
  await started.call('/model')
  return started
}

/** Another Worker takes the place of the one that the tests share. */
async function inFreshIsolate(use: () => Promise<void>): Promise<void> {
  const shared = worker
  worker = await startFaultyWorker()
  try {
    await use()
  } finally {
    await worker.stop()
    worker = shared
  }
}

const set = (faults: object) => worker.call('/faults', { method: 'PUT', body: faults })
const partsRead = async () =>
  ((await worker.call('/reads')).json as Partial<typeof HISTORIES>[]).filter(({ length }) => length !== undefined)

describe('segments', () => {
  test('a history is read once, by its range, and then is kept', async () => {
    await set({ forget: [HISTORIES] })
    const { json } = await worker.call('/recommend/user/1')
    expect(await partsRead()).toEqual([HISTORIES])
    await set({})
    expect((await worker.call('/recommend/user/1')).json).toEqual(json)
    expect(await partsRead()).toEqual([])
  })

  test('the texts of a movie are read once, by their range', async () => {
    await set({ forget: [DETAILS] })
    for (const path of ['/movies/10', '/movies/10', '/movies/20']) await worker.call(path)
    expect(await partsRead()).toEqual([DETAILS])
  })

  test('a copy in the cache that was altered is read anew, by an isolate that keeps none of its own', () =>
    inFreshIsolate(async () => {
      await set({ damage: [HISTORIES] })
      const { json } = await worker.call('/recommend/user/1')
      expect({ rung: json.rung, degraded: json.degraded }).toEqual({ rung: 'personalized', degraded: [] })
      expect(await partsRead()).toEqual([HISTORIES])
    }))
})

describe('what does not come in time is done without', () => {
  test('a history in R2, but not the texts of a movie: there is no answer without them', () =>
    inFreshIsolate(async () => {
      await set({ rangeDelayMs: 60_000 })
      const { json, ms } = await timed('/recommend/user/1')
      expect(json).toMatchObject({ rung: 'popularity', degraded: ['publishedHistory'] })
      expect(ms).toBeLessThan(SOON_MS)

      const answer = await worker.call('/movies/10')
      expect(answer.status).toBe(503)
      expect(answer.json.error.code).toBe('unavailable')
    }))

  test('live feedback in D1', async () => {
    await set({ queryDelayMs: 60_000 })
    const { json, ms } = await timed('/recommend/user/1')
    expect(json).toMatchObject({ rung: 'personalized', degraded: ['liveRatings'] })
    expect(ms).toBeLessThan(SOON_MS)
  })
})

describe('the largest requests', () => {
  const history = (length: number) => Array.from({ length }, (_, at) => ({ movieId: (at + 1) * 10 }))
  const recommend = (body: unknown) => worker.call('/recommend/history', { body })

  test('a history of 10,000 movies is answered, one more is not', async () => {
    const { status, json } = await recommend({ history: history(10_000) })
    expect({ status, history: json.history.ratings }).toEqual({ status: 200, history: 10 })
    expect(json.history.unknownMovieIds).toHaveLength(9990)
    const more = await recommend({ history: history(10_001) })
    expect(more.status).toBe(400)
    expect(more.json.error).toMatchObject({ path: 'history', message: expect.stringContaining('at most 10000') })
  })

  test('a body of 1 MiB is read, a larger one is refused as such', async () => {
    const body = JSON.stringify({ history: [{ movieId: 10 }] })
    const padded = (length: number) => body + ' '.repeat(length - body.length)
    expect((await recommend(padded(1_048_576))).status).toBe(200)
    const { status, json } = await recommend(padded(1_048_577))
    expect({ status, code: json.error.code }).toEqual({ status: 413, code: 'too_large' })
  })
})

async function timed(path: string) {
  const startedAt = performance.now()
  const { json } = await worker.call(path)
  return { json, ms: performance.now() - startedAt }
}

function segmentOf(name: 'histories' | 'details'): { key: string; offset: number; length: number } {
  const index = openTable(`${name}-index.arrow`, tinyFiles().get(`${name}-index.arrow`)!, SEGMENTS)
  const [offset, length] = [index.numbers<Uint32Array>('offset')[0]!, index.numbers<Uint32Array>('sizeBytes')[0]!]
  return { key: `models/${BUILD}/${name}.arrow`, offset, length }
}
