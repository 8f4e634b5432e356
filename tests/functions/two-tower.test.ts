import { afterAll, beforeAll, expect, test } from 'vitest'
import { tinyFiles } from '../helpers/tiny-model.ts'
import { tinyTower } from '../helpers/tiny-tower.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker()
  await worker.publish('0000000000000001', undefined, tinyFiles({ tower: tinyTower() }))
})
afterAll(() => worker.stop())

const ALONE = { cf: 1, next: 0, neighbours: 0, content: 0, popularity: 0 }
const history = (...movies: [movieId: number, rating: number][]) =>
  movies.map(([movieId, rating], at) => ({ movieId, rating, timestamp: at + 1 }))
const idsOf = ({ json }: { json: { items: { movieId: number }[] } }) => json.items.map(({ movieId }) => movieId)

test('a history is made a vector of by the tower, and the reason names what carried the movie', async () => {
  const answer = await worker.call('/recommend/history', {
    body: { history: history([10, 5], [20, 4]), k: 4, weights: ALONE },
  })
  expect(answer.status).toBe(200)
  expect(idsOf(answer)).toEqual([50, 60, 70, 80])
  // 20 is the newer one, so it counts more
  expect(answer.json.items[0].reason).toMatchObject({ kind: 'next', because: [{ movieId: 20 }, { movieId: 10 }] })
})

test('the model’s card says what the tower remembers', async () => {
  const { json } = await worker.call('/model')
  expect(json.model.tower).toMatchObject({ ratingExponent: 1, scales: [{ length: 2 }] })
})

test('a published tower that is cut short is refused by name, and the model before it serves on', async () => {
  await worker.publish(
    '0000000000000002',
    (files) => files.set('tower-layers.arrow', files.get('tower-layers.arrow')!.slice(0, -8)),
    tinyFiles({ tower: tinyTower() }),
  )
  const ready = await worker.call('/readyz')
  expect(JSON.stringify(ready.json)).toContain('tower-layers.arrow')
  const answer = await worker.call('/recommend/history', { body: { history: history([10, 5]), k: 2, weights: ALONE } })
  expect(answer.json.modelId).toBe('0000000000000001')
})
