import type { SplitConfig } from '#core/schemas/config.ts'
import { DataError } from '../io/files.ts'
import { PART } from '../nouns.ts'
import type { RatingRows } from './filter.ts'

/** @throws {DataError} when no rating passed, naming the filter that did it, its value and the largest count there is */
export function requireUsed(
  { indptr, itemIndices }: RatingRows,
  used: Uint8Array,
  numItems: number,
  limits: { minPerUser: number; minPerMovie: number },
): void {
  if (used.includes(1)) return
  const itemCounts = new Int32Array(numItems)
  for (const itemIndex of itemIndices) itemCounts[itemIndex]++
  const mostOfMovie = itemCounts.reduce((most, count) => Math.max(most, count), 0)
  let mostOfUser = 0
  for (let userIndex = 0; userIndex + 1 < indptr.length; userIndex++)
    mostOfUser = Math.max(mostOfUser, indptr[userIndex + 1] - indptr[userIndex])

  const ofMovies = `minRatingsPerMovie is ${limits.minPerMovie}, the most-rated movie has ${mostOfMovie}`
  const ofUsers = `minRatingsPerUser is ${limits.minPerUser}, the busiest user has ${mostOfUser}`
  if (mostOfMovie < limits.minPerMovie) throw new DataError(`no rating is left: ${ofMovies}`)
  if (mostOfUser < limits.minPerUser) throw new DataError(`no rating is left: ${ofUsers}`)
  throw new DataError(`no rating is left, as each filter takes from what the other needs: ${ofMovies}; ${ofUsers}`)
}

/** @throws {DataError} when a part of the split is empty */
export function requireParts(parts: Uint8Array, split: SplitConfig): void {
  for (const name of ['train', 'validation', 'test'] as const) {
    if (parts.includes(PART[name])) continue
    const hint =
      split.strategy === 'globalTime'
        ? 'too many ratings share one time'
        : 'a user needs 3 used ratings to have one in each part'
    throw new DataError(`no ${name} rating is left by split.strategy ${split.strategy}: ${hint}`)
  }
}
