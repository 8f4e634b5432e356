import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeRatingNetwork } from '../../build/export/index.ts'
import { tinyFiles } from '../helpers/tiny-model.ts'
import { tinyPlacement } from '../helpers/tiny-placement.ts'
import { INPUTS, TINY_NETWORK_CARD, tinyRatingNetwork } from '../helpers/tiny-rating-network.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker()
  const network = encodeRatingNetwork(tinyRatingNetwork(1, { [INPUTS.is]: 1 }))
  await worker.publish('0000000000000001', undefined, new Map([...tinyFiles(tinyPlacement()), ...network]))
}, 30_000)
afterAll(() => worker.stop())

const history = [{ movieId: 10, rating: 5 }]

test('predicted stars go some of the way to the network’s', async () => {
  const { status, json } = await worker.call('/predict/ratings', { body: { history, movieIds: [50] } })
  expect(status).toBe(200)
  // 3.5 without it (predict.test.ts); by it 3 + 2/11 for the viewer, 1 of the layer and 0.5 of what the movie is: 4.68
  expect(json.predictions[0]).toMatchObject({ movieId: 50, stars: 4.09, sd: 1.73 })
})

test('those of a new movie go to what it says of its genre', async () => {
  const told = { title: 'Space Race', overview: 'A race in space.', history }
  const stars = async (more: object) =>
    (await worker.call('/predict/new-movie', { body: { ...told, ...more } })).json.stars
  // 4.5 without it (new-movie.test.ts); by it 3 + 2/11 + 1, and 0.25 for a drama
  expect(await stars({})).toBeCloseTo((4.5 + 4.18) / 2, 1)
  expect((await stars({ genres: ['Drama'] })) - (await stars({}))).toBeCloseTo(0.125, 1)
})

test('the model’s card says why', async () => {
  const { json } = await worker.call('/model')
  expect(json.model.ratingNetwork).toEqual(TINY_NETWORK_CARD)
})
