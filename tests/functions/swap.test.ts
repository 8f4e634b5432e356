import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

const OLD = '0000000000000001'
const NEW = '0000000000000002'

let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker({ main: join(import.meta.dirname, '../fixtures/faulty-worker.js') })
  await worker.publish(NEW)
  await worker.publish(OLD)
}, 60_000)
afterAll(() => worker.stop())

const set = (faults: object) => worker.call('/faults', { method: 'PUT', body: faults })
const modelId = async () => (await worker.call('/model')).json.modelId as string

/** Asks without a pause from several sides until told to stop. @returns what each answer was */
function underLoad(paths: string[]): { stop(): Promise<{ status: number; modelId: string }[]> } {
  let isOver = false
  const answers: { status: number; modelId: string }[] = []
  const askers = paths.map(async (path) => {
    while (!isOver) {
      const { status, json } = await worker.call(path)
      answers.push({ status, modelId: json.modelId })
    }
  })
  return {
    async stop() {
      isOver = true
      await Promise.all(askers)
      return answers
    },
  }
}

test('the pointer moves there and back under load, and every request is answered by one of the two models', async () => {
  expect(await modelId()).toBe(OLD)
  const load = underLoad(['/recommend/user/1', '/recommend/user/2', '/movies/10', '/movies?q=star'])
  for (const next of [NEW, OLD, NEW, OLD]) {
    await worker.publish(next)
    await expect.poll(modelId, { timeout: 10_000 }).toBe(next)
  }
  const answers = (await load.stop()).filter((answer) => answer.modelId !== undefined || answer.status !== 200)
  expect(answers.filter(({ status }) => status !== 200)).toEqual([])
  expect(new Set(answers.map((answer) => answer.modelId))).toEqual(new Set([OLD, NEW]))
}, 60_000)

test('while the new model comes slowly, the old one answers without waiting', async () => {
  await worker.publish(OLD)
  await expect.poll(modelId, { timeout: 10_000 }).toBe(OLD)
  await set({ objectDelayMs: 1000 })
  await worker.publish(NEW)
  // pointer, manifest, files: three waits before the new one can answer
  const ids: string[] = []
  for (let asked = 0; asked < 5; asked++) ids.push(await modelId())
  expect(ids).toEqual(Array(5).fill(OLD))
  await expect.poll(modelId, { timeout: 15_000 }).toBe(NEW)
  await set({})
}, 60_000)

test('a model that is refused is named as the problem while the other goes on under load', async () => {
  const BAD = '0000000000000003'
  const before = await modelId()
  const load = underLoad(['/recommend/user/1', '/recommend/user/7'])
  await worker.publish(BAD, (files) => files.set('content.arrow', files.get('content.arrow')!.slice(0, -8)))
  const ready = (await worker.call('/readyz')).json
  expect(ready).toMatchObject({ status: 'ready', modelId: before })
  expect(ready.problem).toMatch(/^models\/0000000000000003\/content\.arrow: SHA-256 is/)
  const answers = await load.stop()
  expect(answers.filter((answer) => answer.status !== 200 || answer.modelId !== before)).toEqual([])
  await worker.publish(OLD)
  await expect.poll(async () => (await worker.call('/readyz')).json).toMatchObject({ modelId: OLD, problem: null })
}, 60_000)
