/**
 * Each user's k best items among all, by scores xᵀy or by scores that are there already. What the user has seen does not
 * come, nor what is not to be ranked, nor a score that is NaN or −∞. Equal scores rank by item index.
 *   items, scores  the lists: int32 and f32 (numUsers × k), best first, then −1 and −∞ where fewer than k are left
 *   indptr, seen   CSR of what each user has seen
 *   capacity       `listCapacity(k)`
 * Items are scored longest row first: the thresholds rise soon, and where |x||y| is below a user's, the rest is left out
 * (of ML-1M's scores 6 % at k 100 and f 128, 22 % at k 10 and f 64). The lists are the same in any order.
 *   order          int32: the item at each position, `panelsOf(numItems)` · 8 of them
 *   positions      int32: the position of each item
 * Matrices are row-major f32; every argument that is not a count is an address.
 */
export interface ParallelRankKernels {
  /** norms[r] = |row r|, f64 */
  rowNorms(begin: number, end: number, scratch: number, rows: number, factors: number, norms: number): undefined
  /** Panels begin ≤ p < end of the first `numRanked` items as `rankItems` streams them: out[p][factor][lane]. */
  packItems(
    begin: number,
    end: number,
    scratch: number,
    items: number,
    order: number,
    numRanked: number,
    factors: number,
    out: number,
  ): undefined
  /**
   * @param norms of the items, descending in `order` as far as numRanked
   * Scratch: `rankScratchBytes`; end − begin at most USERS_PER_CHUNK.
   */
  rankItems(
    begin: number,
    end: number,
    scratch: number,
    users: number,
    packed: number,
    order: number,
    positions: number,
    norms: number,
    numItems: number,
    numRanked: number,
    factors: number,
    indptr: number,
    seen: number,
    k: number,
    capacity: number,
    items: number,
    scores: number,
  ): undefined
  /**
   * The same for scores (numUsers × numItems) that are there, each row with room for a multiple of 8.
   * @param order 0, 1, 2, …; @param unranked a bit an item, 1 for what nobody gets and for the places beyond numItems
   */
  rankScores(
    begin: number,
    end: number,
    scratch: number,
    rows: number,
    order: number,
    numItems: number,
    unranked: number,
    indptr: number,
    seen: number,
    k: number,
    capacity: number,
    items: number,
    scores: number,
  ): undefined
}

/** Users that one call ranks side by side: a multiple of 4. More share each read of the items, fewer fill the threads evenly. */
export const USERS_PER_CHUNK = 32

/** Items come in panels of 8. */
export function panelsOf(numItems: number): number {
  return Math.ceil(numItems / 8)
}

/** Keys that gather before the best k are kept: each sort of them takes off at least k. */
export function listCapacity(k: number): number {
  return 2 * k + 32
}

/** Eight scores; a norm, a row, a list and a mask for each user of a chunk. */
export function rankScratchBytes(numItems: number, factors: number, k: number): number {
  return 32 + USERS_PER_CHUNK * (8 + 4 * factors + 16 + 8 * listCapacity(k) + panelsOf(numItems))
}
