import type { DataConfig, SourceConfig } from '#core/schemas/config.ts'
import type { Database } from '../io/database.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Scratch } from './staging/scratch.ts'

/** What a staged table holds; its columns are in STAGED_COLUMNS. */
export type Kind = 'ratings' | 'movies' | 'links' | 'tags' | 'metadata'

/** One row that was left out, and why. */
export interface Finding {
  /** where the source is a folder of files read as one */
  file?: string
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
  /** own data: userId and movieId are text that is yet to be numbered (number-ids.ts) */
  textIds?: true
  /** rows that have not the right types */
  rejected: Dropped[]
  /** physical line and text of some rows of the table, by ascending rowid */
  locate(rowids: readonly number[]): Promise<{ file?: string; line: number; text: string }[]>
}

export interface ReaderInput {
  /** file or folder; an archive comes unpacked */
  path: string
  /** as the config has it: what is mapped to what */
  source: SourceConfig
  ratingScale: DataConfig['ratingScale']
  titleLanguages: DataConfig['titleLanguages']
  /** for what must be unpacked or rewritten to be read */
  scratch: Scratch
  database: Database
  handles: StepHandles
}

/**
 * A source format: it knows the names, separators and spellings of its files and stages each of them.
 * Checks, counts and clean tables are the same for all formats, so a new format is one more function of this type.
 */
export type Reader = (input: ReaderInput) => Promise<Staged[]>

/** What a source may look like; they stand in `formats.ts`. */
export interface Format {
  /** the files it is known by, for messages: "ratings.csv, movies.csv and links.csv" */
  needs: string
  /** whether this file or folder looks like it; it may be missing */
  detect(path: string): Promise<boolean>
  /** the files that the reader will read, each time in the same order */
  files(path: string): Promise<string[]>
  read: Reader
}

/** Columns of the staged tables, in order. A reader that has no such column stages NULL. */
export const STAGED_COLUMNS = {
  ratings: { userId: 'INTEGER', movieId: 'INTEGER', rating: 'DOUBLE', timestamp: 'BIGINT' },
  /** genres between |; year NULL where it stands behind the title, if anywhere */
  movies: { movieId: 'INTEGER', title: 'VARCHAR', genres: 'VARCHAR', year: 'SMALLINT' },
  links: { movieId: 'INTEGER', imdbId: 'INTEGER', tmdbId: 'INTEGER' },
  tags: { userId: 'INTEGER', movieId: 'INTEGER', tag: 'VARCHAR', timestamp: 'BIGINT' },
  /** at least one of the first four says which movie it is (join-metadata.ts) */
  metadata: {
    movieId: 'INTEGER',
    tmdbId: 'INTEGER',
    imdbId: 'INTEGER',
    title: 'VARCHAR',
    year: 'SMALLINT',
    genres: 'VARCHAR[]',
    overview: 'VARCHAR',
    tagline: 'VARCHAR',
    keywords: 'VARCHAR[]',
    cast: 'VARCHAR[]',
    directors: 'VARCHAR[]',
    runtime: 'SMALLINT',
    language: 'VARCHAR',
    poster: 'VARCHAR',
    source: 'VARCHAR',
    /** in other languages: each the code of its language, then the title */
    localTitles: 'VARCHAR[]',
  },
} as const satisfies Record<Kind, Record<string, string>>
