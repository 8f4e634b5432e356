import type { ContentConfig } from '../schemas/config.ts'
import { tokens, words } from './analyse.ts'

/** What is told of a movie; an absent text is empty. */
export interface DescribedMovie {
  genres: readonly string[]
  overview: string
  tagline: string
  keywords: readonly string[]
  cast: readonly string[]
  directors: readonly string[]
}

export type Field = keyof DescribedMovie

/** A term of a movie by its index, with its weight in the movie's row. */
export interface TermEntry {
  term: number
  weight: number
}

/**
 * Terms of one field, repeated ones as often as they occur. Overview and tagline give plain tokens. A genre or a name is
 * one whole term, `genre:sci fi`, `cast:tom hanks`, `director:…`: the words of a name would make every Tom alike. A keyword
 * of one word is a plain token, so that it meets the same word in an overview; a longer one is one whole term,
 * `keyword:time travel`.
 */
export function termsOfField(movie: DescribedMovie, field: Field): string[] {
  if (field === 'overview' || field === 'tagline') return tokens(movie[field])
  if (field === 'genres') return wholeTerms('genre', movie.genres)
  if (field === 'directors') return wholeTerms('director', movie.directors)
  if (field === 'cast') return wholeTerms('cast', movie.cast)
  return movie.keywords.flatMap((keyword) =>
    words(keyword).length === 1 ? tokens(keyword) : wholeTerms('keyword', [keyword]),
  )
}

/** In the order in which their terms are counted. */
export const FIELDS = [
  'genres',
  'overview',
  'tagline',
  'keywords',
  'cast',
  'directors',
] as const satisfies readonly Field[]

/** term → Σ over fields of fieldWeight · occurrences, above 0 */
export function termFrequencies(
  movie: DescribedMovie,
  fieldWeights: ContentConfig['fieldWeights'],
): Map<string, number> {
  const frequencies = new Map<string, number>()
  for (const field of FIELDS) {
    const weight = fieldWeights[field]
    if (weight === 0) continue
    for (const term of termsOfField(movie, field)) frequencies.set(term, (frequencies.get(term) ?? 0) + weight)
  }
  return frequencies
}

/**
 * A movie's row of the TF-IDF index: weight = ln(1 + tf) · ln(numItems / documentFrequency); the strongest `maxTerms`
 * stay (ties by term), and the row is scaled to length 1. Terms ascend.
 * @param indexOf a term; undefined or below 0 for one that the index does not have
 */
export function unitRow(
  frequencies: ReadonlyMap<string, number>,
  indexOf: (term: string) => number | undefined,
  documentFrequencies: Int32Array,
  numItems: number,
  maxTerms: number,
): TermEntry[] {
  const entries: TermEntry[] = []
  for (const [name, frequency] of frequencies) {
    const term = indexOf(name) ?? -1
    if (term < 0) continue
    entries.push({ term, weight: Math.log1p(frequency) * Math.log(numItems / documentFrequencies[term]!) })
  }
  const kept = entries.sort((a, b) => b.weight - a.weight || a.term - b.term).slice(0, maxTerms)
  const length = Math.hypot(...kept.map(({ weight }) => weight))
  return kept.map(({ term, weight }) => ({ term, weight: weight / length })).sort((a, b) => a.term - b.term)
}

/** `cast`, `Tom Hanks` → `cast:tom hanks`; a phrase without letters or digits gives none */
function wholeTerms(field: string, phrases: readonly string[]): string[] {
  return phrases
    .map((phrase) => words(phrase).join(' '))
    .filter((phrase) => phrase !== '')
    .map((phrase) => `${field}:${phrase}`)
}
