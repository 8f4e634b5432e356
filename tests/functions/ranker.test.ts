import { afterAll, beforeAll, expect, test } from 'vitest'
import { historyOf } from '#core/history.ts'
import type { RecommendedMovie } from '#core/schemas/api.ts'
import { rank } from '#recommend/index.ts'
import { encodeRanker } from '../../build/export/encode-ranker.ts'
import { tinyFiles, tinyItem, tinyModel } from '../helpers/tiny-model.ts'
import { TINY_RANKER_CARD, upsideDown } from '../helpers/tiny-ranker.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker()
  await worker.publish('0000000000000001', undefined, new Map([...tinyFiles(), ...encodeRanker(upsideDown(4))]))
})
afterAll(() => worker.stop())

const HISTORY = [{ movieId: 10, rating: 5 }]
const ask = async (path: string, body?: object): Promise<RecommendedMovie[]> =>
  (await worker.call(path, { ...(body && { body }) })).json.items

test('the list is the one that Node makes of the same model, to the last bit', async () => {
  const items = await ask('/recommend/history', { history: HISTORY, k: 8 })
  const history = historyOf([{ itemIndex: tinyItem(10), rating: 5, timestamp: 0 }])
  const model = { ...tinyModel(), ranker: upsideDown(4) }
  const { blended } = rank(history, {}, 8, model)
  expect(items.map(({ movieId, score, shares }) => ({ movieId, score, shares }))).toEqual(
    blended.map(({ itemIndex, score, shares }) => ({ movieId: model.catalog.movieIds[itemIndex], score, shares })),
  )
  expect(items[0]!.shares.ranker).toBeGreaterThan(0)
})

test('ranker: false gives the blended order, in a body and in an address', async () => {
  const blended = await ask('/recommend/history', { history: HISTORY, k: 8, ranker: false })
  const ranked = await ask('/recommend/history', { history: HISTORY, k: 8 })
  const ids = (items: RecommendedMovie[]) => items.map(({ movieId }) => movieId)
  expect(ids(ranked)).toEqual([...ids(blended).slice(0, 4).reverse(), ...ids(blended).slice(4)])
  expect(blended[0]!.shares).not.toHaveProperty('ranker')
  expect(ids(await ask('/recommend/user/1?k=8&ranker=false'))).not.toEqual(ids(await ask('/recommend/user/1?k=8')))
})

test('the model card says why there is a learned order', async () => {
  const { json } = await worker.call('/model')
  expect(json.model.ranker).toEqual(TINY_RANKER_CARD)
})
