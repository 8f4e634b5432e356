import { expect, test } from 'vitest'
import { openNext } from '#core/format/next.ts'
import { hasNextScores, nextContributionsOf, nextScores } from '#core/scoring/next-scores.ts'
import { encodeNeighbours } from '../../../build/export/encode-neighbours.ts'

// at the first scale, two items long, movie 0 says 1.27 for 1 and movie 2 says 2.54 for 3; at the second, three long,
// movie 0 says −0.5 for 3
const FILES = [
  encodeNeighbours({
    indptr: Uint32Array.of(0, 1, 1, 2, 2),
    indices: Int32Array.of(1, 3),
    weights: Float32Array.of(1.27, 2.54),
  }),
  encodeNeighbours({
    indptr: Uint32Array.of(0, 1, 1, 1, 1),
    indices: Int32Array.of(3),
    weights: Float32Array.of(-0.5),
  }),
]
const SCALES = openNext(FILES, [
  { length: 2, recencyHalfLife: 1 },
  { length: 3, recencyHalfLife: 2 },
])

function expectScores(items: number[], expected: number[]): void {
  for (const [item, score] of nextScores(SCALES, items, null, 4).entries())
    expect(score).toBeCloseTo(expected[item]!, 6)
}

test('the last movie counts whole at every scale', () => {
  expectScores([0], [0, 1.27, 0, -0.5])
})

test('the one before it by each scale’s half-life', () => {
  // movie 2 is last; movie 0 is one back: 1.27 · 2⁻¹ = 0.635 and −0.5 · 2^(−1/2) = −0.353553
  expectScores([0, 2], [0, 0.635, 0, 2.54 - 0.353553])
})

test('a scale does not see beyond its length', () => {
  // movie 0 is two back: out of the first scale, in the second by 2⁻¹
  expectScores([0, 1, 1], [0, 0, 0, -0.25])
  expectScores([0, 1, 1, 1], [0, 0, 0, 0])
})

test('a movie that comes twice counts at both places', () => {
  expectScores([0, 0], [0, 1.27 * 1.5, 0, -0.5 * (1 + Math.SQRT1_2)])
})

test('without a history nothing is scored, whatever the given array held', () => {
  const out = new Float32Array(4).fill(7)
  expect(nextScores(SCALES, [], null, 4, out)).toBe(out)
  expect([...out]).toEqual([0, 0, 0, 0])
})

test('what each movie of the history gives to one movie sums to its score', () => {
  // for 3: at the first scale movie 2, one back, 2.54 · 2⁻¹; at the second movie 0, last, −0.5, and two back, −0.5 · 2⁻¹
  const history = [0, 2, 0]
  const given = nextContributionsOf(SCALES, Int32Array.of(3), history, null)
  for (const [position, expected] of [-0.25, 1.27, -0.5].entries()) expect(given[position]).toBeCloseTo(expected, 6)
  expectScores(history, [0, 1.27, 0, 0.52])
})

test('a history says something where one of the items that a scale sees does', () => {
  expect(hasNextScores(SCALES, [1, 2])).toBe(true)
  expect(hasNextScores(SCALES, [2, 1, 1])).toBe(false) // movie 2 speaks at the first scale alone, two items long
  expect(hasNextScores(SCALES, [])).toBe(false)
  expect(hasNextScores([], [0])).toBe(false)
})

test('an item counts as much as is said beside its age', () => {
  // movie 2 is last and counts 0.5, movie 0 is one back and counts 3
  const scores = nextScores(SCALES, [0, 2], [3, 0.5], 4)
  for (const [item, expected] of [0, 3 * 0.635, 0, 0.5 * 2.54 - 3 * 0.353553].entries())
    expect(scores[item]).toBeCloseTo(expected, 5)
  expect(nextContributionsOf(SCALES, Int32Array.of(1), [0, 2], [3, 0.5])[0]).toBeCloseTo(3 * 0.635, 6)
})
