import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PART } from '../../../build/nouns.ts'
import { timeAtRank } from '../../../build/prepare/split-by-time.ts'
import { divide, oneUser, rowsOf, shares, sizesOf, timedRatings } from './ratings.ts'

const { train, validation, test: tested, historyOnly } = PART

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
  const parts = divide(oneUser(Array.from({ length: n }, (_, at) => at)), { strategy: 'userTime' })
  expect(sizesOf(parts, [train, validation, tested])).toEqual(expected)
})

test('a rating that did not pass the filters is history only, and takes no place in a part', () => {
  const ratings = oneUser([1, 2, 3, 4, 5])
  ratings.used.set([0, 1, 1, 0, 1])
  const expected = [historyOnly, train, validation, historyOnly, tested]
  expect([...divide(ratings, { strategy: 'userTime' })]).toEqual(expected)
  expect([...divide(ratings, { strategy: 'leaveOneOut' })]).toEqual(expected)
})

test('a large test share still leaves each part of a user one rating', () => {
  const parts = divide(oneUser([1, 2, 3]), { strategy: 'userTime', train: 0.1, validation: 0.3, test: 0.6 })
  expect([...parts]).toEqual([train, validation, tested])
})

test('leave one out: the last is test, the one before validation, and of two ratings both are train', () => {
  expect([...divide(oneUser([1, 2, 3, 4]), { strategy: 'leaveOneOut' })]).toEqual([train, train, validation, tested])
  expect([...divide(oneUser([1, 2]), { strategy: 'leaveOneOut' })]).toEqual([train, train])
})

test('ratings at the very moment of the global boundary are all of the earlier part', () => {
  // 10 ratings: the 8th and 9th nearest-rank times are 5 and 7
  const parts = divide(oneUser([1, 1, 2, 3, 4, 5, 5, 5, 7, 9]), { strategy: 'globalTime' })
  expect([...parts]).toEqual([...Array(8).fill(train), validation, tested])
  // were the last train time shared by the 9th, it would be train too
  expect([...divide(oneUser([1, 1, 2, 3, 4, 5, 5, 5, 5, 9]), { strategy: 'globalTime' })]).toEqual([
    ...Array(9).fill(train),
    tested,
  ])
})

test('the time at a rank is that of a sorted copy', () => {
  const entries = fc.array(fc.record({ time: fc.nat(0xffff_ffff), mark: fc.nat(1) }), { minLength: 1 })
  fc.assert(
    fc.property(entries, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
      const marked = all.filter(({ mark }) => mark === 1).map(({ time }) => time)
      fc.pre(marked.length > 0)
      const rank = Math.max(1, Math.round(share * marked.length))
      const times = Uint32Array.from(all, ({ time }) => time)
      const marks = Uint8Array.from(all, ({ mark }) => mark)
      expect(timeAtRank(times, marks, 1, rank)).toBe(marked.sort((a, b) => a - b)[rank - 1])
    }),
  )
})

test.each(['userTime', 'leaveOneOut'] as const)(
  '%s: no user has a training rating later than one to be found',
  (strategy) => {
    fc.assert(
      fc.property(timedRatings, shares, (ratings, split) => {
        const parts = divide(ratings, { ...split, strategy })
        for (const [start, end] of rowsOf(ratings)) {
          const times = (part: number) =>
            [...ratings.timestamps.subarray(start, end)].filter((_, at) => parts[start + at] === part)
          const [a, b, c] = [train, validation, tested].map(times)
          expect(Math.max(...a)).toBeLessThanOrEqual(Math.min(...b))
          expect(Math.max(...a, ...b)).toBeLessThanOrEqual(Math.min(...c))
        }
      }),
    )
  },
)

test('globalTime: all training ratings are older than all validation ratings, and those than all test ratings', () => {
  fc.assert(
    fc.property(timedRatings, shares, (ratings, split) => {
      const parts = divide(ratings, { ...split, strategy: 'globalTime' })
      const times = (part: number) => [...ratings.timestamps].filter((_, at) => parts[at] === part)
      const [a, b, c] = [train, validation, tested].map(times)
      if (a.length > 0 && b.length > 0) expect(Math.max(...a)).toBeLessThan(Math.min(...b))
      if (c.length > 0) expect(Math.max(...a, ...b)).toBeLessThan(Math.min(...c))
    }),
  )
})
