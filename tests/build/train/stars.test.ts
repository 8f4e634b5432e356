import { expect, test } from 'vitest'
import { Config } from '#core/schemas/config.ts'
import { type Interactions, PART } from '../../../build/nouns.ts'
import { trainStars } from '../../../build/train/stars.ts'
import { stepHandles } from '../../helpers/step-handles.ts'

const { model } = Config.parse({ model: { stars: { factors: 6, iterations: 2 } } })

/** Two users, three movies; 4 and 2 stars in train, 3 in validation, 5 in test. */
const INTERACTIONS: Interactions = {
  userIds: Int32Array.of(1, 2),
  indptr: Uint32Array.of(0, 2, 4),
  itemIndices: Int32Array.of(0, 1, 0, 2),
  ratings: Float32Array.of(4, 3, 2, 5),
  timestamps: Uint32Array.of(1, 2, 3, 4),
  parts: Uint8Array.of(PART.train, PART.validation, PART.train, PART.test),
}

test('learns from every rating of the parts, liked or not, and from no other', async () => {
  const input = { interactions: INTERACTIONS, numItems: 3, model, seed: 1 }
  const both = await trainStars({ ...input, parts: [PART.train, PART.validation] }, stepHandles(), 1)
  // (4 + 3 + 2) / 3, between 2 and 4
  expect(both).toMatchObject({ mean: 3, lowest: 2, highest: 4, size: 8 })
  const train = await trainStars({ ...input, parts: [PART.train] }, stepHandles(), 1)
  expect(train).toMatchObject({ mean: 3, lowest: 2, highest: 4 })
  expect(train!.itemTraces.subarray(8)).toEqual(new Float32Array(16))
})

test('learns nothing where all ratings are the same, or there are none', async () => {
  const input = { interactions: INTERACTIONS, numItems: 3, model, seed: 1 }
  expect(await trainStars({ ...input, parts: [PART.test] }, stepHandles(), 1)).toBeNull()
  expect(await trainStars({ ...input, parts: [PART.foldIn] }, stepHandles(), 1)).toBeNull()
})

test('learns nothing with none', async () => {
  const none = { stars: { ...model.stars, type: 'none' as const } }
  const input = { interactions: INTERACTIONS, numItems: 3, parts: [PART.train], model: none, seed: 1 }
  expect(await trainStars(input, stepHandles(), 1)).toBeNull()
})
