import { expect, test } from 'vitest'
import { openContentKernels } from '#core/kernels/content.ts'
import { compileKernel } from '../../../build/io/kernels.ts'

const MODULE = compileKernel('serve')

/** Items with the terms given, of the weights 1, 2, 3 … in their order, and scales of a half. */
function rowsOf(numItems: number, numTerms: number, termsOf: (item: number) => number[]) {
  const offsets = new Int32Array(numItems + 1)
  for (let item = 0; item < numItems; item++) offsets[item + 1] = offsets[item]! + termsOf(item).length
  const termIndices = Int32Array.from(Array.from({ length: numItems }, (_, item) => termsOf(item)).flat())
  const weights = Uint8Array.from(termIndices, (_, entry) => (entry % 255) + 1)
  return { numItems, numTerms, offsets, termIndices, weights, scales: new Float32Array(numItems).fill(0.5) }
}

test('an item scores the sum over its terms of weight · scale · what is asked', () => {
  // entries: item 0 has 0:1, 2:2; item 1 nothing; item 2 has 2:3
  const rows = rowsOf(3, 3, (item) => [[0, 2], [], [2]][item]!)
  const kernels = openContentKernels(MODULE, rows)
  expect([...kernels.scores(Int32Array.of(2, 0), [10, 4])]).toEqual([0.5 * (2 * 10 + 1 * 4), 0, 0.5 * 3 * 10])
  expect([...kernels.scores(Int32Array.of(1), [1])]).toEqual([0, 0, 0])
})

test('a term skips any number of items', () => {
  const has = new Set([0, 65_535, 65_536, 131_072, 199_999])
  const kernels = openContentKernels(
    MODULE,
    rowsOf(200_000, 2, (item) => (has.has(item) ? [1] : [])),
  )
  const scores = kernels.scores(Int32Array.of(1), [2])
  // the five entries weigh 1 to 5, times a half, times 2
  const found = Array.from(scores.entries()).filter(([, score]) => score !== 0)
  expect(found).toEqual([...has].map((item, place) => [item, place + 1]))
})
