import type { NeighbourIndex } from '../format/neighbours.ts'

/**
 * What a history says for every movie: the sum over its liked ones of their item–item weights.
 * O(numItems + entries of the items).
 * @param items what is liked, repeated ones count again
 * @param strengths how much each counts, such as by its age; null: 1 each
 * @param out numItems scores, 0 where nothing speaks for or against; made when not given
 */
export function neighbourScores(
  { numItems, offsets, gaps, weights, scales }: NeighbourIndex,
  items: ArrayLike<number>,
  strengths: ArrayLike<number> | null,
  out: Float32Array = new Float32Array(numItems),
): Float32Array {
  out.fill(0)
  for (let position = 0; position < items.length; position++) {
    const liked = items[position]!
    const scale = scales[liked]! * (strengths ? strengths[position]! : 1)
    let item = 0
    for (let entry = offsets[liked]!; entry < offsets[liked + 1]!; entry++) {
      item += gaps[entry]!
      out[item]! += scale * weights[entry]!
    }
  }
  return out
}
