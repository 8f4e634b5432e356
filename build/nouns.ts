import type { NextMemory } from '#core/format/next.ts'
import type { Config } from '#core/schemas/config.ts'
import type { FeedbackSummary } from '#core/schemas/feedback.ts'
import type { Estimate, Manifest } from '#core/schemas/manifest.ts'
import type { RatingModel } from '#core/scoring/fold-in-ratings.ts'
import type { StarNetwork } from '#core/scoring/rating-network.ts'
import type { ToldShape } from '#core/scoring/told-movie.ts'
import type { Database } from './io/database.ts'

/** What one step of the build hands the next. Shapes are in the comments; `userIndex` and `itemIndex` are dense rows. */

/** One input file as it was read: counted, and hashed for the build id. */
export interface SourceReport {
  file: string
  sizeBytes: number
  sha256: string
  rowsRead: number
  rowsKept: number
  /** reason → rows */
  dropped: Record<string, number>
}

/** How the rows of one metadata source found their movies. Each row is counted once, by the best key that it has. */
export interface JoinReport {
  /** file */
  source: string
  rows: number
  byMovieId: number
  byTmdbId: number
  byImdbId: number
  /** by title and year */
  byTitle: number
  unmatched: number
}

/**
 * ingest → prepare. Clean, typed tables in an in-memory DuckDB, in the file's order:
 * `ratings(userId INTEGER, movieId INTEGER, rating DOUBLE, timestamp BIGINT)` unique by (userId, movieId), latest wins;
 * `movies(movieId, title, year, genres VARCHAR[])`; `links(movieId, imdbId, tmdbId)`;
 * `user_ids(userId, id)` and `item_ids(movieId, id)` where own data had other ids than numbers, else empty;
 * `tags(userId, movieId, tag, timestamp)`; `metadata(movieId, overview, tagline, keywords, cast, directors, runtime, poster, source)`;
 * `local_titles(movieId, language, title, position)`, the one of position 0 being the one that is shown.
 */
export interface Dataset {
  database: Database
  sources: SourceReport[]
  /** one each metadata file, in the order in which they are preferred */
  joins: JoinReport[]
  /**
   * null where none was laid over the ratings; else what it said is also in
   * `feedback_ratings(userId INTEGER, movieId INTEGER, rating DOUBLE, timestamp DOUBLE)`
   */
  feedback: FeedbackSummary | null
}

/** A movie's texts; an absent one is an empty string or list. */
export interface MovieText {
  overview: string
  tagline: string
  keywords: string[]
  cast: string[]
  directors: string[]
  /** address of a picture */
  poster: string
  /** address of the page that the overview is from, for attribution */
  source: string
}

/** What a movie is called in another language. */
export interface LocalTitle {
  itemIndex: number
  /** ISO 639 code, lower case */
  language: string
  title: string
}

/** Every movie of the source, by itemIndex, in the order of movieId. */
export interface Catalog {
  movieIds: Int32Array
  titles: string[]
  /** 0 where unknown */
  years: Int16Array
  genres: string[][]
  /** 0 where unknown */
  imdbIds: Int32Array
  /** 0 where unknown */
  tmdbIds: Int32Array
  /** minutes, 0 where unknown */
  runtimes: Int16Array
  /** codes of the original languages, lower case, empty where unknown; left out where no source tells any */
  languages?: string[]
  /** in the order of itemIndex and language, then as they are preferred; left out where no source has any */
  localTitles?: LocalTitle[]
  texts: MovieText[]
}

/**
 * Which part of the split a rating fell in. historyOnly did not pass the filters: seen, never learned from or judged.
 * foldIn is what a held-out user tells of himself: seen when he is judged, never learned from.
 */
export const PART = { historyOnly: 0, train: 1, validation: 2, test: 3, foldIn: 4 } as const
export type Part = (typeof PART)[keyof typeof PART]

/** All ratings as CSR over users in the order of userId; each user's rows in the order of time, then of the source. */
export interface Interactions {
  userIds: Int32Array
  /** numUsers + 1 */
  indptr: Uint32Array
  itemIndices: Int32Array
  /** stars */
  ratings: Float32Array
  /** seconds since 1970 */
  timestamps: Uint32Array
  /** a Part each */
  parts: Uint8Array
}

/** prepare → train, evaluate, export. */
export interface Prepared {
  catalog: Catalog
  interactions: Interactions
  /** the Parquet tables written, with their rows */
  tables: { name: string; rows: number; sizeBytes: number }[]
  summary: DataSummary
}

/** All that learning and judging take of it. */
export type PreparedRatings = Pick<Prepared, 'catalog' | 'interactions'>

/** One Parquet table that was written. */
export interface TableReport {
  name: string
  rows: number
  sizeBytes: number
  /** name → DuckDB's type, in the columns' order; build/prepare/schema.ts says what they mean */
  columns: Record<string, string>
}

/** statistics.json, and what `marquee prepare` tells: where the tables come from and what is in them. */
export interface Statistics {
  sources: SourceReport[]
  joins: JoinReport[]
  filters: {
    minRatingsPerUser: number
    minRatingsPerMovie: number
    minTags: number
    until: Config['data']['filterUntil']
    /** a given split says itself which ratings count: then the first two are not applied */
    applied: boolean
    /** ratings that did not pass, or that no file of a given split names */
    leftOut: number
  }
  counts: Omit<DataSummary, 'parts' | 'coverage'>
  /** used ratings by used users × used movies */
  density: number
  /** of all ratings, by stars; with more than 100 different ones twenty bins, named by their lower end */
  ratingHistogram: { rating: number; ratings: number }[]
  split: {
    strategy: Config['split']['strategy']
    seed: number
    parts: Record<keyof typeof PART, { ratings: number; users: number; movies: number }>
    /** of a given split, a file each */
    files: SourceReport[]
  }
  /** movies that have each text field */
  coverage: DataSummary['coverage']
  /** places of movie_features.genreVector */
  genres: string[]
  tables: TableReport[]
}

/** Goes into the model card. */
export interface DataSummary {
  users: number
  movies: number
  ratings: number
  /** ratings that passed the filters */
  usedRatings: number
  usedUsers: number
  usedMovies: number
  parts: { train: number; validation: number; test: number }
  /** movies that have each text field */
  coverage: { overview: number; cast: number; directors: number; keywords: number }
  /** ISO dates of the first and last rating */
  firstRating: string
  lastRating: string
  /** what was said through the API and is in it; left out where nothing was laid over */
  feedback?: FeedbackSummary
}

/** A sparse matrix of term weights, one row a movie, terms ascending within a row. */
export interface TermMatrix {
  terms: string[]
  /** movies that a term occurs in */
  documentFrequencies: Int32Array
  /** numItems + 1 */
  indptr: Uint32Array
  termIndices: Int32Array
  /** TF-IDF, rows of unit length */
  weights: Float32Array
}

/** What a liked item says for others, as CSR: a row is an item of the history, an index one that it speaks for or against. */
export interface ItemWeights {
  /** numItems + 1 */
  indptr: Uint32Array
  /** ascending within a row */
  indices: Int32Array
  weights: Float32Array
}

/** The user side of a two-tower network, core/scoring/user-tower.ts says what it computes. */
export interface TrainedTower {
  /** numItems × factors: what a movie of a history says; zeros for one that nobody rated in the training parts */
  history: Float32Array
  /** from the pools to the vector; weights inputs × outputs, row-major */
  layers: { inputs: number; outputs: number; weights: Float32Array; bias: Float32Array }[]
}

/** train → export. */
export interface Trained {
  factors: number
  /** numItems × factors, row-major; zeros for a movie nobody liked in the training parts, and no texts placed */
  itemFactors: Float32Array
  /** numItems; 1 where the factors come from the movie's texts, as nobody liked it in the training parts */
  placedByTexts: Uint8Array
  /** what makes a vector of a history; null where histories are folded into the item factors */
  tower: TrainedTower | null
  /** what each movie of a history says about the next one, as each time scale sees it; none where the config wants none */
  next: { scales: (NextMemory & { weights: ItemWeights })[] }
  /** no entries where the config wants none */
  neighbours: ItemWeights
  /** predicted stars; null where the config wants none */
  stars: RatingModel<Float32Array> | null
  /** where movies belong that are not in the catalogue; null without stars or where the config wants none */
  placement: Placement | null
  content: TermMatrix
  /** damped popularity, 0 to 1 */
  popularity: Float32Array
  /** training loss a user-item pair after each iteration */
  losses: number[]
  /** as the training weighed likes, and the rest */
  foldIn: FoldInWeights
}

/**
 * Coefficients of what is told of a movie: terms, then points of years and runtimes, then a constant, as
 * core/scoring/movie-features.ts has them.
 */
export interface Placement {
  /** numColumns × factors, row-major */
  factors: Float32Array
  /** numColumns × size of the stars' rows */
  stars: Float32Array
  /** of a predicted rating, for not knowing better where the movie belongs; squared stars */
  starVariance: number
  /** how the texts were weighed */
  content: Pick<Config['model']['content'], 'fieldWeights' | 'maxTermsPerMovie'>
}

/** A network that takes predicted stars some of the way to its own. */
export interface TrainedStarNetwork extends StarNetwork<Float32Array> {
  /** rows × (2 · width): of the placement's columns, then of the genres, then of the buckets that people fall in */
  told: ToldShape & { rows: Float32Array }
}

/** How a history is folded in: the model's own numbers, beside the item factors. */
export interface FoldInWeights {
  /** α₀, above 0 */
  unobservedWeight: number
  /** λ, above 0 */
  regularization: number
  /** ν, from 0 up: a history of n likes has λ·(n + m)^ν */
  regularizationExponent: number
  /** m, from 0 up: α₀ of the training times its movies */
  unobservedMass: number
}

/** One exported file: name → bytes. `report.json` and the manifest are not among them. */
export type ArtifactFiles = Map<string, Uint8Array>

/** export → publish: a complete folder. */
export interface ExportedModel {
  buildId: string
  folder: string
  manifest: Manifest
}

/** Which build this is: the hash of inputs, config and code. */
export interface BuildIdentity {
  buildId: string
  config: Config
}

/** A model's value of one metric with its 95 % interval. */
export interface Measured {
  /** as in the leaderboard */
  name: string
  value: Estimate
}

/**
 * What is measured beside the leaderboard, once, on the test part, by the served code on the exported bytes: the
 * contents of `marquee evaluate --report`.
 */
export interface Examination {
  /** one a metric of the leaderboard; points by list length k, ascending */
  curves: { metric: string; models: { name: string; points: ({ k: number } & Estimate)[] }[] }[]
  /** the same lists judged by kind of user or item, NDCG at the cutoff; a group nobody is in is left out */
  slices: {
    /** history length, popularity of what is to be found, … */
    by: string
    metric: string
    groups: { label: string; users: number; models: Measured[] }[]
  }[]
  /** the served blend minus another row, paired by user */
  differences: { other: string; metrics: Record<string, Estimate> }[]
  popularityBias: {
    name: string
    /** share of all recommended places that go to each tenth of the movies, the most popular tenth first */
    shareByDecile: number[]
    /** mean −log2 of the share of users who have the movie; of lists at the cutoff */
    novelty: number
    /** of the recommended places over all movies: 0 all alike, 1 one movie has them all */
    gini: number
    /** mean pairwise 1 − cosine in a list */
    intraListDiversity: number
    coverage: number
  }[]
  /** the served blend diversified by MMR, `diversity` ascending from 0 */
  diversity: { diversity: number; ndcg: Estimate; intraListDiversity: number; coverage: number }[]
  /** what the served bytes lose against float32 and uncut weights: NDCG of the served minus that of the variant, paired */
  compression: { variant: string; difference: Estimate; overlap: number }[]
  /** a place in the plane for each movie with factors, by number of ratings, the most rated first */
  map: {
    /** how the plane was found, and what share of the variance it shows, in words */
    method: string
    points: { title: string; genre: string; x: number; y: number; ratings: number }[]
  }
  /** well-known movies and those most similar to them, as `GET /movies/{id}/similar` gives them */
  similar: { title: string; year: number; neighbours: { title: string; year: number; score: number }[] }[]
  /** of one ranking, as the median over users on the machine of the evaluation */
  milliseconds: { name: string; median: number }[]
}

/** Two models judged on the same users: what the gate of a rebuild goes by. */
export interface PairedJudgement {
  /** of the test part, drawn by seed where there are many */
  users: number
  /** ratings of the test part that are left out, as the served model may have learned from an earlier one of the movie */
  ratedAgain: number
  /** share of what is to be found that the served model's catalogue lacks, so that it cannot find it */
  unknownToServed: number
  /** of the lists as they are served, and of predicted stars where both models have them */
  metrics: {
    name: string
    served: Estimate
    candidate: Estimate
    /** candidate minus served, paired by user */
    difference: Estimate
    lowerIsBetter: boolean
    /** chance that a candidate which loses in no metric more than is tolerated looks as bad in one of them as this one does here */
    byChance: number
  }[]
  /** share of each model's catalogue that stands in at least one list, `coverage@10` and so on */
  coverage: { name: string; served: number; candidate: number }[]
}

/** One question to a model as a Worker would be asked it, and whether the answer is one. */
export interface SmokeCheck {
  question: string
  ok: boolean
  found: string
  expected: string
}
