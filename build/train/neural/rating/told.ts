import { ROWS_TOGETHER } from '#core/kernels/train/neural.ts'
import { RATING_BLOCKS } from '#core/kernels/train/rating-network.ts'
import { randomSource } from '#core/random.ts'
import { placementColumns, RUNTIMES, sharesOnScale, YEARS } from '#core/scoring/movie-features.ts'
import { genreFeatures, peopleBuckets } from '#core/scoring/told-movie.ts'
import type { Catalog, TermMatrix, TrainedStarNetwork } from '../../../nouns.ts'
import type { RatingWeights, Told } from './rating-problem.ts'

/** Numbers that the TF-IDF rows are projected to. */
const TERM_WIDTH = 64

export interface ToldSources {
  catalog: Pick<Catalog, 'genres' | 'years' | 'runtimes' | 'texts'>
  content: TermMatrix
  /** that names fall in */
  buckets: number
  /** of the projection */
  seed: number
}

/**
 * What is told of movies: genres, terms by a random projection (Achlioptas 2003: cosines survive), year and runtime on their
 * scales, and 1; directors and the first of the cast by a hash of their names. No sentence embeddings: the Worker, which
 * predicts for movies that come later, has no model of sentences.
 */
export function toldOf({ catalog, content, buckets, seed }: ToldSources): Told {
  const { genres, years, runtimes, texts } = catalog
  const names = genreNames(catalog)
  const at = columnsOf(names.length)
  const width = Math.ceil((at.constant + 1) / ROWS_TOGETHER) * ROWS_TOGETHER
  const rows = new Float32Array(years.length * width)
  const signs = termSigns(content.terms.length, seed)
  for (let item = 0; item < years.length; item++) {
    const row = rows.subarray(item * width, (item + 1) * width)
    for (const [genre, value] of genreFeatures(genres[item]!, names)) row[genre] = value
    for (let entry = content.indptr[item]!; entry < content.indptr[item + 1]!; entry++) {
      const term = content.termIndices[entry]! * TERM_WIDTH
      for (let k = 0; k < TERM_WIDTH; k++) row[at.terms + k]! += content.weights[entry]! * signs[term + k]!
    }
    for (const [point, share] of sharesOnScale(years[item]!, YEARS)) row[at.years + point] = share
    for (const [point, share] of sharesOnScale(runtimes[item]!, RUNTIMES)) row[at.runtimes + point] = share
    row[at.constant] = 1
  }
  const ofItems = texts.map((text) => peopleBuckets(text, buckets))
  let end = 0
  const ends = Uint32Array.from(ofItems, (own) => (end += own.length))
  return { features: { width, rows }, people: { ends, buckets: Uint32Array.from(ofItems.flat()), numBuckets: buckets } }
}

/** The same by the columns of a placement: what each says of what a movie asks and is, with the projection worked in. */
export function toldRows(
  { projection, people }: Pick<RatingWeights, 'projection' | 'people'>,
  width: number,
  { catalog, content, buckets, seed }: ToldSources,
): TrainedStarNetwork['told'] {
  const genres = genreNames(catalog)
  const at = columnsOf(genres.length)
  const numTerms = content.terms.length
  const { years, runtimes, constant, numColumns } = placementColumns(numTerms)
  const [from, to] = [RATING_BLOCKS * width, 2 * width]
  const rows = new Float32Array((numColumns + genres.length + buckets) * to)
  const copy = (source: Float32Array, first: number, target: number, count: number) => {
    for (let row = 0; row < count; row++)
      rows.set(source.subarray((first + row) * from, (first + row) * from + to), (target + row) * to)
  }
  copy(projection, at.years, years, YEARS.points)
  copy(projection, at.runtimes, runtimes, RUNTIMES.points)
  copy(projection, at.constant, constant, 1)
  copy(projection, 0, numColumns, genres.length)
  copy(people, 0, numColumns + genres.length, buckets)
  const signs = termSigns(numTerms, seed)
  for (let term = 0; term < numTerms; term++)
    for (let k = 0; k < TERM_WIDTH; k++)
      for (let column = 0; column < to; column++)
        rows[term * to + column]! += signs[term * TERM_WIDTH + k]! * projection[(at.terms + k) * from + column]!
  return { genres, buckets, rows }
}

/** Where each block of an item's features starts. */
function columnsOf(numGenres: number): { terms: number; years: number; runtimes: number; constant: number } {
  const terms = numGenres
  const years = terms + TERM_WIDTH
  const runtimes = years + YEARS.points
  return { terms, years, runtimes, constant: runtimes + RUNTIMES.points }
}

function genreNames({ genres }: Pick<Catalog, 'genres'>): string[] {
  return [...new Set(genres.flat())].sort()
}

/** Each term has a row of ±1/√width, drawn in the order of the terms. */
function termSigns(numTerms: number, seed: number): Float32Array {
  const { uniform } = randomSource(seed)
  const scale = 1 / Math.sqrt(TERM_WIDTH)
  return Float32Array.from({ length: numTerms * TERM_WIDTH }, () => (uniform() < 0.5 ? -scale : scale))
}
