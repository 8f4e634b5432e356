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
 * Divide the used ratings into train, validation and test by time; the others become history only.
 * @returns a Part for each rating
 */
export function splitByTime(ratings: TimedRatings, split: SplitConfig): Uint8Array {
  return split.strategy === 'userTime' ? splitEachUser(ratings, split) : splitAtDates(ratings, split)
}

/**
 * The last ratings of each user are test, those before are validation. Of n used ratings, test takes n · share,
 * rounded to the nearest (halves up), and validation likewise; from n = 3 on each has at least one, and train too.
 * Below 3 all are train. Rows that tie in time keep their order, so a tie may stand on both sides of a boundary.
 */
function splitEachUser({ indptr, used }: TimedRatings, split: SplitConfig): Uint8Array {
  const parts = new Uint8Array(used.length)
  for (let userIndex = 0; userIndex + 1 < indptr.length; userIndex++) {
    const [start, end] = [indptr[userIndex], indptr[userIndex + 1]]
    let n = 0
    for (let entry = start; entry < end; entry++) n += used[entry]
    const test = n < 3 ? 0 : Math.min(Math.max(1, Math.round(n * split.test)), n - 2)
    const validation = n < 3 ? 0 : Math.min(Math.max(1, Math.round(n * split.validation)), n - test - 1)
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
function splitAtDates({ timestamps, used }: TimedRatings, split: SplitConfig): Uint8Array {
  const sorted = timestamps.filter((_, entry) => used[entry] === 1).sort()
  const quantile = (share: number) => sorted[Math.max(1, Math.round(sorted.length * share)) - 1]
  const [trainEnd, validationEnd] = [quantile(split.train), quantile(1 - split.test)]
  return Uint8Array.from(timestamps, (timestamp, entry) => {
    if (used[entry] === 0) return PART.historyOnly
    if (timestamp <= trainEnd) return PART.train
    return timestamp <= validationEnd ? PART.validation : PART.test
  })
}
