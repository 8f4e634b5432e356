import type { DataConfig } from '#core/schemas/config.ts'
import type { Staged } from '../reader.ts'

/** A row for which `where` holds is dropped. A row is counted under the first of its rules. */
export interface Rule {
  reason: string
  expected: string
  /** whether such rows speak against the file, and count towards `maxBadRowShare` */
  bad: boolean
  /** SQL over the columns of the staged table */
  where: string
}

/** At most one row may have these columns; rows in which one of them is NULL are left alone. */
export interface Uniqueness {
  key: string[]
  /** SQL of key columns that the staged table has not */
  computed?: Record<string, string>
  /** SQL order that puts the row to keep first */
  keep: string
  /** rows of the same key that are not simply the same again */
  otherwise: Omit<Rule, 'where'> | 'refuse the file'
}

/** timestamps are kept in 32 bits: seconds until 2106, and milliseconds given by mistake are found */
const LAST_SECOND = 0xffff_ffff

/** @param isText whether the file may have any text for it, which is numbered (number-ids.ts) */
const id = (column: string, isText = false): Rule => ({
  reason: `${column} is not an id`,
  expected: isText ? `text as ${column === 'movieId' ? 'itemId' : column}` : `${column} to be a whole number above 0`,
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
  expected: 'a movieId that the movies have',
  bad,
  where: '"movieId" NOT IN (SELECT "movieId" FROM movies)',
})

/** Which movie a row of metadata is about, for the join. */
const someKey: Rule = {
  reason: 'no id and no title',
  expected: 'movieId, tmdbId, imdbId or title',
  bad: true,
  where: `coalesce("movieId", "tmdbId", "imdbId") IS NULL AND coalesce(trim(title), '') = ''`,
}

/** An id may be absent, but not zero. */
const idIfAny = (column: string): Rule => ({
  reason: `${column} is not an id`,
  expected: `${column} to be a whole number above 0, or empty`,
  bad: true,
  where: `"${column}" <= 0`,
})

/** Two rows of one title and year may be two films, so that only ids make a key. */
const STRONGEST_ID = `coalesce('movie ' || "movieId", 'tmdb ' || "tmdbId", 'imdb ' || "imdbId")`

const again = { reason: 'movieId twice', expected: 'one row a movie: the first counts', bad: true }

/** What rules depend on beyond the kind of table. */
export interface RuleContext {
  ratingScale: DataConfig['ratingScale']
  /** whether a source lists the movies, so that others are mistakes; made from texts they are those that there are texts of */
  moviesAreListed: boolean
}

/** What must hold for a row of each kind beyond its types. */
export function rulesOf(
  { kind, textIds }: Pick<Staged, 'kind' | 'textIds'>,
  { ratingScale: [lowest, highest], moviesAreListed }: RuleContext,
): { rules: Rule[]; unique?: Uniqueness } {
  switch (kind) {
    case 'movies':
      return {
        rules: [id('movieId', textIds), text('title')],
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
        rules: [id('userId', textIds), id('movieId', textIds), stars, time, knownMovie(moviesAreListed)],
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
      return { rules: [id('userId'), id('movieId'), text('tag'), time, knownMovie(moviesAreListed)] }
    case 'metadata':
      return {
        rules: [idIfAny('movieId'), idIfAny('tmdbId'), idIfAny('imdbId'), someKey],
        unique: {
          key: ['id'],
          computed: { id: STRONGEST_ID },
          keep: 'rowid',
          otherwise: { reason: 'id twice', expected: 'one row a movie: the first counts', bad: false },
        },
      }
  }
}
