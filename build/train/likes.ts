import type { Interactions, Part } from '../nouns.ts'
import type { SparseRows } from './sparse-rows.ts'

/** The ratings of `likedFrom` stars or more in the given parts of the split: users × items, each user's in the order of time. */
export function likesOf(interactions: Interactions, parts: readonly Part[], likedFrom: number): SparseRows {
  const { indptr, itemIndices, ratings, parts: partOf } = interactions
  const wanted = new Set<number>(parts)
  const isLike = (at: number) => ratings[at]! >= likedFrom && wanted.has(partOf[at]!)

  const likedIndptr = new Uint32Array(indptr.length)
  const indices = new Int32Array(itemIndices.length)
  let count = 0
  for (let user = 0; user + 1 < indptr.length; user++) {
    for (let at = indptr[user]!; at < indptr[user + 1]!; at++) {
      if (isLike(at)) indices[count++] = itemIndices[at]!
    }
    likedIndptr[user + 1] = count
  }
  return { indptr: likedIndptr, indices: indices.slice(0, count) }
}
