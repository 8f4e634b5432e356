import { expect, test } from 'vitest'
import { Config, type NextConfig } from '#core/schemas/config.ts'
import { type Interactions, PART } from '../../../build/nouns.ts'
import { trainNext } from '../../../build/train/next.ts'
import { stepHandles } from '../../helpers/step-handles.ts'

const { train, validation } = PART

// twice 1 comes after 0, once with one star; 2 comes after 1 only in the validation part
const interactions: Interactions = {
  userIds: Int32Array.of(1, 2),
  indptr: Uint32Array.of(0, 3, 5),
  itemIndices: Int32Array.of(0, 1, 2, 0, 1),
  ratings: Float32Array.of(5, 1, 5, 4, 4),
  timestamps: Uint32Array.of(1, 2, 3, 1, 2),
  parts: Uint8Array.of(train, train, validation, train, train),
}

const SCALES = [
  { length: 1, recencyHalfLife: 1, regularization: 1, maxItems: 10, neighbours: 10 },
  { length: 5, recencyHalfLife: 3, regularization: 1, maxItems: 10, neighbours: 10 },
]

function learn(next: Partial<NextConfig>) {
  const { model } = Config.parse({ model: { next: { minRatings: 1, scales: SCALES, ...next } } })
  return trainNext({ interactions, numItems: 3, parts: [train], model }, stepHandles(), 1)
}

test('every rating of the parts counts, whatever its stars, at the scales that are configured', async () => {
  const { scales } = await learn({ scales: [SCALES[0]!] })
  expect(scales.map(({ length, recencyHalfLife }) => ({ length, recencyHalfLife }))).toEqual([
    { length: 1, recencyHalfLife: 1 },
  ])
  // the closed form: 2 of 2 places after 0 are 1's, over 2 + λ
  expect([...scales[0]!.weights.indices]).toEqual([1])
  expect(scales[0]!.weights.weights[0]).toBeCloseTo(2 / 3, 6)
  expect((await learn({})).scales).toHaveLength(2)
})

test('movies of fewer ratings do not speak', async () => {
  const { scales } = await learn({ minRatings: 3 })
  for (const { weights } of scales) expect(weights.indices).toHaveLength(0)
})

test('none: no scales', async () => {
  expect(await learn({ type: 'none' })).toEqual({ scales: [] })
})
