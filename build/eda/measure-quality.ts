import type { Database } from '../io/database.ts'
import type { Missing, Oddity, Totals } from './facts.ts'

/** ratings of one user in one clock hour that no one watches, and few can remember */
const FAST_RATINGS_AN_HOUR = 200
/** below this a mean or a single value says nothing */
const ENOUGH_RATINGS = 10
/** standard deviations of the users' means */
const FAR_OFF = 3
/** ratings looked at for ties in time, which need a group each */
const TIE_SAMPLE = 5e6

/** Field → SQL that holds where a movie lacks it. */
const FIELDS: Record<string, string> = {
  'release year': 'year = 0',
  genres: 'len(genres) = 0',
  'IMDb id': 'coalesce("imdbId", 0) = 0',
  'TMDB id': 'coalesce("tmdbId", 0) = 0',
  overview: `coalesce(overview, '') = ''`,
  tagline: `coalesce(tagline, '') = ''`,
  keywords: 'coalesce(len(keywords), 0) = 0',
  cast: 'coalesce(len("cast"), 0) = 0',
  directors: 'coalesce(len(directors), 0) = 0',
  runtime: 'coalesce(runtime, 0) = 0',
  poster: `coalesce(poster, '') = ''`,
}

export async function measureMissing({ ratings }: Totals, database: Database): Promise<Missing[]> {
  const columns = Object.values(FIELDS).flatMap((lacks, field) => [
    `count(*) FILTER (${lacks}) AS movies${field}`,
    `coalesce(sum(n) FILTER (${lacks}), 0)::DOUBLE AS ratings${field}`,
  ])
  const [row] = await database.rows<Record<string, number>>(`
    SELECT ${columns.join(', ')}
    FROM eda_movies LEFT JOIN links ON links."movieId" = id LEFT JOIN metadata ON metadata."movieId" = id`)
  return Object.keys(FIELDS).map((field, index) => ({
    field,
    movies: row![`movies${index}`]!,
    ratingShare: row![`ratings${index}`]! / ratings,
  }))
}

export async function measureOddities(totals: Totals, database: Database): Promise<Oddity[]> {
  const every = Math.ceil(totals.ratings / TIE_SAMPLE)
  const [users] = await database.rows<{ single: number; far: number; oneDay: number }>(`
    SELECT count(*) FILTER (single AND n >= ${ENOUGH_RATINGS}) AS single,
      count(*) FILTER (n >= ${ENOUGH_RATINGS} AND abs(mean - middle) > ${FAR_OFF} * deviation) AS far,
      count(*) FILTER (last - first < 86400 AND n >= ${ENOUGH_RATINGS}) AS "oneDay"
    FROM eda_users, (SELECT avg(mean) AS middle, stddev_pop(mean) AS deviation FROM eda_users)`)
  const [movies] = await database.rows<{ early: number; twins: number }>(`
    SELECT count(*) FILTER (year > 0 AND first > 0 AND year(make_timestamp(first * 1000000)) < year) AS early,
      (SELECT coalesce(sum(again), 0)::BIGINT FROM (
        SELECT count(*) AS again FROM eda_movies GROUP BY lower(title), year HAVING count(*) > 1)) AS twins
    FROM eda_movies`)
  const [fast] = await database.rows<{ users: number; ratings: number }>(`
    SELECT count(DISTINCT "userId") AS users, coalesce(sum(n), 0)::BIGINT AS ratings FROM (
      SELECT "userId", count(*) AS n FROM ratings GROUP BY "userId", "timestamp" // 3600
      HAVING count(*) > ${FAST_RATINGS_AN_HOUR})`)
  const [ties] = await database.rows<{ tied: number; all: number }>(`
    SELECT coalesce(sum(n) FILTER (n > 1), 0)::BIGINT AS tied, coalesce(sum(n), 0)::BIGINT AS "all" FROM (
      SELECT count(*) AS n FROM ratings WHERE "userId" % ${every} = 0 GROUP BY "userId", "timestamp")`)

  const ofUsers = (what: string, n: number, meaning: string): Oddity => ({
    what,
    n,
    unit: 'users',
    share: n / totals.users,
    meaning,
  })
  const ofMovies = (what: string, n: number, meaning: string): Oddity => ({
    what,
    n,
    unit: 'movies',
    share: n / totals.movies,
    meaning,
  })
  return [
    ofUsers(
      `One value for everything (${ENOUGH_RATINGS} ratings or more)`,
      users!.single,
      'their stars carry no preference; which movies they rated still does.',
    ),
    ofUsers(
      `Mean more than ${FAR_OFF} sd from the others' (${ENOUGH_RATINGS} ratings or more)`,
      users!.far,
      'take off the user’s mean before comparing stars.',
    ),
    ofUsers(
      `More than ${FAST_RATINGS_AN_HOUR} ratings in an hour`,
      fast!.users,
      `imports, scripts or long catch-up lists: ${fast!.ratings.toLocaleString('en')} ratings stand in such hours.`,
    ),
    ofUsers(
      `Whole history within 24 hours (${ENOUGH_RATINGS} ratings or more)`,
      users!.oneDay,
      'the order of their ratings is the order of entry, not of watching: a split by time tests little more than recall of one sitting.',
    ),
    {
      what: `Same second as another rating of the user${every > 1 ? ` (every ${every}th user)` : ''}`,
      n: ties!.tied,
      unit: 'ratings',
      share: ties!.all === 0 ? 0 : ties!.tied / ties!.all,
      meaning: 'time does not order them; ties go by movieId.',
    },
    ofMovies(
      'Rated before the year of release',
      movies!.early,
      'previews, festival years or a wrong year in the title.',
    ),
    ofMovies(
      'Title and year of another',
      movies!.twins,
      'candidates for duplicates; a join by title and year cannot tell them apart.',
    ),
  ]
}
