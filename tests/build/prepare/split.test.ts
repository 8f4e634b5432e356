import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SplitConfig } from '#core/schemas/config.ts'
import { PART } from '../../../build/nouns.ts'
import { splitByTime, type TimedRatings } from '../../../build/prepare/split.ts'

const { train, validation, test: tested, historyOnly } = PART

/** One user's ratings at the given times, all used. */
function oneUser(timestamps: number[]): TimedRatings {
  return {
    indptr: Uint32Array.of(0, timestamps.length),
    timestamps: Uint32Array.from(timestamps),
    used: new Uint8Array(timestamps.length).fill(1),
  }
}

const userTime = SplitConfig.parse({ strategy: 'userTime' })
const globalTime = SplitConfig.parse({ strategy: 'globalTime' })

test.each([
  [0, 0, 0, 0],
  [1, 1, 0, 0],
  [2, 2, 0, 0],
  [3, 1, 1, 1],
  [10, 8, 1, 1],
  [14, 12, 1, 1],
  [15, 11, 2, 2], // 1.5 rounds up
  [100, 80, 10, 10],
])('of %i ratings of a user %i are train, %i validation and %i test', (n, ...expected) => {
  const parts = splitByTime(oneUser(Array.from({ length: n }, (_, at) => at)), userTime)
  expect([train, validation, tested].map((part) => parts.filter((of) => of === part).length)).toEqual(expected)
})

test('a rating that did not pass the filters is history only, and takes no place in a part', () => {
  const ratings = oneUser([1, 2, 3, 4, 5])
  ratings.used.set([0, 1, 1, 0, 1])
  expect([...splitByTime(ratings, userTime)]).toEqual([historyOnly, train, validation, historyOnly, tested])
})

test('a large test share still leaves each part of a user one rating', () => {
  const split = SplitConfig.parse({ strategy: 'userTime', train: 0.1, validation: 0.3, test: 0.6 })
  expect([...splitByTime(oneUser([1, 2, 3]), split)]).toEqual([train, validation, tested])
})

test('ratings at the very moment of the global boundary are all of the earlier part', () => {
  // 10 ratings: the 8th and 9th nearest-rank times are 5 and 7
  const parts = splitByTime(oneUser([1, 1, 2, 3, 4, 5, 5, 5, 7, 9]), globalTime)
  expect([...parts]).toEqual([...Array(8).fill(train), validation, tested])
  // were the last train time shared by the 9th, it would be train too
  expect([...splitByTime(oneUser([1, 1, 2, 3, 4, 5, 5, 5, 5, 9]), globalTime)]).toEqual([
    ...Array(9).fill(train),
    tested,
  ])
})

const users = fc.array(fc.array(fc.record({ time: fc.nat(50), used: fc.nat(1) }), { maxLength: 30 }), { maxLength: 8 })
const shares = fc
  .record({
    validation: fc.double({ min: 0.01, max: 0.4, noNaN: true }),
    test: fc.double({ min: 0.01, max: 0.4, noNaN: true }),
  })
  .map(({ validation, test }) => ({ train: 1 - validation - test, validation, test }))

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

const timesOf = (ratings: TimedRatings, parts: Uint8Array, part: number, start = 0, end = parts.length) =>
  [...ratings.timestamps.subarray(start, end)].filter((_, at) => parts[start + at] === part)

test('every used rating is in one part, every other is history only', () => {
  fc.assert(
    fc.property(users, shares, fc.constantFrom('userTime', 'globalTime'), (lists, split, strategy) => {
      const ratings = toRatings(lists)
      const parts = splitByTime(ratings, SplitConfig.parse({ ...split, strategy }))
      expect(parts.length).toBe(ratings.used.length)
      parts.forEach((part, entry) => {
        expect(part !== historyOnly).toBe(ratings.used[entry] === 1)
      })
    }),
  )
})

test('no user has a training rating later than a validation or test rating', () => {
  fc.assert(
    fc.property(users, shares, (lists, split) => {
      const ratings = toRatings(lists)
      const parts = splitByTime(ratings, SplitConfig.parse({ ...split, strategy: 'userTime' }))
      for (let user = 0; user + 1 < ratings.indptr.length; user++) {
        const [start, end] = [ratings.indptr[user], ratings.indptr[user + 1]]
        const [a, b, c] = [train, validation, tested].map((part) => timesOf(ratings, parts, part, start, end))
        expect(Math.max(...a)).toBeLessThanOrEqual(Math.min(...b))
        expect(Math.max(...a, ...b)).toBeLessThanOrEqual(Math.min(...c))
      }
    }),
  )
})

test('all training ratings are older than all validation ratings, and those than all test ratings, by one date for all', () => {
  fc.assert(
    fc.property(users, shares, (lists, split) => {
      const ratings = toRatings(lists)
      const parts = splitByTime(ratings, SplitConfig.parse({ ...split, strategy: 'globalTime' }))
      const [a, b, c] = [train, validation, tested].map((part) => timesOf(ratings, parts, part))
      if (a.length > 0 && b.length > 0) expect(Math.max(...a)).toBeLessThan(Math.min(...b))
      if (c.length > 0) expect(Math.max(...a, ...b)).toBeLessThan(Math.min(...c))
    }),
  )
})
