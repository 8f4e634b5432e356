import type { NeighbourIndex } from '../format/neighbours.ts'

/**
 * What a history says for every movie: the sum over its liked ones of their item–item weights.
 * O(numItems + entries of the items).
 * @param items what is liked, repeated ones count again
 * @param strengths how much each counts, such as by its age; null: 1 each
 * @param out numItems scores, 0 where nothing speaks for or against; made when not given
 */
export function neighbourScores(
  index: NeighbourIndex,
  items: ArrayLike<number>,
  strengths: ArrayLike<number> | null,
  out: Float32Array = new Float32Array(index.numItems),
): Float32Array {
  return addNeighbourScores(index, items, strengths, out.fill(0))
}

/** The same, added to what `out` holds. */
export function addNeighbourScores(
  { offsets, gaps, weights, scales }: NeighbourIndex,
  items: ArrayLike<number>,
  strengths: ArrayLike<number> | null,
  out: Float32Array,
): Float32Array {
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

/**
 * What each liked movie gives to the score of one movie: weight × strength. They sum to its `neighbourScores`.
 * O(entries of the items).
 * @returns one a liked item, 0 where it says nothing
 */
export function neighbourContributions(
  { offsets, gaps, weights, scales }: NeighbourIndex,
  itemIndex: number,
  items: ArrayLike<number>,
  strengths: ArrayLike<number>,
): Float32Array {
  const contributions = new Float32Array(items.length)
  for (let position = 0; position < items.length; position++) {
    const liked = items[position]!
    const end = offsets[liked + 1]!
    let entry = offsets[liked]!
    let item = 0
    while (entry < end && (item += gaps[entry]!) < itemIndex) entry++
    if (entry < end && item === itemIndex)
      contributions[position] = scales[liked]! * strengths[position]! * weights[entry]!
  }
  return contributions
}

/**
 * The same for several movies, in one walk along each liked movie's row. O(entries of the items).
 * @param wanted item indices, ascending
 * @returns one array a wanted movie, as `neighbourContributions` gives it
 */
export function neighbourContributionsOf(
  { offsets, gaps, weights, scales }: NeighbourIndex,
  wanted: Int32Array,
  items: ArrayLike<number>,
  strengths: ArrayLike<number>,
): Float32Array[] {
  const contributions = Array.from(wanted, () => new Float32Array(items.length))
  for (let position = 0; position < items.length; position++) {
    const liked = items[position]!
    const end = offsets[liked + 1]!
    const scale = scales[liked]! * strengths[position]!
    let item = 0
    let place = 0
    for (let entry = offsets[liked]!; entry < end; entry++) {
      item += gaps[entry]!
      while (place < wanted.length && wanted[place]! < item) place++
      if (place === wanted.length) break
      if (wanted[place] === item) contributions[place]![position] = scale * weights[entry]!
    }
  }
  return contributions
}
