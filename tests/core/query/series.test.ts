import { describe, expect, test } from 'vitest'
import type { ContentIndex } from '#core/format/content.ts'
import { openLocalTitles } from '#core/format/local-titles.ts'
import type { Model } from '#core/model.ts'
import { openQueryLexicon } from '#core/query/lexicon.ts'
import { parseQuery } from '#core/query/parse-query.ts'
import { seriesPart } from '#core/query/series.ts'
import { openTitles } from '#core/text/titles.ts'
import { searchMovies } from '#recommend/search.ts'
import { encodeLocalTitles } from '../../../build/export/encode-local-titles.ts'

const MOVIES: [title: string, year: number, numRatings: number][] = [
  ['Jurassic Park', 1993, 200],
  ['The Lost World: Jurassic Park', 1997, 60],
  ['Jurassic Park III', 2001, 40],
  ['The Godfather', 1972, 190],
  ['The Godfather: Part II', 1974, 120],
  ['Star Wars: Episode IV - A New Hope', 1977, 250],
  ['Star Wars: Episode V - The Empire Strikes Back', 1980, 210],
  ['Star Wars: Episode I - The Phantom Menace', 1999, 140],
  ['Harry Potter and the Sorcerer’s Stone', 2001, 110],
  ['Harry Potter and the Chamber of Secrets', 2002, 100],
  ['Harry Potter and the Prisoner of Azkaban', 2004, 90],
  ['John Wick', 2014, 40],
  ['John Wick: Chapter Two', 2017, 20],
  ['Rambo: First Blood', 1982, 80],
  ['Rambo: First Blood Part II', 1985, 40],
  ['Rambo III', 1988, 30],
  ['Rambo (Rambo 4)', 2008, 50],
  // no second one: few know the first that has its name, and the other came too late
  ['Batman', 1989, 180],
  ['Batman: Mask of the Phantasm', 1993, 9],
  ['X-Men', 2000, 130],
  ['X-Men: The Last Stand', 2006, 90],
  ['Thor', 2011, 60],
  ['Thor: The Dark World', 2013, 30],
  ['Apollo 13', 1995, 200],
  ['12 Monkeys', 1995, 150],
  ['Titanic', 1997, 140],
]
const LOCAL: [title: string, localTitle: string][] = [
  ['Jurassic Park', 'Công viên kỷ Jura'],
  ['The Godfather', 'Bố già'],
]

const numItems = MOVIES.length
const localTitles = openLocalTitles(
  encodeLocalTitles(
    LOCAL.map(([title, localTitle]) => ({
      itemIndex: MOVIES.findIndex(([known]) => known === title),
      language: 'vi',
      title: localTitle,
    })),
  )[0]![1],
  numItems,
)
const catalog = {
  numItems,
  movieIds: Int32Array.from(MOVIES, (_, item) => item + 1),
  years: Int16Array.from(MOVIES, ([, year]) => year),
  numRatings: Int32Array.from(MOVIES, ([, , numRatings]) => numRatings),
  popularity: Float32Array.from(MOVIES, ([, , numRatings]) => numRatings / 1000),
  genreNames: ['Comedy', 'War'],
  languageCodes: [] as string[],
  title: (item: number) => MOVIES[item]![0],
  localTitles,
} as Model['catalog']
const content = { numTerms: 0 } as ContentIndex
const model = { catalog, content, titles: openTitles(catalog) }
const lexicon = openQueryLexicon(model)

const meant = (text: string) => parseQuery(text, lexicon).similarTitles.map(({ title }) => title)

describe('a wish names a part of a series by its number', () => {
  test.each([
    ['phim giống công viên kỷ jura 2', 'The Lost World: Jurassic Park'],
    ['jurassic park 3', 'Jurassic Park III'],
    ['godfather part 2', 'The Godfather: Part II'],
    ['bố già phần hai', 'The Godfather: Part II'],
    ['phần 2 của Bố già', 'The Godfather: Part II'],
    ['something like part two of The Godfather', 'The Godfather: Part II'],
    ['star wars tập V', 'Star Wars: Episode V - The Empire Strikes Back'],
    ['star wars 1', 'Star Wars: Episode I - The Phantom Menace'],
    ['harry potter tập 3', 'Harry Potter and the Prisoner of Azkaban'],
    ['john wick chapter 2', 'John Wick: Chapter Two'],
    ['rambo 2', 'Rambo: First Blood Part II'],
    ['thor 2', 'Thor: The Dark World'],
    ['phim hài kiểu jurassic park phần thứ ba', 'Jurassic Park III'],
  ])('%s', (text, title) => {
    expect(meant(text)).toEqual([title])
  })

  test('several at once', () => {
    expect(meant('Harry Potter tập 1 và tập 3')).toEqual([MOVIES[8]![0], MOVIES[10]![0]])
    expect(meant('bố già 2 với jurassic park 2')).toEqual([MOVIES[4]![0], MOVIES[1]![0]])
  })

  test('the first is meant where nothing tells which the second is', () => {
    expect(meant('like batman 2')).toEqual(['Batman'])
    expect(meant('giống X-Men 2')).toEqual(['X-Men'])
  })

  test.each([
    ['apollo 13', ['Apollo 13']],
    ['giống 12 monkeys', ['12 Monkeys']],
    ['giống Titanic 2 tiếng', ['Titanic']],
    ['world war 2 movies', []],
    ['phim hài 2 tiếng', []],
    ['phim tập 2', []],
  ])('a number that is none of a series: %s', (text, titles) => {
    expect(meant(text)).toEqual(titles)
  })
})

describe('a search for a part of a series', () => {
  const series = (search: string) => seriesPart(search, () => lexicon.titles)
  const found = (query: string, k = 3, blocked = new Uint8Array(numItems)) =>
    Array.from(searchMovies(query, blocked, k, { ...model, series }), (item) => MOVIES[item]![0])

  test('finds it first, and the others of the series behind it where no title has the number', () => {
    expect(found('công viên kỷ jura 2')).toEqual(['The Lost World: Jurassic Park', 'Jurassic Park'])
    expect(found('harry potter tập 2')).toEqual([MOVIES[9]![0], MOVIES[8]![0], MOVIES[10]![0]])
    expect(found('godfather part 2', 1)).toEqual(['The Godfather: Part II'])
  })

  test('does not find it where it is blocked', () => {
    const blocked = new Uint8Array(numItems)
    blocked[4] = 1
    expect(found('godfather part 2', 3, blocked)).toEqual(['The Godfather'])
  })

  test('finds titles that end in a number as ever, and asks for no series without a number', () => {
    expect(found('apollo 13')).toEqual(['Apollo 13'])
    expect(seriesPart('harry potter', () => expect.unreachable())).toBeNull()
  })
})
