import type { NeighbourIndex } from '../format/neighbours.ts'
import { addNeighbourScores } from './neighbour-scores.ts'

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
 * @param out numItems scores, about the chance of each; some are below 0, and all are 0 without
 * a history; made when not given
 */
export function nextScores(
  scales: readonly NextScaleIndex[],
  items: ArrayLike<number>,
  numItems: number,
  out: Float32Array = new Float32Array(numItems),
): Float32Array {
  out.fill(0)
  for (const { length, recencyHalfLife, weights } of scales) {
    const count = Math.min(length, items.length)
    const recent = Int32Array.from({ length: count }, (_, since) => items[items.length - 1 - since]!)
    const strengths = Float32Array.from(recent, (_, since) => 2 ** (-since / recencyHalfLife))
    addNeighbourScores(weights, recent, strengths, out)
  }
  return out
}
