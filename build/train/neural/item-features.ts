import { ROWS_TOGETHER } from '#core/kernels/train/neural.ts'
import { randomSource } from '#core/random.ts'
import { sharesOnScale, YEARS } from '#core/scoring/movie-features.ts'
import type { Catalog, Interactions, Part, TermMatrix } from '../../nouns.ts'
import type { Embeddings } from '../embeddings/embed-texts.ts'
import type { TowerProblem } from './tower-problem.ts'

/** Numbers that the TF-IDF rows are projected to. */
const TERM_WIDTH = 64
/** Points of the years' scale that are one number here: 20 years each. */
const YEARS_TOGETHER = 4
/** Ratings that a mean of all is worth beside a movie's own, so that one rating says little. */
const PRIOR_RATINGS = 10

export interface FeatureSources {
  catalog: Pick<Catalog, 'genres' | 'years'>
  interactions: Interactions
  /** of the split, that ratings may be counted in */
  parts: readonly Part[]
  content: TermMatrix
  /** of the texts; null without */
  embeddings: Embeddings | null
}

/**
 * What the item tower knows of a movie beside its id, about 1 long each: terms by a random projection (Achlioptas 2003:
 * cosines survive), the sentence embedding where there is one, genres, the year, popularity, mean and spread of the stars,
 * and 1. Movies are alike by the first two.
 */
export function itemFeatures(
  { catalog, interactions, parts, content, embeddings }: FeatureSources,
  seed: number,
): TowerProblem['features'] {
  const numItems = catalog.years.length
  const genres = [...new Set(catalog.genres.flat())].sort()
  const blocks = [
    termsOf(content, seed),
    { width: embeddings?.width ?? 0, rows: embeddings?.rows ?? new Float32Array(0) },
    genresOf(catalog.genres, genres),
    yearsOf(catalog.years),
    ratingsOf(interactions, parts, numItems),
  ]
  const used = blocks.reduce((sum, { width }) => sum + width, 0) + 1
  const width = Math.ceil(used / ROWS_TOGETHER) * ROWS_TOGETHER
  const rows = new Float32Array(numItems * width)
  for (let item = 0; item < numItems; item++) {
    let column = item * width
    for (const block of blocks) {
      rows.set(block.rows.subarray(item * block.width, (item + 1) * block.width), column)
      column += block.width
    }
    rows[column] = 1
  }
  return { width, rows, alike: Math.floor((TERM_WIDTH + (embeddings?.width ?? 0)) / 8) * 8 }
}

/** numItems × width, row-major */
interface Block {
  width: number
  rows: Float32Array
}

function genresOf(genres: readonly string[][], names: readonly string[]): Block {
  const rows = new Float32Array(genres.length * names.length)
  for (const [item, own] of genres.entries())
    for (const name of own) rows[item * names.length + names.indexOf(name)] = 1 / Math.sqrt(own.length)
  return { width: names.length, rows }
}

/** Each term has a row of ±1/√width, drawn in the order of the terms. */
function termsOf({ terms, indptr, termIndices, weights }: TermMatrix, seed: number): Block {
  const { uniform } = randomSource(seed)
  const scale = 1 / Math.sqrt(TERM_WIDTH)
  const signs = Float32Array.from({ length: terms.length * TERM_WIDTH }, () => (uniform() < 0.5 ? -scale : scale))
  const rows = new Float32Array((indptr.length - 1) * TERM_WIDTH)
  for (let item = 0; item + 1 < indptr.length; item++) {
    for (let entry = indptr[item]!; entry < indptr[item + 1]!; entry++) {
      const [term, weight] = [termIndices[entry]! * TERM_WIDTH, weights[entry]!]
      for (let k = 0; k < TERM_WIDTH; k++) rows[item * TERM_WIDTH + k]! += weight * signs[term + k]!
    }
  }
  return { width: TERM_WIDTH, rows }
}

function yearsOf(years: ArrayLike<number>): Block {
  const width = YEARS.points / YEARS_TOGETHER
  const scale = { first: YEARS.first, step: YEARS.step * YEARS_TOGETHER, points: width, length: 1 }
  const rows = new Float32Array(years.length * width)
  for (let item = 0; item < years.length; item++)
    for (const [point, share] of sharesOnScale(years[item]!, scale)) rows[item * width + point] = share
  return { width, rows }
}

/** ln(1 + ratings) of the largest; the mean's and the spread's distance from those of all ratings, in stars. */
function ratingsOf(
  { itemIndices, ratings, parts: partOf }: Interactions,
  parts: readonly Part[],
  numItems: number,
): Block {
  const wanted = new Set<number>(parts)
  const [counts, sums, squares] = [new Float64Array(numItems), new Float64Array(numItems), new Float64Array(numItems)]
  for (const [entry, item] of itemIndices.entries()) {
    if (!wanted.has(partOf[entry]!)) continue
    counts[item]! += 1
    sums[item]! += ratings[entry]!
    squares[item]! += ratings[entry]! ** 2
  }
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0)
  const all = Math.max(1, total(counts))
  const mean = total(sums) / all
  const spread = Math.sqrt(Math.max(0, total(squares) / all - mean ** 2))
  const most = Math.max(
    1,
    counts.reduce((largest, count) => Math.max(largest, count), 0),
  )
  const rows = new Float32Array(numItems * 3)
  for (let item = 0; item < numItems; item++) {
    const count = counts[item]! + PRIOR_RATINGS
    const own = (sums[item]! + PRIOR_RATINGS * mean) / count
    const ownSquare = (squares[item]! + PRIOR_RATINGS * (mean ** 2 + spread ** 2)) / count
    rows[item * 3] = Math.log1p(counts[item]!) / Math.log1p(most)
    rows[item * 3 + 1] = own - mean
    rows[item * 3 + 2] = Math.sqrt(Math.max(0, ownSquare - own ** 2)) - spread
  }
  return { width: 3, rows }
}
