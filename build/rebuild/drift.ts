import type { Database } from '../io/database.ts'

/** Ratings below which a movie or user is new to the model. */
const FEW_RATINGS = 5
const TENTHS = 10
/** Genres that are named. */
const SHOWN_GENRES = 12

/** How what is said through the API differs from what the data says besides. */
export interface Drift {
  /** ratings and likes of the feedback, and ratings of the sources that nothing took the place of */
  ratings: { live: number; base: number }
  meanStars: { live: number; base: number }
  popularity: {
    /** share of the ratings that go to each tenth of the movies, the most rated in the sources first */
    live: number[]
    base: number[]
    /** Jensen–Shannon divergence of the two, 0 alike to 1 nothing in common (bits) */
    divergence: number
  }
  genres: {
    /** those whose share differs most, first */
    shares: { genre: string; live: number; base: number }[]
    /** over all genres */
    divergence: number
  }
  /** shares of the live ratings that are of movies, and by users, with fewer than five ratings in the sources */
  cold: { movies: number; users: number }
}

/**
 * Compare `feedback_ratings` with the other rows of `ratings`, as `ingest` leaves them.
 * @returns null where the feedback holds no ratings, or the sources hold none besides
 */
export async function measureDrift(database: Database): Promise<Drift | null> {
  await database.run(`
    CREATE TEMP TABLE drift_base AS
    SELECT * FROM ratings ANTI JOIN feedback_ratings USING ("userId", "movieId")`)
  try {
    const [live, base] = [await summary('feedback_ratings', database), await summary('drift_base', database)]
    if (live.ratings === 0 || base.ratings === 0) return null
    const popularity = {
      live: await sharesByTenth('feedback_ratings', database),
      base: await sharesByTenth('drift_base', database),
    }
    const genres = await genreShares(database)
    return {
      ratings: { live: live.ratings, base: base.ratings },
      meanStars: { live: live.stars, base: base.stars },
      popularity: { ...popularity, divergence: divergence(popularity.live, popularity.base) },
      genres: {
        shares: genres
          .toSorted((a, b) => Math.abs(b.live - b.base) - Math.abs(a.live - a.base) || (a.genre < b.genre ? -1 : 1))
          .slice(0, SHOWN_GENRES),
        divergence: divergence(
          genres.map(({ live }) => live),
          genres.map(({ base }) => base),
        ),
      },
      cold: { movies: await coldShare('movieId', database), users: await coldShare('userId', database) },
    }
  } finally {
    await database.run('DROP TABLE drift_base')
  }
}

async function summary(table: string, database: Database): Promise<{ ratings: number; stars: number }> {
  const [row] = await database.rows<{ ratings: number; stars: number | null }>(
    `SELECT count(*) AS ratings, avg(rating) AS stars FROM ${table}`,
  )
  return { ratings: row!.ratings, stars: row!.stars ?? 0 }
}

/** The tenths are of the catalogue, by number of ratings in the sources; equal ones in the order of the movieId. */
async function sharesByTenth(table: string, database: Database): Promise<number[]> {
  const rows = await database.rows<{ tenth: number; share: number }>(`
    WITH counted AS (SELECT "movieId", count(*) AS ratings FROM drift_base GROUP BY ALL),
    placed AS (
      SELECT "movieId", ntile(${TENTHS}) OVER (ORDER BY coalesce(ratings, 0) DESC, "movieId") AS tenth
      FROM movies LEFT JOIN counted USING ("movieId"))
    SELECT tenth, count(*) / (SELECT count(*) FROM ${table}) AS share
    FROM ${table} JOIN placed USING ("movieId") GROUP BY tenth`)
  const shares = new Map(rows.map(({ tenth, share }) => [tenth, share]))
  return Array.from({ length: TENTHS }, (_, tenth) => shares.get(tenth + 1) ?? 0)
}

/** Each rating counts once, a part for each genre of its movie. */
async function genreShares(database: Database): Promise<{ genre: string; live: number; base: number }[]> {
  const shares = (table: string) => `
    SELECT genre, sum(part) / (SELECT count(*) FROM ${table}) AS share FROM (
      SELECT unnest(CASE WHEN len(genres) = 0 THEN ['(none)'] ELSE genres END) AS genre, 1 / greatest(1, len(genres)) AS part
      FROM ${table} JOIN movies USING ("movieId"))
    GROUP BY genre`
  return database.rows(`
    SELECT genre, coalesce(live.share, 0) AS live, coalesce(base.share, 0) AS base
    FROM (${shares('feedback_ratings')}) live FULL JOIN (${shares('drift_base')}) base USING (genre) ORDER BY genre`)
}

async function coldShare(column: 'movieId' | 'userId', database: Database): Promise<number> {
  const cold = await database.count(`
    WITH counted AS (SELECT "${column}", count(*) AS ratings FROM drift_base GROUP BY ALL)
    SELECT count(*) FROM feedback_ratings LEFT JOIN counted USING ("${column}")
    WHERE coalesce(ratings, 0) < ${FEW_RATINGS}`)
  return cold / (await database.count('SELECT count(*) FROM feedback_ratings'))
}

/** Jensen–Shannon divergence of two distributions over the same places, in bits: mean of both Kullback–Leibler to their mean. */
export function divergence(p: readonly number[], q: readonly number[]): number {
  const toMean = (from: readonly number[]) =>
    from.reduce((sum, share, at) => (share === 0 ? sum : sum + share * Math.log2((2 * share) / (p[at]! + q[at]!))), 0)
  return Math.max(0, (toMean(p) + toMean(q)) / 2)
}
