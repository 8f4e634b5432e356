import type { Examination } from '../../nouns.ts'
import { countKnown, mostRatedFirst } from '../known-ratings.ts'
import { traitsOf } from '../list-traits.ts'
import { CUTOFF, type Lists } from './lists.ts'

const TENTHS = 10

/** What each row's lists are made of, whether or not it is what users want. */
export function popularityBias({ rows, model, interactions }: Lists): Examination['popularityBias'] {
  const { numItems } = model.catalog
  const tenths = tenthsOf(countKnown(interactions, numItems))
  const traits = traitsOf(model, interactions)
  return rows.map(({ name, lists }) => {
    const counts = placesOf(lists, numItems)
    const places = counts.reduce((sum, count) => sum + count, 0)
    const byTenth = new Float64Array(TENTHS)
    for (const [item, count] of counts.entries()) byTenth[tenths[item]!]! += count
    const mean = (of: (list: Int32Array) => number) =>
      lists.reduce((sum, list) => sum + of(list), 0) / Math.max(1, lists.length)
    return {
      name,
      shareByDecile: Array.from(byTenth, (count) => count / Math.max(1, places)),
      novelty: mean((list) => traits.novelty(list, CUTOFF)),
      gini: giniOf(counts),
      intraListDiversity: mean((list) => traits.intraListDiversity(list, CUTOFF)),
      coverage: counts.filter((count) => count > 0).length / Math.max(1, numItems),
    }
  })
}

/** How often each movie stands in a list. */
function placesOf(lists: Int32Array[], numItems: number): Int32Array {
  const counts = new Int32Array(numItems)
  for (const list of lists) for (const item of list.subarray(0, CUTOFF)) counts[item]!++
  return counts
}

/** The tenth of the movies that each is in by its ratings, the most rated first. */
function tenthsOf(ratings: Int32Array): Uint8Array {
  const tenths = new Uint8Array(ratings.length)
  for (const [rank, item] of mostRatedFirst(ratings).entries())
    tenths[item] = Math.floor((TENTHS * rank) / ratings.length)
  return tenths
}

/** Gini coefficient: 0 where all have as many, 1 − 1/n where one of n has all; 0 where nobody has any. */
export function giniOf(counts: ArrayLike<number>): number {
  const sorted = Float64Array.from(counts).sort()
  let weighted = 0
  let total = 0
  for (const [rank, count] of sorted.entries()) {
    weighted += (2 * (rank + 1) - sorted.length - 1) * count
    total += count
  }
  return total > 0 ? weighted / (sorted.length * total) : 0
}
