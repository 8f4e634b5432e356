import { expect, test } from 'vitest'
import type { Intent } from '#core/schemas/intent.ts'
import { wishChips } from '../../functions/web/wish-chips.ts'

const INTENT: Intent = {
  language: 'vi',
  mustGenres: ['Sci-Fi', 'Drama'],
  genresJoin: 'all',
  avoidGenres: ['Horror'],
  moods: ['sad'],
  keywords: ['space'],
  similarTitles: [{ movieId: 7, title: 'Interstellar' }],
  people: ['Tom Hanks'],
  avoidPeople: [],
  yearFrom: 1990,
  yearTo: 1999,
  runtimeFrom: null,
  runtimeTo: 120,
  originalLanguage: 'fr',
}

test('every part of a wish is a chip, in the order of what decides most', () => {
  expect(wishChips(INTENT).map(({ text }) => text)).toEqual([
    ...['like Interstellar', 'Sci-Fi', 'Drama', 'no Horror', 'sad', 'Tom Hanks'],
    ...['1990–1999', 'at most 120 min', 'in French', 'space'],
  ])
})

test('taking one away leaves all the others', () => {
  const without = (text: string) => wishChips(INTENT).find((chip) => chip.text === text)!.without
  expect(without('Drama')).toEqual({ ...INTENT, mustGenres: ['Sci-Fi'] })
  expect(without('no Horror')).toEqual({ ...INTENT, avoidGenres: [] })
  expect(without('like Interstellar')).toEqual({ ...INTENT, similarTitles: [] })
  expect(without('1990–1999')).toEqual({ ...INTENT, yearFrom: null, yearTo: null })
})

test('genres of which one is enough are one chip', () => {
  const chips = wishChips({ ...INTENT, genresJoin: 'any' })
  expect(chips.find(({ text }) => text === 'Sci-Fi or Drama')!.without.mustGenres).toEqual([])
})

test('a wish of which nothing was understood has none', () => {
  const nothing: Intent = {
    ...{ ...INTENT, mustGenres: [], avoidGenres: [], moods: [], keywords: [], similarTitles: [], people: [] },
    ...{ yearFrom: null, yearTo: null, runtimeTo: null, originalLanguage: null },
  }
  expect(wishChips(nothing)).toEqual([])
})
