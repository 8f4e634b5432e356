import fc from 'fast-check'
import { SplitConfig } from '#core/schemas/config.ts'
import { type DrawnStrategy, splitRatings } from '../../../build/prepare/split.ts'
import type { TimedRatings } from '../../../build/prepare/split-by-time.ts'

/** Ratings of a few users, some of which did not pass the filters; each user's in the order of time. */
export const timedRatings = fc
  .array(fc.array(fc.record({ time: fc.nat(50), used: fc.nat(1) }), { maxLength: 30 }), { maxLength: 8 })
  .map(toRatings)

/** train, validation and test, that sum to 1 */
export const shares = fc
  .record({
    validation: fc.double({ min: 0.01, max: 0.4, noNaN: true }),
    test: fc.double({ min: 0.01, max: 0.4, noNaN: true }),
  })
  .map(({ validation, test }) => ({ train: 1 - validation - test, validation, test }))

export function divide(
  ratings: TimedRatings,
  { seed = 1, strategy, ...split }: Partial<SplitConfig> & { strategy: DrawnStrategy; seed?: number },
): Uint8Array {
  return splitRatings(ratings, { ...SplitConfig.parse({ ...split, strategy }), strategy }, seed)
}

/** One user's ratings at the given times, all used. */
export function oneUser(timestamps: number[]): TimedRatings {
  return {
    indptr: Uint32Array.of(0, timestamps.length),
    timestamps: Uint32Array.from(timestamps),
    used: new Uint8Array(timestamps.length).fill(1),
  }
}

/** How many entries have each of the parts. */
export function sizesOf(parts: Uint8Array, of: readonly number[]): number[] {
  return of.map((part) => parts.filter((value) => value === part).length)
}

/** The entries of each user, as [start, end). */
export function rowsOf({ indptr }: TimedRatings): [number, number][] {
  return Array.from({ length: indptr.length - 1 }, (_, user) => [indptr[user], indptr[user + 1]])
}

function toRatings(lists: { time: number; used: number }[][]): TimedRatings {
  const sorted = lists.map((list) => [...list].sort((a, b) => a.time - b.time))
  const indptr = [0]
  for (const list of sorted) indptr.push(indptr.at(-1)! + list.length)
  return {
    indptr: Uint32Array.from(indptr),
    timestamps: Uint32Array.from(sorted.flat(), ({ time }) => time),
    used: Uint8Array.from(sorted.flat(), ({ used }) => used),
  }
}
