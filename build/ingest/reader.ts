import type { Database } from '../io/database.ts'
import type { StepHandles } from '../io/handles.ts'

/** What a staged table holds; its columns are in STAGED_COLUMNS. */
export type Kind = 'ratings' | 'movies' | 'links' | 'tags' | 'metadata'

/** One row that was left out, and why. */
export interface Finding {
  /** physical line, from 1 */
  line: number
  /** the row as it stands in the file, cut where it is long */
  found: string
  expected: string
}

/** Rows left out for one reason. */
export interface Dropped {
  reason: string
  rows: number
  /** whether the rows speak against the file, and count towards `maxBadRowShare` */
  bad: boolean
  /** the first few */
  first: Finding[]
}

/**
 * One source file as a typed table, rows in the file's order, so that DuckDB's `rowid` counts them from 0.
 * The table holds whatever has the right types; what the values mean is judged by the checks.
 */
export interface Staged {
  kind: Kind
  table: string
  file: string
  sizeBytes: number
  sha256: string
  /** rows of the table */
  rows: number
  /** rows that have not the right types */
  rejected: Dropped[]
  /** physical line and text of some rows of the table, by ascending rowid */
  locate(rowids: readonly number[]): Promise<{ line: number; text: string }[]>
}

export interface ReaderInput {
  /** file or folder, from the config */
  path: string
  database: Database
  handles: StepHandles
}

/**
 * A source format: it knows the names, separators and spellings of its files and stages each of them.
 * Checks, counts and clean tables are the same for all formats, so a new format is one more function of this type.
 */
export type Reader = (input: ReaderInput) => Promise<Staged[]>

/** Columns of the staged tables, in order. A reader that has no such column stages NULL. */
export const STAGED_COLUMNS = {
  ratings: { userId: 'INTEGER', movieId: 'INTEGER', rating: 'DOUBLE', timestamp: 'BIGINT' },
  movies: { movieId: 'INTEGER', title: 'VARCHAR', genres: 'VARCHAR' },
  links: { movieId: 'INTEGER', imdbId: 'INTEGER', tmdbId: 'INTEGER' },
  tags: { userId: 'INTEGER', movieId: 'INTEGER', tag: 'VARCHAR', timestamp: 'BIGINT' },
  metadata: {
    movieId: 'INTEGER',
    overview: 'VARCHAR',
    tagline: 'VARCHAR',
    keywords: 'VARCHAR[]',
    cast: 'VARCHAR[]',
    directors: 'VARCHAR[]',
    runtime: 'SMALLINT',
    poster: 'VARCHAR',
    source: 'VARCHAR',
  },
} as const satisfies Record<Kind, Record<string, string>>
