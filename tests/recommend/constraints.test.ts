import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EMPTY_HISTORY } from '#core/history.ts'
import { blockedItems, type Constraints } from '#recommend/constraints.ts'
import { recommend } from '#recommend/index.ts'
import { similarMovies } from '#recommend/similar.ts'
import { tinyItem, tinyModel } from '../helpers/tiny-model.ts'

const model = tinyModel()
const { catalog } = model
const MOVIE_IDS = [...catalog.movieIds]
const allowed = (constraints: Constraints, seen: number[] = []) => {
  const blocked = blockedItems(model, Int32Array.from(seen, tinyItem), constraints)
  return MOVIE_IDS.filter((_, item) => blocked[item] === 0)
}

test('nothing asked, nothing blocked but what was seen', () => {
  expect(allowed({}, [10, 100])).toEqual([20, 30, 40, 50, 60, 70, 80, 90])
})

test('genres: any, all and none of some', () => {
  expect(allowed({ genres: ['romance', 'DRAMA'] })).toEqual([50, 60, 70, 80])
  expect(allowed({ genresAll: ['Romance', 'Drama'] })).toEqual([60, 80])
  expect(allowed({ genres: ['Romance'], avoidGenres: ['Drama'] })).toEqual([50])
})

test('bounds on years and minutes hold on both sides, and what is unknown satisfies none', () => {
  // movies run for 60 minutes + id; of 100 neither year nor minutes are known
  expect(allowed({ yearFrom: 2005, yearTo: 2015 })).toEqual([20, 70, 80])
  expect(allowed({ runtimeFrom: 90, runtimeTo: 110 })).toEqual([30, 40, 50])
  expect(allowed({ runtimeTo: 32_767 })).not.toContain(100)
  expect(allowed({ yearTo: 2100 })).not.toContain(100)
})

test('ratings in the data, as many as asked or more', () => {
  expect(allowed({ minRatings: 1 })).toEqual([10, 20, 50, 60, 70])
  expect(allowed({ minRatings: 2 })).toEqual([50])
  expect(allowed({ minRatings: 0 })).toEqual(MOVIE_IDS)
})

test('the original language, in any case', () => {
  expect(allowed({ language: 'VI' })).toEqual([80])
  expect(allowed({ language: 'en' })).not.toContain(100)
})

test('only some movies, those of them that are known and satisfy the rest', () => {
  expect(allowed({ only: [10, 50, 5555], genres: ['Sci-Fi'] })).toEqual([10])
  expect(allowed({ only: [] })).toEqual([])
  expect(allowed({ only: [10, 20, 30], exclude: [20] }, [30])).toEqual([10])
})

describe('a name that no movie has', () => {
  test.each([
    [
      { genresAll: ['Opera'] },
      'genresAll',
      'no movie has the genre "Opera"; genres: Action, Comedy, Drama, Romance, Sci-Fi',
    ],
    [{ language: 'fr' }, 'language', 'no movie has the original language "fr"; languages: en, vi'],
  ])('%o', (constraints, path, message) => {
    expect(() => allowed(constraints)).toThrow(expect.objectContaining({ path, message }))
  })

  test('is every language where no source tells any', () => {
    const without = { catalog: { ...catalog, languageCodes: [] } }
    expect(() => blockedItems(without, new Int32Array(0), { language: 'en' })).toThrow(
      'the catalogue has no original languages: no source of this model tells them',
    )
  })
})

describe('whatever is asked', () => {
  const genres = fc.subarray(catalog.genreNames, { minLength: 1 })
  const year = fc.integer({ min: 1985, max: 2020 })
  const minutes = fc.integer({ min: 60, max: 160 })
  const movieIds = fc.subarray(MOVIE_IDS)
  const wishes: fc.Arbitrary<Constraints> = fc.record(
    {
      genres,
      genresAll: genres,
      avoidGenres: genres,
      yearFrom: year,
      yearTo: year,
      runtimeFrom: minutes,
      runtimeTo: minutes,
      minRatings: fc.integer({ min: 0, max: 3 }),
      language: fc.constantFrom('en', 'vi'),
      exclude: movieIds,
      only: movieIds,
    },
    { requiredKeys: [] },
  )

  /** The same, movie by movie, by what is known of it. */
  function satisfies(movieId: number, asked: Constraints): boolean {
    const item = tinyItem(movieId)
    const own = catalog.genres(item)
    const within = (value: number, from: number | undefined, to: number | undefined) =>
      (from === undefined && to === undefined) || (value > 0 && value >= (from ?? 0) && value <= (to ?? Infinity))
    return (
      (!asked.genres || asked.genres.some((genre) => own.includes(genre))) &&
      (asked.genresAll ?? []).every((genre) => own.includes(genre)) &&
      !(asked.avoidGenres ?? []).some((genre) => own.includes(genre)) &&
      within(catalog.years[item]!, asked.yearFrom, asked.yearTo) &&
      within(catalog.runtimes[item]!, asked.runtimeFrom, asked.runtimeTo) &&
      catalog.numRatings[item]! >= (asked.minRatings ?? 0) &&
      (asked.language === undefined || catalog.languageCodes[catalog.languages[item]! - 1] === asked.language) &&
      !(asked.exclude ?? []).includes(movieId) &&
      (asked.only ?? MOVIE_IDS).includes(movieId)
    )
  }

  test('the allowed movies are those that satisfy every wish', () => {
    fc.assert(
      fc.property(wishes, movieIds, (asked, seen) => {
        expect(allowed(asked, seen)).toEqual(MOVIE_IDS.filter((id) => !seen.includes(id) && satisfies(id, asked)))
      }),
    )
  })

  test('recommendations and similar movies satisfy it too, and are all there are', () => {
    fc.assert(
      fc.property(wishes, (asked) => {
        const some = MOVIE_IDS.filter((movieId) => satisfies(movieId, asked))
        const ids = (list: { itemIndex: number }[]) =>
          list.map(({ itemIndex }) => MOVIE_IDS[itemIndex]!).sort((a, b) => a - b)
        expect(ids(recommend(EMPTY_HISTORY, asked, 10, model).blended)).toEqual(some)
        expect(ids(similarMovies(tinyItem(10), asked, 10, model))).toEqual(some.filter((movieId) => movieId !== 10))
      }),
    )
  })
})
