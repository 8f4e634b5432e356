import type { NeighbourIndex } from '../format/neighbours.ts'
import { addNeighbourContributions, addNeighbourScores } from './neighbour-scores.ts'

/** What a history's items say about the next one, as one time scale sees them. */
export interface NextScaleIndex {
  /** items back from the end of the history that it sees */
  length: number
  /** items after which an older one weighs half */
  recencyHalfLife: number
  /** of each item in the history for others */
  weights: NeighbourIndex
}

/**
 * How likely each movie is to be taken up next: the sum over the scales and the last items of the history of their
 * weights × 2^(−items since / half-life). O(numItems + entries of the last items).
 * @param items everything taken up, the oldest first; what comes after it is asked for
 * @param counts how much each of them counts beside its age; null: 1 each
 * @param out numItems scores, about the chance of each where all counts are 1; some are below 0, and all are 0
 * without a history; made when not given
 */
export function nextScores(
  scales: readonly NextScaleIndex[],
  items: ArrayLike<number>,
  counts: ArrayLike<number> | null,
  numItems: number,
  out: Float32Array = new Float32Array(numItems),
): Float32Array {
  out.fill(0)
  for (const scale of scales) {
    const recent = recentItems(scale, items, counts)
    addNeighbourScores(scale.weights, recent.items, recent.strengths, out)
  }
  return out
}

/**
 * What each item of the history gives to the scores of some movies. A row sums to the movie's `nextScores`.
 * O(entries of the last items).
 * @param wanted item indices, each once
 * @returns wanted × items, row-major; 0 where an item says nothing
 */
export function nextContributionsOf(
  scales: readonly NextScaleIndex[],
  wanted: Int32Array,
  items: ArrayLike<number>,
  counts: ArrayLike<number> | null,
): Float32Array {
  const contributions = new Float32Array(wanted.length * items.length)
  for (const scale of scales) {
    const recent = recentItems(scale, items, counts)
    // a row's columns are in the order of time
    const [oldestFirst, theirStrengths] = [recent.items.reverse(), recent.strengths.reverse()]
    addNeighbourContributions(scale.weights, wanted, oldestFirst, theirStrengths, contributions, items.length)
  }
  return contributions
}

/** Whether any of the last items says anything at a scale that sees it: without, all scores are 0. */
export function hasNextScores(scales: readonly NextScaleIndex[], items: ArrayLike<number>): boolean {
  return scales.some(({ length, weights: { offsets } }) => {
    const oldest = Math.max(0, items.length - length)
    for (let at = items.length - 1; at >= oldest; at--) if (offsets[items[at]!]! < offsets[items[at]! + 1]!) return true
    return false
  })
}

/** The items that a scale sees, the newest first, and how much what each says counts: the newest whole, the older ones less. */
export function recentItems(
  { length, recencyHalfLife }: Omit<NextScaleIndex, 'weights'>,
  items: ArrayLike<number>,
  counts: ArrayLike<number> | null,
): { items: Int32Array; strengths: Float32Array } {
  const last = new Int32Array(Math.min(length, items.length))
  const strengths = new Float32Array(last.length)
  for (let since = 0; since < last.length; since++) {
    last[since] = items[items.length - 1 - since]!
    strengths[since] = (counts ? counts[counts.length - 1 - since]! : 1) * 2 ** (-since / recencyHalfLife)
  }
  return { items: last, strengths }
}
