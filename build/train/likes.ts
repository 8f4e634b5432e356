import { type Interactions, PART, type Part } from '../nouns.ts'
import type { Likes } from './als/als-problem.ts'
import type { SparseRows } from './sparse-rows.ts'

/** The ratings of `likedFrom` stars or more in the given parts of the split: users × items, each user's in the order of time. */
export function likesOf(interactions: Interactions, parts: readonly Part[], likedFrom: number): Likes {
  const wanted = new Set<number>(parts)
  return ratingsWhere(interactions, (part, stars) => wanted.has(part) && stars >= likedFrom)
}

/** Everything that a user is known to have seen before what is judged: what a list must not hold. */
export function seenOf(interactions: Interactions, judged: readonly Part[]): SparseRows {
  const later = new Set<number>([...judged, PART.test])
  return ratingsWhere(interactions, (part) => !later.has(part))
}

function ratingsWhere(
  { indptr, itemIndices, ratings: stars, parts }: Interactions,
  isWanted: (part: number, stars: number) => boolean,
): Likes {
  const wantedIndptr = new Uint32Array(indptr.length)
  const indices = new Int32Array(itemIndices.length)
  const ratings = new Float32Array(itemIndices.length)
  let count = 0
  for (let user = 0; user + 1 < indptr.length; user++) {
    for (let at = indptr[user]!; at < indptr[user + 1]!; at++) {
      if (!isWanted(parts[at]!, stars[at]!)) continue
      indices[count] = itemIndices[at]!
      ratings[count++] = stars[at]!
    }
    wantedIndptr[user + 1] = count
  }
  return { indptr: wantedIndptr, indices: indices.slice(0, count), ratings: ratings.slice(0, count) }
}
