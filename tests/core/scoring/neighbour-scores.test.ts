import { expect, test } from 'vitest'
import { openNeighbours } from '#core/format/neighbours.ts'
import { neighbourContributionsOf, neighbourScores } from '#core/scoring/neighbour-scores.ts'
import { encodeNeighbours } from '../../../build/export/encode-neighbours.ts'

// movie 0 speaks 1.27 for 1 and −0.5 against 3; movie 2 speaks 2.54 for 3; 1 and 3 say nothing
const INDEX = openNeighbours(
  encodeNeighbours({
    indptr: Uint32Array.of(0, 2, 2, 3, 3),
    indices: Int32Array.of(1, 3, 3),
    weights: Float32Array.of(1.27, -0.5, 2.54),
  }),
)

function expectScores(found: Float32Array, expected: number[]): void {
  for (const [item, score] of expected.entries()) expect(found[item]).toBeCloseTo(score, 6)
}

test('a history scores what its movies say together', () => {
  expectScores(neighbourScores(INDEX, [0, 2], null), [0, 1.27, 0, 2.04])
})

test('each liked movie counts by its strength', () => {
  expectScores(neighbourScores(INDEX, [2, 0], [0.5, 1]), [0, 1.27, 0, 0.77])
})

test('a movie liked twice counts twice', () => {
  expectScores(neighbourScores(INDEX, [2, 2], null), [0, 0, 0, 5.08])
})

test('without a history nothing is scored, whatever the given array held', () => {
  const out = new Float32Array(4).fill(7)
  expect(neighbourScores(INDEX, [], null, out)).toBe(out)
  expect([...out]).toEqual([0, 0, 0, 0])
})

test('what each liked movie gives to one movie sums to its score', () => {
  expectScores(neighbourContributionsOf(INDEX, Int32Array.of(3), [0, 2, 1], [1, 0.5, 1]), [-0.5, 1.27, 0])
  expectScores(neighbourScores(INDEX, [0, 2, 1], [1, 0.5, 1]), [0, 1.27, 0, 0.77])
})

test('contributions to several movies are a row each', () => {
  const found = neighbourContributionsOf(INDEX, Int32Array.of(3, 0, 1), [0, 2, 1, 0], [1, 0.5, 1, 0.25])
  // of 3: −0.5, 0.5 · 2.54, and −0.5 at a quarter; of 1: 1.27 and a quarter of it
  expectScores(found, [-0.5, 1.27, 0, -0.125, 0, 0, 0, 0, 1.27, 0, 0, 0.3175])
})
