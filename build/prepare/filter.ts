/** Ratings as CSR over users; the part of Interactions that filters and splits look at. */
export interface RatingRows {
  /** numUsers + 1 */
  indptr: Uint32Array
  itemIndices: Int32Array
}

/**
 * Keep the ratings whose user has at least `minPerUser` of them and whose movie at least `minPerMovie`, counting only
 * ratings that are kept: leaving out a movie may bring a user below the limit, so this goes on until nothing changes.
 * The result is the largest such set (a bipartite k-core) and does not depend on the order of removal.
 * O(rounds · ratings); MovieLens needs a handful of rounds.
 * @returns 1 for each rating kept, 0 for the others
 */
export function filterRatings(
  { indptr, itemIndices }: RatingRows,
  numItems: number,
  limits: { minPerUser: number; minPerMovie: number },
): Uint8Array {
  const kept = new Uint8Array(itemIndices.length).fill(1)
  const itemCounts = new Int32Array(numItems)
  for (const itemIndex of itemIndices) itemCounts[itemIndex]++

  for (let changed = true; changed; ) {
    changed = false
    for (let userIndex = 0; userIndex + 1 < indptr.length; userIndex++) {
      const [start, end] = [indptr[userIndex], indptr[userIndex + 1]]
      let userCount = 0
      for (let entry = start; entry < end; entry++) {
        if (kept[entry] === 0) continue
        if (itemCounts[itemIndices[entry]] >= limits.minPerMovie) userCount++
        else {
          // the movie's count stays below its limit whether or not this rating is taken off it
          kept[entry] = 0
          changed = true
        }
      }
      if (userCount === 0 || userCount >= limits.minPerUser) continue
      for (let entry = start; entry < end; entry++) {
        if (kept[entry] === 0) continue
        kept[entry] = 0
        itemCounts[itemIndices[entry]]--
        changed = true
      }
    }
  }
  return kept
}
