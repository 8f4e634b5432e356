import { expect, test } from 'vitest'
import { parseQuery } from '#core/query/parse-query.ts'
import { ENGLISH } from '../../functions/web/strings-en.ts'
import { VIETNAMESE } from '../../functions/web/strings-vi.ts'
import { tinyLexicon } from '../helpers/tiny-lexicon.ts'

test.each([
  ['en', ENGLISH],
  ['vi', VIETNAMESE],
])('the wishes that the page offers are understood in every part (%s)', (language, { hero }) => {
  const wishes = hero.examples(['Interstellar']).map((text) => parseQuery(text, tinyLexicon()))
  expect(wishes).toMatchObject([
    { language, mustGenres: ['Comedy'], yearFrom: 1990, yearTo: 1999 },
    { language, similarTitles: [{ title: 'Interstellar' }], yearFrom: 2005, yearTo: null },
    { language, mustGenres: ['Romance'], moods: ['sad'], avoidGenres: ['War'] },
  ])
})

test('without a movie to name the page offers wishes all the same', () => {
  expect(ENGLISH.hero.examples([])).toHaveLength(2)
})
