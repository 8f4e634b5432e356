import { describe, expect, test } from 'vitest'
import { openLocalTitles } from '#core/format/local-titles.ts'
import { openTitles } from '#core/text/titles.ts'
import { searchMovies } from '#recommend/search.ts'
import { encodeLocalTitles } from '../../build/export/encode-local-titles.ts'

const TITLES = ['The Godfather', 'Boys Don’t Cry', 'Bolt', 'Gia']
const popularity = Float32Array.of(1, 0.5, 0.2, 0.1)
const catalog = {
  numItems: TITLES.length,
  title: (item: number) => TITLES[item]!,
  localTitles: openLocalTitles(encodeLocalTitles([{ itemIndex: 0, language: 'vi', title: 'Bố già' }])[0]![1], 4),
  years: Int16Array.from([1972, 1999, 2008, 1998]),
  popularity,
}
const model = { catalog, titles: openTitles(catalog) }
const search = (query: string, locale?: 'en' | 'vi') =>
  Array.from(searchMovies(query, new Uint8Array(4), 4, model, locale), (item) => TITLES[item])

describe('a name in another language', () => {
  test('that is begun comes behind the catalogue’s own names', () => {
    expect(search('bo')).toEqual(['Boys Don’t Cry', 'Bolt', 'The Godfather'])
    expect(search('gia')).toEqual(['Gia', 'The Godfather'])
  })

  test('counts as much as these for whoever reads it, or types its marks', () => {
    expect(search('bo', 'vi')).toEqual(['The Godfather', 'Boys Don’t Cry', 'Bolt'])
    expect(search('bố')).toEqual(['The Godfather', 'Boys Don’t Cry', 'Bolt'])
  })

  test('is found whole in any case, with its marks and without', () => {
    for (const query of ['bo gia', 'Bố già', 'BO GIA', 'bo gia 1972']) expect(search(query)).toEqual(['The Godfather'])
  })
})

test('an English name is found as ever', () => {
  expect(search('bolt')).toEqual(['Bolt'])
  expect(search('godfater')).toEqual(['The Godfather'])
  expect(search('')).toEqual(['The Godfather', 'Boys Don’t Cry', 'Bolt', 'Gia'])
})
