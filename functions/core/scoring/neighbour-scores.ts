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
    const end = offsets[liked + 1]!
    let item = 0
    for (let entry = offsets[liked]!; entry < end; entry++) {
      item += gaps[entry]!
      out[item]! += scale * weights[entry]!
    }
  }
  return out
}

/**
 * What each liked movie gives to the scores of some movies: weight × strength, 0 where it says nothing. A row sums to the
 * movie's `neighbourScores`. In one walk along each liked movie's row: O(entries of the items).
 * @param wanted item indices, each once, fewer than 65,536
 * @returns wanted × items, row-major: an array a movie would take longer to make than to fill
 */
export function neighbourContributionsOf(
  index: NeighbourIndex,
  wanted: Int32Array,
  items: ArrayLike<number>,
  strengths: ArrayLike<number>,
): Float32Array {
  const contributions = new Float32Array(wanted.length * items.length)
  return addNeighbourContributions(index, wanted, items, strengths, contributions, items.length)
}

/**
 * The same, added to the last columns of a matrix.
 * @param out wanted × columns, row-major, no fewer columns than items
 */
export function addNeighbourContributions(
  index: NeighbourIndex,
  wanted: Int32Array,
  items: ArrayLike<number>,
  strengths: ArrayLike<number>,
  out: Float32Array,
  columns: number,
): Float32Array {
  if (wanted.length === 0) return out
  const { offsets, gaps, weights, scales } = index
  const { isWanted, rows } = roomFor(index)
  for (let row = 0; row < wanted.length; row++) {
    const item = wanted[row]!
    isWanted[item >> 3]! |= 1 << (item & 7)
    rows[item] = row
  }
  const firstColumn = columns - items.length
  for (let position = 0; position < items.length; position++) {
    const liked = items[position]!
    const scale = scales[liked]! * strengths[position]!
    const end = offsets[liked + 1]!
    let item = 0
    for (let entry = offsets[liked]!; entry < end; entry++) {
      item += gaps[entry]!
      if ((isWanted[item >> 3]! & (1 << (item & 7))) !== 0)
        out[rows[item]! * columns + firstColumn + position]! += scale * weights[entry]!
    }
  }
  for (let row = 0; row < wanted.length; row++) isWanted[wanted[row]! >> 3] = 0
  return out
}

interface Room {
  /** a bit an item, zeros to be left as zeros: few enough to stay in the nearest cache, where most are looked up in vain */
  isWanted: Uint8Array
  /** of the wanted ones */
  rows: Uint16Array
}

const rooms = new WeakMap<NeighbourIndex, Room>()

/** To make one takes longer than what it is for. */
function roomFor(index: NeighbourIndex): Room {
  const known = rooms.get(index)
  if (known) return known
  const room = { isWanted: new Uint8Array((index.numItems >> 3) + 1), rows: new Uint16Array(index.numItems) }
  rooms.set(index, room)
  return room
}
