import { randomSource } from '#core/random.ts'
import type { SplitConfig } from '#core/schemas/config.ts'
import { holdOutUsers, splitAtRandom, splitIntoFolds } from './split-by-seed.ts'
import { leaveLastOut, splitAtDates, splitEachUser, type TimedRatings } from './split-by-time.ts'

/** Every strategy but `given`, whose parts stand in files. */
export type DrawnStrategy = Exclude<SplitConfig['strategy'], 'given'>

/**
 * Divide the used ratings into train, validation and test, and what a held-out user tells; the others become history
 * only. O(ratings), and 1 byte a rating.
 * @param seed of the strategies that draw; those by time leave nothing to chance
 * @returns a Part for each rating
 */
export function splitRatings(
  ratings: TimedRatings,
  split: SplitConfig & { strategy: DrawnStrategy },
  seed: number,
): Uint8Array {
  switch (split.strategy) {
    case 'userTime':
      return splitEachUser(ratings, split)
    case 'globalTime':
      return splitAtDates(ratings, split)
    case 'leaveOneOut':
      return leaveLastOut(ratings)
    case 'random':
      return splitAtRandom(ratings, split, randomSource(seed))
    case 'kFold':
      return splitIntoFolds(ratings, split, randomSource(seed))
    case 'strongGeneralization':
      return holdOutUsers(ratings, split, randomSource(seed))
  }
}
