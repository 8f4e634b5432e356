import { describe, expect, test } from 'vitest'
import { ContentConfig } from '#core/schemas/config.ts'
import type { Catalog, MovieText } from '../../../build/nouns.ts'
import { trainContent } from '../../../build/train/tf-idf.ts'

function catalogOf(movies: (Partial<MovieText> & { genres?: string[] })[]): Catalog {
  const empty: MovieText = { overview: '', tagline: '', keywords: [], cast: [], directors: [], poster: '', source: '' }
  return {
    movieIds: Int32Array.from(movies, (_, item) => item + 1),
    titles: movies.map(() => 'untitled'),
    years: new Int16Array(movies.length),
    genres: movies.map(({ genres = [] }) => genres),
    imdbIds: new Int32Array(movies.length),
    tmdbIds: new Int32Array(movies.length),
    runtimes: new Int16Array(movies.length),
    texts: movies.map(({ genres: _, ...text }) => ({ ...empty, ...text })),
  }
}

const ALL = ContentConfig.parse({ minDocumentFrequency: 1, maxDocumentShare: 1 })

function rowOf(matrix: ReturnType<typeof trainContent>, item: number): Record<string, number> {
  const row: Record<string, number> = {}
  for (let at = matrix.indptr[item]!; at < matrix.indptr[item + 1]!; at++)
    row[matrix.terms[matrix.termIndices[at]!]!] = matrix.weights[at]!
  return row
}

describe('trainContent', () => {
  test('three documents, by hand', () => {
    const matrix = trainContent(
      catalogOf([
        { overview: 'Space ships in space', genres: ['Sci-Fi'] },
        { overview: 'A ship', genres: ['Drama'] },
        { overview: 'A ghost', genres: ['Drama'] },
      ]),
      ALL,
    )
    expect(matrix.terms).toEqual(['genre:drama', 'genre:sci fi', 'ghost', 'ship', 'space'])
    expect(Array.from(matrix.documentFrequencies)).toEqual([2, 1, 1, 2, 1])
    // genre sci fi: tf 2, ln 3 · ln(3/1) = 1.2069; ship: ln 2 · ln(3/2) = 0.2810; space: tf 2, 1.2069
    // length √(2 · 1.2069² + 0.2810²) = 1.7299
    const first = rowOf(matrix, 0)
    expect(first['genre:sci fi']).toBeCloseTo(0.6977, 4)
    expect(first.ship).toBeCloseTo(0.1625, 4)
    expect(first.space).toBeCloseTo(0.6977, 4)
    // drama: ln 3 · ln(3/2) = 0.4454; ship 0.2810; length 0.5267
    expect(rowOf(matrix, 1)).toEqual({ 'genre:drama': expect.closeTo(0.8457, 4), ship: expect.closeTo(0.5336, 4) })
  })

  test('names and longer keywords are whole terms, a keyword of one word meets the overviews', () => {
    const matrix = trainContent(
      catalogOf([
        { cast: ['Tom Hanks'], directors: ['Jean-Pierre Jeunet'], keywords: ['time travel', 'Vampires'] },
        { overview: 'a vampire' },
        {},
      ]),
      ALL,
    )
    expect(matrix.terms).toEqual(['cast:tom hanks', 'director:jean pierre jeunet', 'keyword:time travel', 'vampire'])
    expect(rowOf(matrix, 1)).toEqual({ vampire: 1 })
    expect(rowOf(matrix, 2)).toEqual({})
  })

  test('rare terms go, and common words, but not common genres', () => {
    const matrix = trainContent(
      catalogOf([
        { overview: 'man boat', genres: ['Drama'] },
        { overview: 'man boat', genres: ['Drama'] },
        { overview: 'man moon', genres: ['Drama'] },
        {},
      ]),
      ContentConfig.parse({ minDocumentFrequency: 2, maxDocumentShare: 0.5 }),
    )
    expect(matrix.terms).toEqual(['boat', 'genre:drama'])
  })

  test('only the strongest terms stay, and rows have length 1', () => {
    const matrix = trainContent(
      catalogOf([{ overview: 'alpha beta beta gamma gamma gamma' }, { overview: 'delta' }]),
      ContentConfig.parse({ minDocumentFrequency: 1, maxDocumentShare: 1, maxTermsPerMovie: 2 }),
    )
    const row = rowOf(matrix, 0)
    expect(Object.keys(row)).toEqual(['beta', 'gamma'])
    // rounded to f32
    expect(row.beta! ** 2 + row.gamma! ** 2).toBeCloseTo(1, 6)
  })

  test('a field of weight 0 gives no terms', () => {
    const config = ContentConfig.parse({ minDocumentFrequency: 1, maxDocumentShare: 1, fieldWeights: { genres: 0 } })
    expect(trainContent(catalogOf([{ genres: ['Drama'] }, { overview: 'sea' }]), config).terms).toEqual(['sea'])
  })

  test('an empty catalogue gives an empty matrix', () => {
    const matrix = trainContent(catalogOf([]), ALL)
    expect(matrix.terms).toEqual([])
    expect(Array.from(matrix.indptr)).toEqual([0])
  })
})
