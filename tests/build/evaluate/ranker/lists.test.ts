import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binEdges, binLists, MAX_BINS } from '../../../../build/evaluate/ranker/lists.ts'

describe('binLists', () => {
  test('puts a value into the first bin whose edge is not below it', () => {
    const features = Float32Array.of(3, 1, 2, 2)
    const binned = binLists({
      ...{ offsets: Uint32Array.of(0, 4), numFeatures: 1, features },
      ...{ relevant: new Uint8Array(4), numRelevant: Uint32Array.of(0) },
    })
    // the largest value has no edge: the last bin is open
    expect(Array.from(binned.edges[0]!)).toEqual([1, 2])
    expect(Array.from(binned.bins)).toEqual([2, 0, 1, 1])
  })

  test('a value is at or below an edge exactly where its bin is', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
        const features = Float32Array.from(values)
        const lists = { offsets: Uint32Array.of(0, values.length), numFeatures: 1, features }
        const labels = { relevant: new Uint8Array(values.length), numRelevant: Uint32Array.of(0) }
        const { bins, edges } = binLists({ ...lists, ...labels })
        for (const [row, value] of features.entries())
          for (const [bin, edge] of edges[0]!.entries()) expect(value <= edge).toBe(bins[row]! <= bin)
      }),
    )
  })

  test('there are no more bins than a byte has room for, of about as many rows each', () => {
    const edges = binEdges(Float32Array.from({ length: 6400 }, (_, row) => row))
    expect(edges).toHaveLength(MAX_BINS - 1)
    expect(Array.from(edges).slice(0, 3)).toEqual([100, 200, 300])
  })

  test('a feature that is the same everywhere has one bin', () => {
    expect(binEdges(new Float32Array(10).fill(7))).toHaveLength(0)
  })
})
