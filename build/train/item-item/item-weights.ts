import type { ItemWeights } from '../../nouns.ts'
import { rowLengths, type SparseRows, transposed } from '../sparse-rows.ts'

/** The likes of some items, which are numbered anew from 0 in the order of itemIndex. */
export interface LikesOfItems {
  /** itemIndex of each, ascending */
  items: Int32Array
  /** users × these items, ascending within a user, none twice */
  likes: SparseRows
  /** these items × users */
  likers: SparseRows
}

/** The likes of the `maxItems` most liked items, or of every liked one with null; ties go to the lower itemIndex. */
export function likesOfMostLiked(likes: SparseRows, numItems: number, maxItems: number | null): LikesOfItems {
  const counts = rowLengths(transposed(likes, numItems))
  const liked = Array.from(counts.keys()).filter((item) => counts[item]! > 0)
  const chosen = liked.sort((a, b) => counts[b]! - counts[a]! || a - b).slice(0, maxItems ?? liked.length)
  const items = Int32Array.from(chosen).sort()
  const numberOf = new Int32Array(numItems).fill(-1)
  for (const [number, item] of items.entries()) numberOf[item] = number

  const indptr = new Uint32Array(likes.indptr.length)
  const indices = new Int32Array(likes.indices.length)
  let end = 0
  for (let user = 0; user + 1 < indptr.length; user++) {
    const row = likes.indices.subarray(likes.indptr[user]!, likes.indptr[user + 1]!)
    const numbers = row.map((item) => numberOf[item]!).sort()
    for (const [at, number] of numbers.entries())
      if (number >= 0 && (at === 0 || number !== numbers[at - 1])) indices[end++] = number
    indptr[user + 1] = end
  }
  const ofItems = { indptr, indices: indices.slice(0, end) }
  return { items, likes: ofItems, likers: transposed(ofItems, items.length) }
}

/** Rows of up to `most` weights between the items of a `LikesOfItems`, as a kernel leaves them: row r's start at r · most. */
export interface KeptRows {
  most: number
  indices: Int32Array
  weights: Float32Array
  counts: Int32Array
}

/** The kept rows as weights between all items. */
export function weightsOfAll(
  items: Int32Array,
  numItems: number,
  { most, indices, weights, counts }: KeptRows,
): ItemWeights {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const all = {
    indptr: new Uint32Array(numItems + 1),
    indices: new Int32Array(total),
    weights: new Float32Array(total),
  }
  let end = 0
  for (let item = 0, row = 0; item < numItems; item++) {
    if (items[row] === item) {
      for (let at = row * most; at < row * most + counts[row]!; at++) {
        all.indices[end] = items[indices[at]!]!
        all.weights[end++] = weights[at]!
      }
      row++
    }
    all.indptr[item + 1] = end
  }
  return all
}
