import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { historyOf } from '#core/history.ts'
import type { GroupOptions } from '#core/schemas/api.ts'
import { groupScores, type Member, rankGroup } from '#recommend/group.ts'
import { recommend } from '#recommend/index.ts'
import { tinyItem, tinyModel } from '../helpers/tiny-model.ts'

const model = tinyModel()
const MOVIE_IDS = [...model.catalog.movieIds]
const DEFAULTS: GroupOptions = { strategy: 'average', threshold: 0.3, seenBy: 'any' }

const rated = (...rows: [movieId: number, rating: number][]) =>
  historyOf(rows.map(([movieId, rating], at) => ({ itemIndex: tinyItem(movieId), rating, timestamp: at })))
const member = (history: Member['history'], terms: Partial<Member> = {}): Member => ({
  history,
  weight: 1,
  vetoMovies: [],
  vetoGenres: [],
  ...terms,
})
const space = member(rated([10, 5]))
const weepies = member(rated([50, 5]))
const rank = (members: Member[], options: Partial<GroupOptions> = {}, k = 10) =>
  rankGroup(members, { ...DEFAULTS, ...options }, k, model)
const ids = ({ list }: ReturnType<typeof rank>) => list.map(({ itemIndex }) => MOVIE_IDS[itemIndex]!)

describe('the strategies, on two members and three movies', () => {
  // fits: the first movie 1 and 0, the second 0.6 and 0.6, the third 0 and 0.9
  const fits = [Float64Array.of(1, 0.6, 0), Float64Array.of(0, 0.6, 0.9)]
  const scores = (strategy: GroupOptions['strategy'], weights = [0.5, 0.5], blocked = new Uint8Array(3)) =>
    Array.from(groupScores(fits, weights, { strategy, threshold: 0.3 }, blocked))

  test('average: the mean, by the members’ weights', () => {
    expect(scores('average')).toEqual([0.5, 0.6, 0.45])
    expect(scores('average', [0.75, 0.25])).toEqual([0.75, expect.closeTo(0.6), 0.225])
  })

  test('least misery: the smaller, whatever the weights', () => {
    expect(scores('leastMisery', [0.9, 0.1])).toEqual([0, 0.6, 0])
  })

  test('average without misery: the mean of what fits both', () => {
    expect(scores('averageWithoutMisery')).toEqual([Number.NaN, 0.6, Number.NaN])
  })

  test('what is blocked has no score', () => {
    for (const strategy of ['average', 'leastMisery', 'averageWithoutMisery'] as const)
      expect(scores(strategy, [0.5, 0.5], Uint8Array.of(0, 1, 0))[1]).toBeNaN()
  })
})

test('a fit is the member’s own score in parts of their best movie’s', () => {
  const alone = recommend(space.history, { exclude: [50] }, 10, model).blended
  for (const { itemIndex, fits } of rank([space, weepies]).list) {
    const own = alone.find((entry) => entry.itemIndex === itemIndex)!
    expect(fits[0]).toBeCloseTo(Math.max(0, own.score / alone[0]!.score), 12)
  }
})

test('the average brings each one’s best, least misery what both can live with', () => {
  // 30 is about space and love both, and each one’s second best or so
  expect(ids(rank([space, weepies], { strategy: 'leastMisery' }))[0]).toBe(30)
  const [first] = rank([member(rated([10, 5]), { weight: 10 }), weepies]).list
  expect(first!.fits[0]).toBe(1)
})

test('without misery nothing comes that one member would hardly like, and nothing at all where that is so of all', () => {
  const { list } = rank([space, weepies], { strategy: 'averageWithoutMisery', threshold: 0.2 })
  expect(list.length).toBeGreaterThan(0)
  expect(list.every(({ fits }) => fits.every((fit) => fit >= 0.2))).toBe(true)
  expect(rank([space, weepies], { strategy: 'averageWithoutMisery', threshold: 1 }).list).toEqual([])
})

describe('what was seen', () => {
  const both = [member(rated([10, 5], [20, 5])), member(rated([10, 5], [60, 5]))]

  test('by anyone is left out, or only what all have seen', () => {
    expect(ids(rank(both))).toEqual(expect.not.arrayContaining([10, 20, 60]))
    const ofAll = ids(rank(both, { seenBy: 'all' }))
    expect(ofAll).not.toContain(10)
    expect(ofAll).toEqual(expect.arrayContaining([20, 60]))
  })

  test('counts as vetoed where one member disliked it', () => {
    const critic = member(rated([10, 5], [20, 2]))
    expect(ids(rank([critic, both[1]!], { seenBy: 'all' }))).not.toContain(20)
    const mild = member(rated([10, 5], [20, 2.5]))
    expect(ids(rank([mild, both[1]!], { seenBy: 'all' }))).toContain(20)
  })
})

test('a veto of one member holds for all', () => {
  const picky = member(rated([50, 5]), { vetoMovies: [30, 5555], vetoGenres: ['action', 'Drama'] })
  expect(ids(rank([space, picky])).sort((a, b) => a - b)).toEqual([40, 90, 100])
  const wrong = member(rated([50, 5]), { vetoGenres: ['Opera'] })
  expect(() => rank([space, wrong])).toThrow(expect.objectContaining({ path: 'members.1.vetoGenres' }))
})

test('whoever asks whatever: shares sum to the score, fits are parts of 1, filters and vetoes hold, pages repeat nothing', () => {
  const row = fc.tuple(fc.constantFrom(...MOVIE_IDS), fc.integer({ min: 1, max: 10 }))
  const someone = fc.record({
    history: fc
      .array(row, { maxLength: 5 })
      .map((rows) => rated(...rows.map(([id, half]): [number, number] => [id, half / 2]))),
    weight: fc.double({ min: 0.1, max: 10, noNaN: true }),
    vetoMovies: fc.subarray(MOVIE_IDS, { maxLength: 2 }),
    vetoGenres: fc.subarray(model.catalog.genreNames, { maxLength: 1 }),
  })
  const asked = fc.record({
    strategy: fc.constantFrom('average' as const, 'leastMisery' as const, 'averageWithoutMisery' as const),
    threshold: fc.double({ min: 0, max: 1, noNaN: true }),
    seenBy: fc.constantFrom('any' as const, 'all' as const),
    diversity: fc.constantFrom(0, 0.5),
  })
  fc.assert(
    fc.property(
      fc.array(someone, { minLength: 2, maxLength: 4 }),
      asked,
      fc.integer({ min: 1, max: 4 }),
      (members, options, k) => {
        const first = rankGroup(members, options, k, model)
        const items = Int32Array.from(first.list, ({ itemIndex }) => itemIndex)
        const second = rankGroup(members, options, k, model, items)
        const all = [...first.list, ...second.list]
        expect(new Set(all.map(({ itemIndex }) => itemIndex)).size).toBe(all.length)
        expect(first.list.length).toBeLessThanOrEqual(k)
        if (first.hasMore) expect(second.list.length).toBeGreaterThan(0)
        for (const { itemIndex, score, fits, shares } of all) {
          expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(score, 9)
          expect(fits.every((fit) => fit >= 0 && fit <= 1)).toBe(true)
          const movieId = MOVIE_IDS[itemIndex]!
          const genres = model.catalog.genres(itemIndex)
          for (const { vetoMovies, vetoGenres } of members) {
            expect(vetoMovies).not.toContain(movieId)
            expect(vetoGenres.some((genre) => genres.includes(genre))).toBe(false)
          }
          if (options.seenBy === 'any')
            expect(members.some(({ history }) => history.itemIndices.includes(itemIndex))).toBe(false)
          if (options.strategy === 'averageWithoutMisery')
            expect(Math.min(...fits)).toBeGreaterThanOrEqual(options.threshold)
        }
        if (options.diversity === 0) {
          const scores = all.map(({ score }) => score)
          expect(scores).toEqual(scores.toSorted((a, b) => b - a))
        }
      },
    ),
  )
})
