import type { ContentIndex } from '#core/format/content.ts'
import { openLocalTitles } from '#core/format/local-titles.ts'
import type { Model } from '#core/model.ts'
import { openQueryLexicon, type QueryLexicon } from '#core/query/lexicon.ts'
import { openTitles } from '#core/text/titles.ts'
import { encodeLocalTitles } from '../../build/export/encode-local-titles.ts'

export const MOVIELENS_GENRES = [
  ...[
    'Action',
    'Adventure',
    'Animation',
    'Children',
    'Comedy',
    'Crime',
    'Documentary',
    'Drama',
    'Fantasy',
    'Film-Noir',
  ],
  ...['Horror', 'IMAX', 'Musical', 'Mystery', 'Romance', 'Sci-Fi', 'Thriller', 'War', 'Western'],
]

/** Movie ids are 1, 2, 3 …, ratings fall from the first. */
const TITLES: [title: string, year: number, numRatings?: number][] = [
  ['Interstellar', 2014],
  ['The Dark Knight', 2008],
  ['Batman Begins', 2005],
  ['Solaris', 2002],
  ['Solaris (Solyaris)', 1972],
  ['King Kong', 2005],
  ['King Kong', 1933],
  ['The Lord of the Rings', 1978, 3],
  ['The Lord of the Rings: The Fellowship of the Ring', 2001],
  ['Star Wars: Episode IV - A New Hope', 1977],
  ['Her', 2013],
  ['It', 2017],
  ['Up', 2009],
  ['Heat', 1995],
  ['Alien', 1979],
  ['The Thing', 1982],
  ["Schindler's List", 1993],
  ['Romeo and Juliet', 1968],
  ['The Godfather: Part II', 1974],
  ['Léon: The Professional (a.k.a. The Professional)', 1994],
  ['2001: A Space Odyssey', 1968],
  ['The Shawshank Redemption', 1994],
  ['E.T. the Extra-Terrestrial', 1982],
  ['Horror', 2015],
  ['Pulp Fiction', 1994],
  ['Seven (a.k.a. Se7en)', 1995],
  ['Goodfellas', 1990],
  ['Star Wars: Episode V - The Empire Strikes Back', 1980],
  ['Harry Potter and the Goblet of Fire', 2005],
  ['Harry Potter and the Chamber of Secrets', 2002],
]

/** What they are called in Vietnam, in the order above. */
const VIETNAMESE: [title: string, year: number, localTitle: string][] = [
  ['Interstellar', 2014, 'Hố đen tử thần'],
  ['Solaris', 2002, 'Hành tinh bí ẩn'],
  ['Solaris (Solyaris)', 1972, 'Hành tinh bí ẩn'],
  ['It', 2017, 'Chú hề ma quái'],
  ['Alien', 1979, 'Quái vật'],
  ['The Godfather: Part II', 1974, 'Bố già'],
  ['Harry Potter and the Goblet of Fire', 2005, 'Harry Potter và chiếc cốc lửa'],
]

const PEOPLE: [term: string, numMovies: number][] = [
  ['cast:al pacino', 9],
  ['cast:brad pitt', 12],
  ['cast:christian bale', 5],
  ['cast:leonardo dicaprio', 9],
  ['cast:michael caine', 9],
  ['cast:robert de niro', 9],
  ['cast:tom cruise', 9],
  ['cast:tom hanks', 9],
  ['director:christopher nolan', 8],
  ['director:jane campion', 4],
  ['director:quentin tarantino', 8],
  ['director:ridley scott', 9],
  ['director:tony scott', 9],
]

export function tinyCatalog(genreNames: string[] = MOVIELENS_GENRES, languageCodes: string[] = []): Model['catalog'] {
  return {
    numItems: TITLES.length,
    movieIds: Int32Array.from(TITLES, (_, item) => item + 1),
    years: Int16Array.from(TITLES, ([, year]) => year),
    numRatings: Int32Array.from(TITLES, ([, , numRatings], item) => numRatings ?? 300 - item),
    genreNames,
    languageCodes,
    title: (item: number) => TITLES[item]![0],
    localTitles: openLocalTitles(tinyLocalTitles(), TITLES.length),
    itemIndexOf: (movieId: number) => movieId - 1,
  } as Model['catalog']
}

function tinyLocalTitles(): Uint8Array {
  const localTitles = VIETNAMESE.map(([title, year, localTitle]) => ({
    itemIndex: TITLES.findIndex(([known, knownYear]) => known === title && knownYear === year),
    language: 'vi',
    title: localTitle,
  }))
  return encodeLocalTitles(localTitles)[0]![1]
}

export function tinyLexicon(genreNames?: string[], languageCodes?: string[]): QueryLexicon {
  const catalog = tinyCatalog(genreNames, languageCodes)
  const terms = [...PEOPLE, ['story', 9], ['night', 9]].sort(([a], [b]) => (a! < b! ? -1 : 1)) as typeof PEOPLE
  const content = {
    numTerms: terms.length,
    documentFrequencies: Int32Array.from(terms, ([, numMovies]) => numMovies),
    term: (index: number) => terms[index]![0],
  } as ContentIndex
  return openQueryLexicon({ catalog, content, titles: openTitles(catalog) })
}
