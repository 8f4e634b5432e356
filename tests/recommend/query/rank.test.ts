import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EMPTY_HISTORY, historyOf } from '#core/history.ts'
import { type Intent, MOODS } from '#core/schemas/intent.ts'
import { QueryOptions } from '#core/schemas/query.ts'
import { rankForQuery } from '#recommend/query/rank.ts'
import { receiptOf } from '#recommend/query/receipt.ts'
import { NOTHING_ASKED } from '../../helpers/intents.ts'
import { tinyItem, tinyModel } from '../../helpers/tiny-model.ts'

const model = tinyModel()
const OPTIONS = QueryOptions.parse({})
const asked = (wishes: Partial<Intent>): Intent => ({ ...NOTHING_ASKED, ...wishes })
const movieIds = (list: { itemIndex: number }[]) => list.map(({ itemIndex }) => model.catalog.movieIds[itemIndex]!)
const rank = (wishes: Partial<Intent>, options: Partial<QueryOptions> = {}, history = EMPTY_HISTORY) =>
  rankForQuery(asked(wishes), history, { ...OPTIONS, ...options }, 20, model)

test('a wish for a genre and years is a filter, and popularity orders what is left', () => {
  const { candidates, rung, satisfying } = rank({ mustGenres: ['Sci-Fi'], yearFrom: 1995 })
  expect(movieIds(candidates)).toEqual([20, 30, 40, 90])
  expect(rung).toBe('genrePopularity')
  expect(satisfying).toMatchObject({ kept: ['years', 'genres'], relaxed: [] })
})

test('all of the genres, or any of them', () => {
  expect(movieIds(rank({ mustGenres: ['Sci-Fi', 'Comedy'] }).candidates)).toEqual([30])
  expect(movieIds(rank({ mustGenres: ['Action', 'Comedy'], genresJoin: 'any' }).candidates)).toEqual([20, 30])
})

test('what is refused never comes, and a movie that is named is like itself and not answered', () => {
  const { candidates } = rank({
    avoidGenres: ['Comedy'],
    similarTitles: [{ movieId: 10, title: 'Star Harbour (1990)' }],
  })
  expect(movieIds(candidates)).not.toContain(30)
  expect(movieIds(candidates)).not.toContain(10)
  expect(movieIds(candidates).slice(0, 2)).toEqual([20, 40])
  expect(candidates[0]!.shares.similar).toBeGreaterThan(0)
})

test('a word of the texts finds its movies', () => {
  const { candidates, rung } = rank({ keywords: ['love'] })
  expect(movieIds(candidates)[0]).toBe(50)
  expect(rung).toBe('content')
})

test('the softest wish is given up where nothing satisfies all', () => {
  const { candidates, satisfying } = rank({ mustGenres: ['Comedy'], yearFrom: 2010 })
  expect(satisfying).toMatchObject({ kept: ['genres'], relaxed: [{ wish: 'years', reason: 'nothingFits' }] })
  expect(movieIds(candidates)).toEqual([30])
})

test('a strict query gives nothing up', () => {
  const { candidates, satisfying } = rank({ mustGenres: ['Comedy'], yearFrom: 2010 }, { strict: true })
  expect(candidates).toEqual([])
  expect(satisfying.relaxed).toEqual([])
})

test('a person of whom no movie tells is given up before the genre', () => {
  const { satisfying } = rank({ people: ['Nobody Known'], mustGenres: ['Comedy'] })
  expect(satisfying).toMatchObject({ kept: ['genres'], relaxed: [{ wish: 'people', reason: 'nothingFits' }] })
})

test('the taste of the viewer speaks besides, and names what it goes by', () => {
  const history = historyOf([{ itemIndex: tinyItem(10), rating: 5, timestamp: 1 }])
  const { candidates, rung } = rank({}, {}, history)
  expect(rung).toBe('personalized')
  expect(movieIds(candidates)).not.toContain(10)
  const next = candidates.find(({ itemIndex }) => itemIndex === tinyItem(20))!
  expect(next.shares.taste).toBeGreaterThan(0)
  expect(next.because).toEqual(['Star Harbour'])
})

test('a receipt names the facts that satisfy the wishes', () => {
  const intent = asked({
    mustGenres: ['Sci-Fi'],
    avoidGenres: ['Comedy'],
    yearFrom: 2000,
    yearTo: 2005,
    runtimeTo: 120,
    similarTitles: [{ movieId: 10, title: 'Star Harbour (1990)' }],
  })
  const ranking = rankForQuery(intent, EMPTY_HISTORY, OPTIONS, 20, model)
  expect(movieIds(ranking.candidates)).toEqual([40])
  expect(receiptOf(ranking.candidates[0]!, intent, ranking, model)).toEqual({
    genres: ['Sci-Fi'],
    year: 2001,
    runtime: 100,
    without: ['Comedy'],
    similarTo: ['Star Harbour (1990)'],
  })
})

describe('for any wishes', () => {
  const some = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 3 })
  const year = fc.option(fc.integer({ min: 1985, max: 2020 }))
  const { genreNames, years, genreMasks } = model.catalog
  const anyIntent = fc
    .record({
      genres: fc.uniqueArray(fc.constantFrom(...genreNames), { maxLength: 4 }),
      split: fc.integer({ min: 0, max: 4 }),
      genresJoin: fc.constantFrom('all' as const, 'any' as const),
      moods: some(MOODS),
      keywords: some(['love', 'space', 'robot', '']),
      yearFrom: year,
      yearTo: year,
      similar: some([10, 50, 90, 100]),
    })
    .map(({ genres, split, similar, ...rest }) =>
      asked({
        ...rest,
        mustGenres: genres.slice(0, split),
        avoidGenres: genres.slice(split),
        similarTitles: similar.map((movieId) => ({ movieId, title: `${movieId}` })),
      }),
    )
  const anyHistory = fc
    .uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 6 })
    .map((items) => historyOf(items.map((itemIndex, timestamp) => ({ itemIndex, rating: 4, timestamp }))))

  test('every movie satisfies every wish that was kept, none was seen, and the scores are finite and sorted', () => {
    fc.assert(
      fc.property(anyIntent, anyHistory, fc.boolean(), (intent, history, strict) => {
        const { candidates, satisfying } = rankForQuery(intent, history, { ...OPTIONS, strict }, 20, model)
        const has = (item: number, name: string) => (genreMasks[item]! >>> genreNames.indexOf(name)) % 2 === 1
        for (const [position, { itemIndex, score, shares }] of candidates.entries()) {
          expect(history.itemIndices).not.toContain(itemIndex)
          expect(intent.avoidGenres.some((name) => has(itemIndex, name))).toBe(false)
          if (satisfying.kept.includes('genres'))
            expect(
              intent.genresJoin === 'all'
                ? intent.mustGenres.every((name) => has(itemIndex, name))
                : intent.mustGenres.some((name) => has(itemIndex, name)),
            ).toBe(true)
          if (satisfying.kept.includes('years')) {
            expect(years[itemIndex]!).toBeGreaterThanOrEqual(intent.yearFrom ?? 1)
            expect(years[itemIndex]!).toBeLessThanOrEqual(intent.yearTo ?? 3000)
          }
          expect(Number.isFinite(score)).toBe(true)
          expect(score).toBeLessThanOrEqual(candidates[position - 1]?.score ?? Number.POSITIVE_INFINITY)
          const sum = Object.values(shares).reduce((total, share) => total + share, 0)
          expect(sum).toBeCloseTo(score, 6)
        }
        if (strict) expect(satisfying.relaxed).toEqual([])
      }),
    )
  })
})
