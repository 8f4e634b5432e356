import type { DataConfig } from '#core/schemas/config.ts'
import type { Kind } from './reader.ts'

/** A row for which `where` holds is dropped. A row is counted under the first of its rules. */
export interface Rule {
  reason: string
  expected: string
  /** whether such rows speak against the file, and count towards `maxBadRowShare` */
  bad: boolean
  /** SQL over the columns of the staged table */
  where: string
}

/** At most one row may have these columns. */
export interface Uniqueness {
  key: string[]
  /** SQL order that puts the row to keep first */
  keep: string
  /** rows of the same key that are not simply the same again */
  otherwise: Omit<Rule, 'where'> | 'refuse the file'
}

/** timestamps are kept in 32 bits: seconds until 2106, and milliseconds given by mistake are found */
const LAST_SECOND = 0xffff_ffff

const id = (column: string): Rule => ({
  reason: `${column} is not an id`,
  expected: `${column} to be a whole number above 0`,
  bad: true,
  where: `"${column}" IS NULL OR "${column}" <= 0`,
})

const time: Rule = {
  reason: 'timestamp is not a time',
  expected: 'timestamp in whole seconds since 1970',
  bad: true,
  where: `"timestamp" IS NULL OR "timestamp" < 0 OR "timestamp" > ${LAST_SECOND}`,
}

/** A NUL byte is valid UTF-8, but ends a string for half of the world's software. */
const text = (column: string): Rule => ({
  reason: `${column} is empty or has NUL bytes`,
  expected: `text as ${column}`,
  bad: true,
  where: `"${column}" IS NULL OR trim("${column}") = '' OR contains("${column}", chr(0))`,
})

/** Catalogues of titles and texts are often larger than the ratings, so that only a rating or a tag of an unknown movie is bad. */
const knownMovie = (bad: boolean): Rule => ({
  reason: 'movieId is not among the movies',
  expected: 'a movieId that movies.csv has',
  bad,
  where: '"movieId" NOT IN (SELECT "movieId" FROM movies)',
})

const again = { reason: 'movieId twice', expected: 'one row a movie: the first counts', bad: true }

/** What must hold for a row of each kind beyond its types. */
export function rulesOf(
  kind: Kind,
  [lowest, highest]: DataConfig['ratingScale'],
): { rules: Rule[]; unique?: Uniqueness } {
  switch (kind) {
    case 'movies':
      return {
        rules: [id('movieId'), text('title')],
        unique: { key: ['movieId'], keep: 'rowid', otherwise: 'refuse the file' },
      }
    case 'ratings': {
      const stars: Rule = {
        reason: 'rating outside the scale',
        expected: `a rating from ${lowest} to ${highest} (data.ratingScale)`,
        bad: true,
        // DuckDB orders NaN above every number
        where: `rating IS NULL OR rating NOT BETWEEN ${lowest} AND ${highest}`,
      }
      return {
        rules: [id('userId'), id('movieId'), stars, time, knownMovie(true)],
        unique: {
          key: ['userId', 'movieId'],
          keep: '"timestamp" DESC, rowid DESC',
          otherwise: { reason: 'rated again', expected: 'one rating a user and movie: the latest counts', bad: false },
        },
      }
    }
    case 'links': {
      const other = ['imdbId', 'tmdbId'].map(
        (column): Rule => ({
          reason: `${column} is not an id`,
          expected: `${column} to be a whole number, or empty`,
          bad: true,
          where: `"${column}" < 0`,
        }),
      )
      return {
        rules: [id('movieId'), ...other, knownMovie(false)],
        unique: { key: ['movieId'], keep: 'rowid', otherwise: again },
      }
    }
    case 'tags':
      return { rules: [id('userId'), id('movieId'), text('tag'), time, knownMovie(true)] }
    case 'metadata':
      return { rules: [knownMovie(false)], unique: { key: ['movieId'], keep: 'rowid', otherwise: again } }
  }
}
