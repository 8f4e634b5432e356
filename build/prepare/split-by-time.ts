import type { SplitConfig } from '#core/schemas/config.ts'
import { PART } from '../nouns.ts'

export interface TimedRatings {
  /** numUsers + 1 */
  indptr: Uint32Array
  /** seconds since 1970, ascending within each user */
  timestamps: Uint32Array
  /** 1 for each rating that passed the filters */
  used: Uint8Array
}

/**
 * The last ratings of each user are test, those before are validation. Of n used ratings, test takes n · share,
 * rounded to the nearest (halves up), and validation likewise; from n = 3 on each has at least one, and train too.
 * Below 3 all are train. Rows that tie in time keep their order, so a tie may stand on both sides of a boundary.
 */
export function splitEachUser(ratings: TimedRatings, split: SplitConfig): Uint8Array {
  return splitTails(ratings, (n) => {
    const test = Math.min(Math.max(1, Math.round(n * split.test)), n - 2)
    return { test, validation: Math.min(Math.max(1, Math.round(n * split.validation)), n - test - 1) }
  })
}

/** The last used rating of each user is test, the one before it validation; a user with fewer than 3 is all train. */
export function leaveLastOut(ratings: TimedRatings): Uint8Array {
  return splitTails(ratings, () => ({ test: 1, validation: 1 }))
}

/** @param sizesOf how many of n used ratings, at least 3, go from the end into test, and before it into validation */
function splitTails(
  { indptr, used }: TimedRatings,
  sizesOf: (n: number) => { validation: number; test: number },
): Uint8Array {
  const parts = new Uint8Array(used.length)
  for (let userIndex = 0; userIndex + 1 < indptr.length; userIndex++) {
    const [start, end] = [indptr[userIndex], indptr[userIndex + 1]]
    let n = 0
    for (let entry = start; entry < end; entry++) n += used[entry]
    const { validation, test } = n < 3 ? { validation: 0, test: 0 } : sizesOf(n)
    let before = 0
    for (let entry = start; entry < end; entry++) {
      if (used[entry] === 0) continue
      if (before < n - test - validation) parts[entry] = PART.train
      else parts[entry] = before < n - test ? PART.validation : PART.test
      before++
    }
  }
  return parts
}

/**
 * Two moments for all users: up to the first is train, up to the second validation, after it test. The moments are
 * quantiles of the used ratings' times (nearest rank); ratings at the very moment belong to the earlier part, so that
 * every training rating is older than every validation rating, and that than every test rating.
 */
export function splitAtDates({ timestamps, used }: TimedRatings, split: SplitConfig): Uint8Array {
  let n = 0
  for (let entry = 0; entry < used.length; entry++) n += used[entry]
  const quantile = (share: number) => timeAtRank(timestamps, used, 1, Math.max(1, Math.round(n * share)))
  const [trainEnd, validationEnd] = [quantile(split.train), quantile(1 - split.test)]
  const parts = new Uint8Array(used.length)
  for (let entry = 0; entry < used.length; entry++) {
    if (used[entry] === 0) continue
    if (timestamps[entry] <= trainEnd) parts[entry] = PART.train
    else parts[entry] = timestamps[entry] <= validationEnd ? PART.validation : PART.test
  }
  return parts
}

/**
 * The rank-th smallest time of the entries with a mark, from 1. Two counting passes, over the high 16 bits and then over
 * the low ones of the bucket that has the rank: O(n) and no copy.
 * @param marks at least `rank` of them are `mark`; the others do not count
 */
export function timeAtRank(timestamps: Uint32Array, marks: Uint8Array, mark: number, rank: number): number {
  const counts = new Uint32Array(1 << 16)
  for (let entry = 0; entry < marks.length; entry++) if (marks[entry] === mark) counts[timestamps[entry] >>> 16]++
  let before = 0
  let high = 0
  while (high < 0xffff && before + counts[high] < rank) before += counts[high++]

  counts.fill(0)
  for (let entry = 0; entry < marks.length; entry++)
    if (marks[entry] === mark && timestamps[entry] >>> 16 === high) counts[timestamps[entry] & 0xffff]++
  let low = 0
  while (low < 0xffff && before + counts[low] < rank) before += counts[low++]
  return high * 0x1_0000 + low
}
