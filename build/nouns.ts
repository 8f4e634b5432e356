import type { Config } from '#core/schemas/config.ts'
import type { Manifest } from '#core/schemas/manifest.ts'
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

/**
 * ingest → prepare. Clean, typed tables in an in-memory DuckDB, in the file's order:
 * `ratings(userId INTEGER, movieId INTEGER, rating DOUBLE, timestamp BIGINT)` unique by (userId, movieId), latest wins;
 * `movies(movieId, title, year, genres VARCHAR[])`; `links(movieId, imdbId, tmdbId)`;
 * `tags(userId, movieId, tag, timestamp)`; `metadata(movieId, overview, tagline, keywords, cast, directors, runtime, poster, source)`.
 */
export interface Dataset {
  database: Database
  sources: SourceReport[]
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
  texts: MovieText[]
}

/** Which part of the split a rating fell in. HISTORY_ONLY did not pass the filters: seen, never learned from or judged. */
export const PART = { historyOnly: 0, train: 1, validation: 2, test: 3 } as const
export type Part = (typeof PART)[keyof typeof PART]

/** All ratings as CSR over users in the order of userId; each user's rows in the order of time, then movieId. */
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

/** train → export. */
export interface Trained {
  factors: number
  /** numItems × factors, row-major; zeros for a movie nobody liked in the training parts */
  itemFactors: Float32Array
  content: TermMatrix
  /** damped popularity, 0 to 1 */
  popularity: Float32Array
  /** training loss a user-item pair after each iteration */
  losses: number[]
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
