import { describe, expect, test } from 'vitest'
import { openNeighbours } from '#core/format/neighbours.ts'
import { NEIGHBOURS } from '#core/format/tables.ts'
import { encodeNeighbours } from '../../../build/export/encode-neighbours.ts'
import { encodeTable } from '../../../build/export/encode-table.ts'

/** Weights of a few rows of many movies. */
function weightsOf(numItems: number, rows: Record<number, [number, number][]>) {
  const indptr = new Uint32Array(numItems + 1)
  const entries: [number, number][] = []
  for (let item = 0; item < numItems; item++) {
    entries.push(...(rows[item] ?? []))
    indptr[item + 1] = entries.length
  }
  const indices = Int32Array.from(entries, ([item]) => item)
  return { indptr, indices, weights: Float32Array.from(entries, ([, weight]) => weight) }
}

test('a weight is told in 1/127 of the strongest of its row', () => {
  // strongest 1.27, so the scale is 0.01: 0.5 → 50, −0.304 → −30; 0.004 rounds to 0 and is left out
  const rows = {
    1: [
      [0, 0.5],
      [2, -0.304],
      [3, 0.004],
      [4, 1.27],
    ] as [number, number][],
  }
  const index = openNeighbours(encodeNeighbours(weightsOf(5, rows)))
  expect(index.numItems).toBe(5)
  expect([...index.offsets]).toEqual([0, 0, 3, 3, 3, 3])
  expect([...index.gaps]).toEqual([0, 2, 2])
  expect([...index.weights]).toEqual([50, -30, 127])
  expect(index.scales[1]).toBeCloseTo(0.01, 7)
  expect(index.scales[0]).toBe(0)
})

test('a gap above 65,535 is crossed by entries of weight 0', () => {
  const index = openNeighbours(encodeNeighbours(weightsOf(200_001, { 0: [[200_000, 1]] })))
  expect([...index.gaps]).toEqual([65_535, 65_535, 65_535, 3395])
  expect([...index.weights]).toEqual([0, 0, 0, 127])
})

test('50 weights for each of 87,000 movies stay below 15 MB', () => {
  const numItems = 87_000
  const indptr = Uint32Array.from({ length: numItems + 1 }, (_, item) => item * 50)
  const indices = Int32Array.from({ length: numItems * 50 }, (_, at) => (at % 50) * 1739 + (at % 7))
  const weights = new Float32Array(numItems * 50).fill(0.1)
  expect(encodeNeighbours({ indptr, indices, weights }).length).toBeLessThan(15e6)
})

describe('a file that is not what it should be is refused by name', () => {
  const table = (gaps: number[], weightOffsets: number[], weights: number[]) =>
    encodeTable(NEIGHBOURS, 2, {
      gaps: { offsets: Uint32Array.of(0, 1, gaps.length), values: Uint16Array.from(gaps) },
      weights: { offsets: Uint32Array.from(weightOffsets), values: Int8Array.from(weights) },
      scale: Float32Array.of(1, 1),
    })

  test('a row that points beyond the movies', () => {
    expect(() => openNeighbours(table([1, 0, 2], [0, 1, 3], [1, 1, 1]))).toThrow(
      'neighbours.arrow: row 1 reaches item 2, expected below 2',
    )
  })

  test('lists of different lengths', () => {
    expect(() => openNeighbours(table([1, 0], [0, 2, 2], [1, 1]))).toThrow(
      'neighbours.arrow: gaps of row 0 end at 1, weights at 2',
    )
  })

  test('another table', () => {
    expect(() => openNeighbours(new Uint8Array(9))).toThrow(/^neighbours\.arrow: /)
  })
})
