import { expect, test } from 'vitest'
import { drawCandidates } from '../../../../build/evaluate/splits/draw-candidates.ts'
import { type Interactions, PART } from '../../../../build/nouns.ts'

/** User 1 has two movies in train, 2 in valid and 3 in test; user 2 nothing in valid; user 3 valid and test alone. */
const interactions: Interactions = {
  userIds: Int32Array.of(1, 2, 3),
  indptr: Uint32Array.of(0, 4, 5, 7),
  itemIndices: Int32Array.of(0, 1, 2, 3, 0, 4, 5),
  ratings: new Float32Array(7).fill(5),
  timestamps: Uint32Array.of(1, 2, 3, 4, 1, 1, 2),
  parts: Uint8Array.of(PART.train, PART.train, PART.validation, PART.test, PART.train, PART.validation, PART.test),
}
const OF_TEST = new Map([[0, new Set([3, 6, 7, 8])]])

test('as many new movies stand beside the validation part as beside the test, and what is known is none of them', () => {
  const drawn = drawCandidates(interactions, OF_TEST, 10, 1)
  // users without a set of their own get as many as the largest has
  expect([...drawn].map(([user, { size }]) => [user, size])).toEqual([
    [0, 4],
    [2, 4],
  ])
  expect(drawn.get(0)).toContain(2)
  expect([...drawn.get(0)!].filter((item) => item < 2)).toEqual([])
  expect(drawn.get(2)).toContain(4)
})

test('the same seed draws the same ones, and a small catalogue gives what it has', () => {
  expect(drawCandidates(interactions, OF_TEST, 10, 7)).toEqual(drawCandidates(interactions, OF_TEST, 10, 7))
  // but for the three known movies there are three in a catalogue of 6
  expect([...drawCandidates(interactions, OF_TEST, 6, 1).get(0)!].sort()).toEqual([2, 3, 4, 5])
})
