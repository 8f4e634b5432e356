import { afterAll, beforeAll, expect, test } from 'vitest'
import { ModelHistory } from '#core/schemas/api.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

const [FIRST, SECOND, THIRD, PRUNED] = ['0000000000000001', '0000000000000002', '0000000000000003', '00000000000000ff']

let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker()
  for (const buildId of [FIRST, SECOND, THIRD]) await worker.publish(buildId!)
}, 60_000)
afterAll(() => worker.stop())

async function point(buildId: string, previous: string[]): Promise<void> {
  const bucket = await worker.getR2()
  const pointer = { buildId, publishedAt: '2026-02-03T04:05:06.000Z', previous }
  await bucket.put('models/current.json', JSON.stringify(pointer))
  await expect
    .poll(async () => (await worker.call('/model')).json.publishedAt, { timeout: 10_000 })
    .toBe(pointer.publishedAt)
}

async function history(): Promise<ModelHistory['models']> {
  const { status, json } = await worker.call('/model/history')
  expect(status).toBe(200)
  return ModelHistory.parse(json).models
}

test('a first model has none before it', async () => {
  const [only, ...before] = await history()
  expect(before).toEqual([])
  expect(only).toMatchObject({ modelId: THIRD, publishedAt: '2026-01-01T00:00:00.000Z' })
  const { data, evaluation } = (await worker.call('/model')).json
  expect(only).toMatchObject({ ratings: data.usedRatings, movies: data.movies, usersJudged: evaluation.usersJudged })
})

test('the models before it come newest first, by when they were uploaded; one that is gone or damaged is left out', async () => {
  const bucket = await worker.getR2()
  await point(THIRD!, [SECOND!, PRUNED!, FIRST!])
  const before = Date.now()
  const models = await history()
  expect(models.map(({ modelId }) => modelId)).toEqual([THIRD, SECOND, FIRST])
  for (const { publishedAt } of models.slice(1)) expect(Date.parse(publishedAt)).toBeLessThanOrEqual(before)
  await bucket.put(`models/${PRUNED}/manifest.json`, '{ "damaged"')
  expect(await history()).toEqual(models)
})

test('it follows the pointer back', async () => {
  await point(FIRST!, [THIRD!])
  await expect.poll(async () => (await history()).map(({ modelId }) => modelId)).toEqual([FIRST, THIRD])
})
