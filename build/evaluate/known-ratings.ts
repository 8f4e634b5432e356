import { type Interactions, PART } from '../nouns.ts'

/** Users who have each item before the test part. */
export function countKnown({ itemIndices, parts }: Interactions, numItems: number): Int32Array {
  const counts = new Int32Array(numItems)
  for (const [entry, item] of itemIndices.entries()) if (parts[entry] !== PART.test) counts[item]!++
  return counts
}

/** Item indices by how many have them, equal ones in the order of the index. */
export function mostRatedFirst(counts: Int32Array): number[] {
  return Array.from(counts.keys()).sort((a, b) => counts[b]! - counts[a]! || a - b)
}
