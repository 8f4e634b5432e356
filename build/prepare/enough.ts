import type { SplitConfig } from '#core/schemas/config.ts'
import { DataError } from '../io/files.ts'
import { PART } from '../nouns.ts'
import { countByItem, type FilterLimits, type RatingRows } from './filter.ts'

/** @throws {DataError} when no rating passed, naming the filter that did it, its value and the largest count there is */
export function requireUsed(
  { indptr, itemIndices }: RatingRows,
  used: Uint8Array,
  numItems: number,
  limits: FilterLimits,
): void {
  if (used.includes(1)) return
  const mostOfMovie = countByItem(itemIndices, numItems).reduce((most, count) => Math.max(most, count), 0)
  let mostOfUser = 0
  for (let userIndex = 0; userIndex + 1 < indptr.length; userIndex++)
    mostOfUser = Math.max(mostOfUser, indptr[userIndex + 1] - indptr[userIndex])

  const ofMovies = `minRatingsPerMovie is ${limits.minPerMovie}, the most-rated movie has ${mostOfMovie}`
  const ofUsers = `minRatingsPerUser is ${limits.minPerUser}, the busiest user has ${mostOfUser}`
  if (mostOfMovie < limits.minPerMovie) throw new DataError(`no rating is left: ${ofMovies}`)
  if (mostOfUser < limits.minPerUser) throw new DataError(`no rating is left: ${ofUsers}`)
  throw new DataError(`no rating is left, as each filter takes from what the other needs: ${ofMovies}; ${ofUsers}`)
}

/** What a strategy needs to leave a rating in every part. */
const NEEDS: Record<SplitConfig['strategy'], string> = {
  userTime: 'a user needs 3 used ratings to have one in each part',
  globalTime: 'too many ratings share one time',
  leaveOneOut: 'a user needs 3 used ratings to have one in each part',
  random: 'there are too few used ratings for the shares',
  kFold: 'there are fewer used ratings than folds',
  strongGeneralization: 'a held-out user needs 5 used ratings to be judged on one of them',
  given: 'no pair of its file is a rating of the data',
}

/** @throws {DataError} when a part of the split is empty */
export function requireParts(parts: Uint8Array, split: SplitConfig): void {
  for (const name of ['train', 'validation', 'test'] as const) {
    if (parts.includes(PART[name])) continue
    throw new DataError(`no ${name} rating is left by split.strategy ${split.strategy}: ${NEEDS[split.strategy]}`)
  }
}
