import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { expect, test } from 'vitest'
import { type Article, findDirectors, textsOf } from '../../build/ingest/formats/wikipedia-article.ts'
import { joinArticles } from '../../scripts/make-sample.ts'

function article(title: string, year: number, href = `${title}_${year}`): Article {
  return { title, year, href, cast: [], genres: [] }
}

const film = (movieId: number, year: number, ...names: string[]) => ({ movieId, names, year })

/** movieId → href of the article joined */
function join(films: ReturnType<typeof film>[], articles: Article[]): Record<number, unknown> {
  return Object.fromEntries([...joinArticles(films, articles)].map(([movieId, { href }]) => [movieId, href]))
}

test('two films of one name are told apart by year', () => {
  const articles = [article('Sabrina', 1954), article('Sabrina', 1995)]
  expect(join([film(7, 1995, 'Sabrina'), film(915, 1954, 'Sabrina')], articles)).toEqual({
    7: 'Sabrina_1995',
    915: 'Sabrina_1954',
  })
})

test('two articles of one name and year are no match', () => {
  expect(join([film(1, 2000, 'Bruno')], [article('Bruno', 2000, 'a'), article('Bruno', 2000, 'b')])).toEqual({})
})

test('an article listed twice is one article, with the longer text', () => {
  const longer = { ...article('Bruno', 2000, 'a'), extract: 'longer' }
  const joined = joinArticles([film(1, 2000, 'Bruno')], [article('Bruno', 2000, 'a'), longer])
  expect(joined.get(1)).toBe(longer)
})

test('the year before or after will do, unless both are there or the same year is', () => {
  expect(join([film(1, 2000, 'Heat')], [article('Heat', 2001)])).toEqual({ 1: 'Heat_2001' })
  expect(join([film(1, 2000, 'Heat')], [article('Heat', 1999), article('Heat', 2001)])).toEqual({})
  expect(join([film(1, 2000, 'Heat')], [article('Heat', 2000), article('Heat', 2001)])).toEqual({ 1: 'Heat_2000' })
  expect(join([film(1, 2000, 'Heat')], [article('Heat', 2002)])).toEqual({})
})

test('another name will do where the main one finds nothing', () => {
  const seven = film(47, 1995, 'Seven', 'Se7en')
  expect(join([seven], [article('Se7en', 1995)])).toEqual({ 47: 'Se7en_1995' })
  expect(join([seven], [article('Se7en', 1995), article('Seven', 1995)])).toEqual({ 47: 'Seven_1995' })
})

test('of two films that claim an article the better agreement wins, and of equals neither', () => {
  const articles = [article('War of the Worlds', 2005)]
  expect(join([film(1, 2005, 'War of the Worlds'), film(2, 2004, 'War of the Worlds')], articles)).toEqual({
    1: 'War of the Worlds_2005',
  })
  expect(join([film(1, 2005, 'War of the Worlds'), film(2, 2005, 'War of the Worlds')], articles)).toEqual({})
})

test('a film without a year is not joined', () => {
  expect(join([film(1, 0, 'Babylon 5')], [article('Babylon 5', 1993)])).toEqual({})
})

test.each([
  ['Heat is a 1995 American crime film written and directed by Michael Mann. It stars Al Pacino.', ['Michael Mann']],
  [
    'Fargo is a 1996 film directed by Joel and Ethan Coen, and starring Frances McDormand.',
    ['Joel Coen', 'Ethan Coen'],
  ],
  [
    'Airplane! is a 1980 film directed by David Zucker, Jim Abrahams, and Jerry Zucker, and produced by Jon Davison.',
    ['David Zucker', 'Jim Abrahams', 'Jerry Zucker'],
  ],
  ['Jaws is a 1975 film directed by Steven Spielberg, Roy Scheider starring.', ['Steven Spielberg']],
  ['The Village is a 2004 film directed by M. Night Shyamalan and starring J.J. Doe.', ['M. Night Shyamalan']],
  ['X is a 1998 drama film. Written and directed by Hal Hartley, it was shot in New York.', ['Hal Hartley']],
  ['X is a 1998 remake of the 1960 film directed by Alfred Hitchcock.', []],
  ['X is a 1999 film directed by the Wachowskis.', []],
  ['X is a 1999 film directed by British filmmaker Danny Boyle.', []],
  ['X is a 1999 film directed by McG.', []],
  ['X is a 1999 film.', []],
  ['', []],
])('reads the directors of "%s"', (extract, directors) => {
  expect(findDirectors(extract)).toEqual(directors)
})

test('an article about the novel or an earlier film gives no text, but the cast of the film list stays', () => {
  const texts = [
    'In the Cut is a 1995 thriller novel by Susanna Moore, made into a film.',
    'In the Cut is a 1950 American film.',
  ]
  for (const extract of texts) {
    const text = textsOf({
      ...article('In the Cut', 2003),
      extract,
      cast: ['Meg Ryan', 'and', '(voices)'],
      genres: ['Thriller'],
      thumbnail: 'u',
    })
    expect(text).toMatchObject({ overview: '', directors: [], poster: '', cast: ['Meg Ryan'], keywords: ['thriller'] })
  }
})

const SAMPLE = joinPath(import.meta.dirname, '../../data/sample')

test('the bundled sample stays below 6 MB', () => {
  const files = readdirSync(SAMPLE, { recursive: true, encoding: 'utf8' }).map((name) =>
    statSync(joinPath(SAMPLE, name)),
  )
  expect(files.filter((file) => file.isFile()).reduce((bytes, file) => bytes + file.size, 0)).toBeLessThan(6_000_000)
})

test('the gzip header names no time, file or system, so that the sample is remade byte for byte', () => {
  // RFC 1952: magic, deflate, no flags, time 0 0 0 0, slowest compression, unknown system
  const header = readFileSync(joinPath(SAMPLE, 'movie-text.jsonl.gz')).subarray(0, 10)
  expect([...header]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255])
})
