import type { DataConfig } from '#core/schemas/config.ts'

/** Ratings as CSR over users; the part of Interactions that filters and splits look at. */
export interface RatingRows {
  /** numUsers + 1 */
  indptr: Uint32Array
  itemIndices: Int32Array
}

export interface FilterLimits {
  minPerUser: number
  minPerMovie: number
  until: DataConfig['filterUntil']
}

/**
 * Keep the ratings whose movie has at least `minPerMovie` of them and whose user at least `minPerUser`.
 * Until a fixed point: only ratings that are kept count. Leaving out a movie may bring a user below the limit, so this
 * goes on until nothing changes; the result is the largest such set (a bipartite k-core), whatever the order of removal.
 * Once: movies by all their ratings, then users by what is left of theirs, as Mult-VAE (Liang et al. 2018) prepares its
 * data; a movie may end below its limit. O(rounds · ratings); MovieLens needs a handful of rounds.
 * @returns 1 for each rating kept, 0 for the others
 */
export function filterRatings(
  { indptr, itemIndices }: RatingRows,
  numItems: number,
  { minPerUser, minPerMovie, until }: FilterLimits,
): Uint8Array {
  const kept = new Uint8Array(itemIndices.length).fill(1)
  const itemCounts = countByItem(itemIndices, numItems)
  const lower = until === 'fixedPoint' ? 1 : 0

  let changed = true
  while (changed) {
    changed = false
    for (let userIndex = 0; userIndex + 1 < indptr.length; userIndex++) {
      const [start, end] = [indptr[userIndex], indptr[userIndex + 1]]
      let userCount = 0
      for (let entry = start; entry < end; entry++) {
        if (kept[entry] === 0) continue
        if (itemCounts[itemIndices[entry]] >= minPerMovie) userCount++
        else {
          // the movie's count stays below its limit whether or not this rating is taken off it
          kept[entry] = 0
          changed = true
        }
      }
      if (userCount === 0 || userCount >= minPerUser) continue
      for (let entry = start; entry < end; entry++) {
        if (kept[entry] === 0) continue
        kept[entry] = 0
        itemCounts[itemIndices[entry]] -= lower
        changed = true
      }
    }
    if (until === 'once') break
  }
  return kept
}

export function countByItem(itemIndices: Int32Array, numItems: number): Int32Array {
  const counts = new Int32Array(numItems)
  for (let entry = 0; entry < itemIndices.length; entry++) counts[itemIndices[entry]]++
  return counts
}
