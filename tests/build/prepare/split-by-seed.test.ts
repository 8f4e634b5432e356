import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomSource } from '#core/random.ts'
import { PART } from '../../../build/nouns.ts'
import { sizesOf as divisionOf, drawGroups } from '../../../build/prepare/draw-groups.ts'
import type { DrawnStrategy } from '../../../build/prepare/split.ts'
import { drawValidation } from '../../../build/prepare/split-by-seed.ts'
import { divide, oneUser, rowsOf, shares, sizesOf, timedRatings } from './ratings.ts'

const { train, validation, test: tested, foldIn, historyOnly } = PART
const STRATEGIES: DrawnStrategy[] = ['userTime', 'globalTime', 'leaveOneOut', 'random', 'kFold', 'strongGeneralization']
const times = (n: number) => Array.from({ length: n }, (_, at) => at)

test('groups have exactly their sizes, and every place comes into each about as often as its share', () => {
  const firsts = [0, 0, 0]
  for (let seed = 0; seed < 3000; seed++) {
    const groups: number[] = []
    drawGroups([5, 3, 2], randomSource(seed), (group) => groups.push(group))
    expect([0, 1, 2].map((group) => groups.filter((of) => of === group).length)).toEqual([5, 3, 2])
    firsts[groups[0]]++
  }
  // of 3000 draws 1500, 900 and 600 are expected, with a standard deviation of at most 28
  firsts.forEach((count, group) => {
    expect(Math.abs(count - [1500, 900, 600][group])).toBeLessThan(120)
  })
})

test('shares are rounded halves up, whatever their doubles, and the first takes the rest', () => {
  expect(divisionOf(10, [0.7, 0.15, 0.15])).toEqual([6, 2, 2])
  expect(divisionOf(0, [0.8, 0.1, 0.1])).toEqual([0, 0, 0])
})

test('random: the parts have their shares of the used ratings, of which a user may have none', () => {
  const ratings = oneUser(times(100))
  ratings.used.fill(0, 90)
  const parts = divide(ratings, { strategy: 'random', train: 0.5, validation: 0.3, test: 0.2 })
  expect(sizesOf(parts, [train, validation, tested, historyOnly])).toEqual([45, 27, 18, 10])
})

test('k-fold: every used rating is test in one fold and validation in another', () => {
  fc.assert(
    fc.property(timedRatings, fc.integer({ min: 3, max: 6 }), fc.nat(), (ratings, folds, seed) => {
      const ofFolds = times(folds).map((fold) => divide(ratings, { strategy: 'kFold', folds, fold, seed }))
      const n = ratings.used.reduce((sum, used) => sum + used, 0)
      for (const parts of ofFolds) {
        const [tests] = sizesOf(parts, [tested])
        expect(Math.abs(tests - n / folds)).toBeLessThan(1)
      }
      ratings.used.forEach((used, entry) => {
        for (const part of [tested, validation])
          expect(ofFolds.filter((parts) => parts[entry] === part).length).toBe(used)
        // fold f + 1 is validation when f is test
        const fold = ofFolds.findIndex((parts) => parts[entry] === tested)
        if (used === 1) expect(ofFolds[(fold + folds - 1) % folds][entry]).toBe(validation)
      })
    }),
    { numRuns: 50 },
  )
})

test('strong generalization: of a held-out user’s 10 ratings 2 are to be found, of fewer than 5 none', () => {
  // 5 users: with these shares one is for validation, one for test
  const indptr = Uint32Array.of(0, 10, 20, 30, 40, 44)
  const ratings = { indptr, timestamps: Uint32Array.from(times(44)), used: new Uint8Array(44).fill(1) }
  const split = { strategy: 'strongGeneralization', train: 0.6, validation: 0.2, test: 0.2 } as const
  const seen = new Set<string>()
  for (let seed = 0; seed < 20; seed++) {
    const parts = divide(ratings, { ...split, seed })
    const kinds = rowsOf(ratings).map(([start, end]) =>
      sizesOf(parts.subarray(start, end), [train, validation, tested, foldIn]).join(' '),
    )
    for (const kind of kinds) seen.add(kind)
    expect(kinds.filter((kind) => kind.startsWith('0')).length).toBe(2)
  }
  expect([...seen].sort()).toEqual(['0 0 0 4', '0 0 2 8', '0 2 0 8', '10 0 0 0', '4 0 0 0'])
})

test('strong generalization: a held-out user has no train rating, and is judged in one part', () => {
  fc.assert(
    fc.property(timedRatings, shares, fc.nat(), (ratings, split, seed) => {
      const parts = divide(ratings, { ...split, strategy: 'strongGeneralization', seed })
      for (const [start, end] of rowsOf(ratings)) {
        const [a, b, c, told] = sizesOf(parts.subarray(start, end), [train, validation, tested, foldIn])
        expect([a, b, c].filter((count) => count > 0).length).toBeLessThanOrEqual(1)
        if (told > 0) expect(a).toBe(0)
        if (b + c > 0) expect(told).toBeGreaterThanOrEqual(4)
      }
    }),
  )
})

test.each(STRATEGIES)('%s: every used rating is in one part, every other is history only', (strategy) => {
  fc.assert(
    fc.property(timedRatings, shares, fc.nat(), (ratings, split, seed) => {
      const parts = divide(ratings, { ...split, strategy, seed })
      expect(parts.length).toBe(ratings.used.length)
      parts.forEach((part, entry) => {
        expect(part !== historyOnly).toBe(ratings.used[entry] === 1)
        if (strategy !== 'strongGeneralization') expect(part).not.toBe(foldIn)
      })
    }),
  )
})

test.each(['random', 'kFold', 'strongGeneralization'] as const)(
  '%s: the seed decides, and nothing else',
  (strategy) => {
    const ratings = { ...oneUser(times(200)), indptr: Uint32Array.from(times(21), (user) => user * 10) }
    expect(divide(ratings, { strategy, seed: 7 })).toEqual(divide(ratings, { strategy, seed: 7 }))
    expect(divide(ratings, { strategy, seed: 7 })).not.toEqual(divide(ratings, { strategy, seed: 8 }))
  },
)

test('validation is drawn from train alone', () => {
  const parts = Uint8Array.from(times(30), (at) => (at % 3 === 0 ? tested : train))
  const drawn = parts.slice()
  drawValidation(drawn, 0.25, randomSource(3))
  expect(sizesOf(drawn, [train, validation, tested])).toEqual([15, 5, 10])
  drawn.forEach((part, at) => {
    if (parts[at] === tested) expect(part).toBe(tested)
  })
})
