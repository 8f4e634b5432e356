import { expect, test } from 'vitest'
import { Config, type NeighboursConfig } from '#core/schemas/config.ts'
import { type Interactions, PART } from '../../../build/nouns.ts'
import { trainEase } from '../../../build/train/item-item/ease.ts'
import { trainItemKnn } from '../../../build/train/item-item/item-knn.ts'
import { likesOf } from '../../../build/train/likes.ts'
import { trainNeighbours } from '../../../build/train/neighbours.ts'

const NUM_ITEMS = 4
const handles = {
  log: { error() {}, warn() {}, info() {}, debug() {} },
  progress: { update() {} },
  track() {},
  signal: new AbortController().signal,
}

// 0 and 1 are liked together; 2 is rated low, and 3 liked in the validation part
const { train: learned, validation } = PART
const interactions: Interactions = {
  userIds: Int32Array.of(1, 2, 3),
  indptr: Uint32Array.of(0, 4, 6, 7),
  itemIndices: Int32Array.of(0, 1, 2, 3, 1, 0, 1),
  ratings: Float32Array.of(5, 4, 1, 5, 4, 5, 4),
  timestamps: new Uint32Array(7),
  parts: Uint8Array.of(learned, learned, learned, validation, learned, learned, learned),
}
const likes = likesOf(interactions, [PART.train], 3.5)

function weightsBy(type: NeighboursConfig['type']) {
  const { model } = Config.parse({ model: { neighbours: { type } } })
  return trainNeighbours({ interactions, numItems: NUM_ITEMS, parts: [PART.train], model }, handles, 1)
}

test('by the learner that is configured, from the likes of the given parts', async () => {
  const { ease, itemKnn } = Config.parse({}).model.neighbours
  const byEase = await weightsBy('ease')
  expect(byEase).toEqual(await trainEase(likes, NUM_ITEMS, ease, handles, 1))
  expect([...byEase.indices]).toEqual([1, 0])
  const byKnn = await weightsBy('itemKnn')
  expect(byKnn).toEqual(await trainItemKnn(likes, NUM_ITEMS, { ...itemKnn, maxItems: null }, handles, 1))
  expect(byKnn.weights).not.toEqual(byEase.weights)
})

test('none: rows without entries', async () => {
  const { indptr, indices } = await weightsBy('none')
  expect([...indptr]).toEqual([0, 0, 0, 0, 0])
  expect(indices).toHaveLength(0)
})
