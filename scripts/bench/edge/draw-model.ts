import { type RandomSource, randomSource } from '#core/random.ts'
import { Config } from '#core/schemas/config.ts'
import type { BlendTable, Manifest } from '#core/schemas/manifest.ts'
import type { RatingModel } from '#core/scoring/fold-in-ratings.ts'
import { servingSettings } from '../../../build/evaluate/index.ts'
import { encodeArtifacts, manifestFiles } from '../../../build/export/index.ts'
import type {
  ArtifactFiles,
  Catalog,
  Interactions,
  ItemWeights,
  PreparedRatings,
  TermMatrix,
  Trained,
} from '../../../build/nouns.ts'
import {
  activityCounts,
  aliasTable,
  GENRES,
  GENRES_A_MOVIE,
  popularityWeights,
  type Quantiles,
  quantile,
  SHAPES,
} from '../movielens-shape.ts'
import { drawText, drawTitle } from './draw-texts.ts'

/**
 * A published model of a given size that nobody trained: every file as long as a trained one's, the numbers in it drawn.
 * What it recommends means nothing; what it costs to open and to ask is that of a real one.
 */
const SEED = 1
export const FACTORS = 128
/** of the bundled sample: 14 factors and two biases */
const STARS_SIZE = 16

/** Movies with many ratings have long texts; terms of a movie by its place among the most rated, from the bundled sample. */
const TERMS_A_MOVIE: Quantiles = [
  [0, 1],
  [0.1, 1],
  [0.25, 3],
  [0.5, 34],
  [0.75, 50],
  [0.9, 64],
  [1, 64],
]
/** Share of movies that the n-th most frequent term occurs in, from the bundled sample; 21,000 terms grow to 88,000 with nine times the movies. */
const TERM_SHARES: Quantiles = [
  [1, 0.41],
  [2, 0.35],
  [11, 0.112],
  [31, 0.064],
  [101, 0.0258],
  [301, 0.0135],
  [1001, 0.0046],
  [3001, 0.0017],
  [10_001, 0.0004],
  [88_000, 0.00003],
]
const NUM_TERMS = 88_000
/** Length of a movie's factors by its place among the most rated, in parts of the longest, from the bundled sample. */
const LENGTHS: Quantiles = [
  [0, 0.13],
  [0.5, 0.14],
  [0.7, 0.18],
  [0.8, 0.24],
  [0.9, 0.33],
  [0.97, 0.48],
  [0.99, 0.6],
  [0.999, 0.8],
  [1, 0.9],
]
/** every source takes part, so that nothing is left out of what is timed */
const BLEND: BlendTable = [
  { minLikes: 0, weights: { cf: 0, next: 0, neighbours: 0, content: 0, popularity: 1 } },
  { minLikes: 1, weights: { cf: 0.3, next: 0.3, neighbours: 0.2, content: 0.1, popularity: 0.1 } },
]

export interface DrawnModel {
  files: ArtifactFiles
  manifest: Manifest
}

/** @param buildId any: nothing is hashed into it */
export function drawModel(shapeName: keyof typeof SHAPES, buildId: string): DrawnModel {
  const shape = SHAPES[shapeName]
  const random = randomSource(SEED)
  const config = Config.parse({ model: { cf: { factors: FACTORS } } })
  const { cf, next, neighbours } = config.model
  // the best known movies stand anywhere among the ids
  const byRank = shuffled(shape.movies, random)
  const shares = new Float64Array(shape.movies)
  popularityWeights(shape).forEach((weight, rank) => {
    shares[byRank[rank]!] = weight
  })
  const best = (count: number) => byRank.subarray(0, count)
  const weights = (speaking: number, count: number, known: number) =>
    drawWeights(best(speaking), count, best(known), shape.movies, random)

  const prepared: PreparedRatings = {
    catalog: drawCatalog(shape.movies, random),
    interactions: drawInteractions(activityCounts(shape, random), shares, random),
  }
  const trained: Trained = {
    factors: cf.factors,
    itemFactors: drawFactors(byRank, cf.factors, random),
    tower: null,
    placedByTexts: new Uint8Array(shape.movies),
    next: {
      scales: next.scales.map(({ maxItems, neighbours: count, ...memory }) => ({
        ...memory,
        weights: weights(maxItems, count, next.maxItems),
      })),
    },
    neighbours: weights(neighbours.ease.maxItems, neighbours.ease.neighbours, neighbours.ease.maxItems),
    stars: drawStars(shape.movies, random),
    placement: null,
    content: drawTerms(byRank, random),
    popularity: Float32Array.from(shares, (share) => Math.sqrt(share / shares[byRank[0]!]!)),
    losses: [1],
    foldIn: { unobservedWeight: 0.2, regularization: 4, regularizationExponent: 0, unobservedMass: 0 },
  }
  const files = encodeArtifacts(trained, prepared, () => true)
  return { files, manifest: manifestOf(buildId, files, config, shape) }
}

function shuffled(size: number, { uniform }: RandomSource): Int32Array {
  const order = Int32Array.from({ length: size }, (_, index) => index)
  for (let last = size - 1; last > 0; last--) {
    const other = Math.floor(uniform() * (last + 1))
    ;[order[last], order[other]] = [order[other]!, order[last]!]
  }
  return order
}

/** Histories without a movie twice, a minute between two ratings. */
function drawInteractions(counts: Int32Array, shares: Float64Array, random: RandomSource): Interactions {
  const draw = aliasTable(shares, random)
  const indptr = new Uint32Array(counts.length + 1)
  counts.forEach((count, user) => {
    indptr[user + 1] = indptr[user]! + count
  })
  const total = indptr[counts.length]!
  const itemIndices = new Int32Array(total)
  const ratings = new Float32Array(total)
  const timestamps = new Uint32Array(total)
  const lastUser = new Int32Array(shares.length).fill(-1)
  for (let user = 0; user < counts.length; user++) {
    const start = 900_000_000 + Math.floor(random.uniform() * 700_000_000)
    for (let entry = indptr[user]!; entry < indptr[user + 1]!; entry++) {
      let item = draw()
      while (lastUser[item] === user) item = draw()
      lastUser[item] = user
      itemIndices[entry] = item
      ratings[entry] = Math.min(5, Math.max(0.5, Math.round(7 + 2 * random.normal()) / 2))
      timestamps[entry] = start + 60 * (entry - indptr[user]!)
    }
  }
  const userIds = Int32Array.from(counts, (_, user) => user + 1)
  return { userIds, indptr, itemIndices, ratings, timestamps, parts: new Uint8Array(total).fill(1) }
}

function drawCatalog(numMovies: number, random: RandomSource): Catalog {
  const { uniform } = random
  const genreNames = Object.keys(GENRES)
  const drawGenre = aliasTable(Object.values(GENRES), random)
  const drawGenreCount = aliasTable(GENRES_A_MOVIE, random)
  let movieId = 0
  return {
    movieIds: Int32Array.from({ length: numMovies }, () => (movieId += 1 + Math.floor(uniform() * 3))),
    titles: Array.from({ length: numMovies }, () => drawTitle(random)),
    years: Int16Array.from({ length: numMovies }, () => 2023 - Math.floor(100 * uniform() ** 2)),
    genres: Array.from({ length: numMovies }, () => {
      const genres = new Set(Array.from({ length: 1 + drawGenreCount() }, () => genreNames[drawGenre()]!))
      return [...genres].sort()
    }),
    imdbIds: Int32Array.from({ length: numMovies }, () => 1 + Math.floor(uniform() * 3e7)),
    tmdbIds: Int32Array.from({ length: numMovies }, () => 1 + Math.floor(uniform() * 1e6)),
    runtimes: Int16Array.from({ length: numMovies }, () => 60 + Math.floor(uniform() * 120)),
    texts: Array.from({ length: numMovies }, () => drawText(random)),
  }
}

/** `count` weights for each movie that speaks, more of them of the best known. */
function drawWeights(
  speaking: Int32Array,
  count: number,
  known: Int32Array,
  numItems: number,
  { uniform, normal }: RandomSource,
): ItemWeights {
  const rows = new Map<number, Int32Array>()
  for (const item of speaking) {
    const row = new Set<number>()
    while (row.size < count) row.add(known[Math.floor(uniform() ** 2 * known.length)]!)
    rows.set(item, Int32Array.from(row).sort())
  }
  const { indptr, indices } = packed(rows, numItems)
  return { indptr, indices, weights: Float32Array.from(indices, () => 0.05 + 0.1 * Math.abs(normal())) }
}

/** Terms by frequency; the weights fall with it. */
function drawTerms(byRank: Int32Array, random: RandomSource): TermMatrix {
  const numItems = byRank.length
  const shares = Float64Array.from({ length: NUM_TERMS }, (_, term) => termShare(term + 1))
  const draw = aliasTable(shares, random)
  const rows = new Map<number, Int32Array>()
  const documentFrequencies = new Int32Array(NUM_TERMS)
  for (let rank = 0; rank < numItems; rank++) {
    const length = Math.round(quantile(TERMS_A_MOVIE, 1 - (rank + 0.5) / numItems))
    const row = new Set<number>()
    while (row.size < length) row.add(draw())
    for (const term of row) documentFrequencies[term]! += 1
    rows.set(byRank[rank]!, Int32Array.from(row).sort())
  }
  const { indptr, indices } = packed(rows, numItems)
  const weights = Float32Array.from(indices, (term) => -Math.log(shares[term]!))
  for (let item = 0; item < numItems; item++) {
    const row = weights.subarray(indptr[item]!, indptr[item + 1]!)
    const length = Math.sqrt(row.reduce((sum, weight) => sum + weight * weight, 0))
    for (let entry = 0; entry < row.length; entry++) row[entry]! /= length
  }
  const terms = Array.from({ length: NUM_TERMS }, (_, term) => `keyword:term ${term}`)
  return { terms, documentFrequencies, indptr, termIndices: indices, weights }
}

/** Straight lines between the measured points, both axes logarithmic. */
function termShare(rank: number): number {
  const logarithms = TERM_SHARES.map(([at, share]) => [Math.log(at), Math.log(share)] as const)
  return Math.exp(quantile(logarithms, Math.log(rank)))
}

function drawStars(numItems: number, random: RandomSource): RatingModel<Float32Array> {
  const ones = new Float32Array(numItems).fill(1)
  const items = drawNormal(numItems * STARS_SIZE, 0.3, random)
  for (let item = 0; item < numItems; item++) items[item * STARS_SIZE + 1] = 1
  const userPrecision = new Float32Array(STARS_SIZE * STARS_SIZE)
  for (let k = 1; k < STARS_SIZE; k++) userPrecision[k * STARS_SIZE + k] = 5
  return {
    size: STARS_SIZE,
    mean: 3.5,
    lowest: 0.5,
    highest: 5,
    items,
    itemUnits: ones,
    itemTraces: drawNormal(numItems * STARS_SIZE, 0.03, random),
    traceUnits: ones,
    itemScales: ones,
    itemVariances: new Float32Array(numItems).fill(0.02),
    noisePrecision: 1.6,
    scaleShape: 20,
    userMean: Float32Array.from({ length: STARS_SIZE }, (_, k) => (k === 0 ? 1 : 0)),
    userPrecision,
  }
}

/** Rows of any direction; of the best known movies longer ones. */
function drawFactors(byRank: Int32Array, factors: number, random: RandomSource): Float32Array {
  const rows = drawNormal(byRank.length * factors, 1 / Math.sqrt(factors), random)
  for (const [rank, item] of byRank.entries()) {
    const length = quantile(LENGTHS, 1 - (rank + 0.5) / byRank.length)
    for (let at = item * factors; at < (item + 1) * factors; at++) rows[at]! *= length
  }
  return rows
}

function drawNormal(length: number, scale: number, { normal }: RandomSource): Float32Array {
  return Float32Array.from({ length }, () => scale * normal())
}

/** Rows by item → CSR; an item without a row has no entries. */
function packed(rows: ReadonlyMap<number, Int32Array>, numItems: number): { indptr: Uint32Array; indices: Int32Array } {
  const indptr = new Uint32Array(numItems + 1)
  for (let item = 0; item < numItems; item++) indptr[item + 1] = indptr[item]! + (rows.get(item)?.length ?? 0)
  const indices = new Int32Array(indptr[numItems]!)
  for (const [item, row] of rows) indices.set(row, indptr[item]!)
  return { indptr, indices }
}

function manifestOf(
  buildId: string,
  files: ArtifactFiles,
  config: Config,
  { users, movies, ratings }: { users: number; movies: number; ratings: number },
): Manifest {
  const { cf } = config.model
  return {
    format: 'marquee-model',
    version: 1,
    buildId,
    files: manifestFiles(files),
    api: config.api,
    card: {
      project: 'bench',
      experiment: { name: 'bench', notes: 'drawn, not trained' },
      seed: SEED,
      data: {
        users,
        movies,
        ratings,
        usedRatings: ratings,
        usedUsers: users,
        usedMovies: movies,
        parts: { train: ratings, validation: 0, test: 0 },
        coverage: { overview: 1, cast: 1, directors: 1, keywords: 1 },
        firstRating: '1998-07-09',
        lastRating: '2020-09-13',
      },
      model: {
        cf: 'als',
        neighbours: 'ease',
        factors: cf.factors,
        iterations: cf.iterations,
        regularization: cf.regularization,
        unobservedWeight: cf.unobservedWeight,
        terms: NUM_TERMS,
        ...servingSettings(config, BLEND),
      },
      evaluation: {
        protocol: 'none: drawn',
        relevantFrom: 3.5,
        usersJudged: 0,
        usersWithoutRelevant: 0,
        models: [],
        overPopularity: {},
        stars: null,
      },
      exampleUsers: [1],
    },
  }
}
