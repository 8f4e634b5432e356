import { NEIGHBOURS } from '#core/format/tables.ts'
import type { ItemWeights } from '../nouns.ts'
import { encodeTable } from './encode-table.ts'

const LARGEST_GAP = 0xffff

/**
 * neighbours.arrow: int8 weights with a scale a row, max|weight| / 127; a weight is off by at most half of it, and one
 * that rounds to 0 is left out.
 */
export function encodeNeighbours({ indptr, indices, weights }: ItemWeights): Uint8Array {
  const numItems = indptr.length - 1
  const offsets = new Uint32Array(numItems + 1)
  const gaps: number[] = []
  const quantized: number[] = []
  const scale = new Float32Array(numItems)
  for (let row = 0; row < numItems; row++) {
    const of = weights.subarray(indptr[row]!, indptr[row + 1]!)
    scale[row] = of.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0) / 127
    let before = 0
    for (const [position, weight] of of.entries()) {
      const rounded = Math.round(weight / scale[row]!)
      if (rounded === 0) continue
      const item = indices[indptr[row]! + position]!
      for (; item - before > LARGEST_GAP; before += LARGEST_GAP) {
        gaps.push(LARGEST_GAP)
        quantized.push(0)
      }
      gaps.push(item - before)
      quantized.push(rounded)
      before = item
    }
    offsets[row + 1] = gaps.length
  }
  return encodeTable(NEIGHBOURS, numItems, {
    gaps: { offsets, values: Uint16Array.from(gaps) },
    weights: { offsets, values: Int8Array.from(quantized) },
    scale,
  })
}
