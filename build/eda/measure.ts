import type { Database } from '../io/database.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Dataset } from '../nouns.ts'
import type {
  BelowCount,
  DecadeFacts,
  Facts,
  GenreFacts,
  Sample,
  Tail,
  TimeFacts,
  Totals,
  ValueCount,
} from './facts.ts'
import { measureMissing, measureOddities } from './measure-quality.ts'

const MOST_GENRES = 20
/** points of a tail in each decade of ranks */
const POINTS_A_DECADE = 24
/** classes of the users' means, and the ratings a mean needs to say something */
const MEAN_CLASSES = 18
const LEAST_FOR_MEAN = 10
const SAMPLE_USERS = 150
const SAMPLE_MOVIES = 240
const BELOW = [5, 10, 20, 50]
const HOUR = 3600

/**
 * The ratings are scanned a few times and counted into tables by user, by movie and value, and by hour; everything
 * else is computed from those. All in SQL, so that memory is DuckDB's. The dataset's tables stay as they were.
 */
export async function measure({ database, sources }: Dataset, handles: StepHandles): Promise<Facts> {
  const steps = 6
  const step = (label: string, done: number) => {
    handles.signal.throwIfAborted()
    handles.progress.update(label, done, steps)
  }
  step('counting the ratings', 0)
  await createCounts(database)
  try {
    const totals = await measureTotals(database)
    step('long tails', 1)
    const [activity, popularity] = [await measureTail('eda_users', database), await measureTail('eda_movies', database)]
    step('genres and decades', 2)
    const genres = await measureGenres(database)
    const together = await measureTogether(genres, database)
    const decades = await measureDecades(database)
    step('times', 3)
    const times = await measureTimes(database)
    step('sparsity and cold start', 4)
    const sample = await measureSample(totals, database)
    const cold = {
      users: await measureBelow('eda_users', database),
      movies: await measureBelow('eda_movies', database),
    }
    step('data quality', 5)
    return {
      totals,
      histogram: await database
        .rows<ValueCount>('SELECT rating AS "value", sum(n) AS n FROM eda_cells GROUP BY 1 ORDER BY 1')
        .then(counted),
      userMeans: await measureUserMeans(database),
      activity,
      popularity,
      genres,
      together,
      times,
      decades,
      sample,
      cold,
      missing: await measureMissing(totals, database),
      oddities: await measureOddities(totals, database),
      sources,
    }
  } finally {
    for (const table of ['cells', 'movies', 'users', 'hours', 'genres'])
      await database.run(`DROP TABLE IF EXISTS eda_${table}`)
    handles.progress.update('data quality', steps, steps)
  }
}

async function createCounts(database: Database): Promise<void> {
  await database.run(`
    CREATE OR REPLACE TABLE eda_cells AS
    SELECT "movieId", rating, count(*) AS n, min("timestamp") AS first FROM ratings GROUP BY "movieId", rating`)
  await database.run(`
    CREATE OR REPLACE TABLE eda_users AS
    SELECT "userId" AS id, count(*) AS n, avg(rating) AS mean, min(rating) = max(rating) AS single,
      min("timestamp") AS first, max("timestamp") AS last
    FROM ratings GROUP BY "userId"`)
  await database.run(`
    CREATE OR REPLACE TABLE eda_movies AS
    SELECT "movieId" AS id, title, coalesce(year, 0) AS year, genres, coalesce(counts.n, 0)::BIGINT AS n, counts.first
    FROM movies LEFT JOIN (SELECT "movieId", sum(n) AS n, min(first) AS first FROM eda_cells GROUP BY 1) counts
      USING ("movieId")`)
  await database.run(`
    CREATE OR REPLACE TABLE eda_hours AS
    SELECT "timestamp" // ${HOUR} AS "hour", count(*) AS n FROM ratings GROUP BY 1`)
  await database.run(`
    CREATE OR REPLACE TABLE eda_genres AS
    SELECT DISTINCT id, genre FROM (SELECT id, unnest(genres) AS genre FROM eda_movies)`)
}

async function measureTotals(database: Database): Promise<Totals> {
  const [totals] = await database.rows<Totals>(`
    SELECT (SELECT count(*) FROM eda_users) AS users, (SELECT count(*) FROM movies) AS movies,
      (SELECT count(*) FROM eda_movies WHERE n > 0) AS "ratedMovies", (SELECT count(*) FROM ratings) AS ratings,
      (SELECT count(*) FROM tags) AS tags`)
  return totals!
}

async function measureUserMeans(database: Database): Promise<Facts['userMeans']> {
  const [{ low, high } = { low: 0, high: 0 }] = await database.rows<{ low: number; high: number }>(
    'SELECT min(rating) AS low, max(rating) AS high FROM eda_cells',
  )
  const width = (high - low) / MEAN_CLASSES || 1
  const classes = await database.rows<{ class: number; n: number }>(`
    SELECT least(floor((mean - ${low}) / ${width}), ${MEAN_CLASSES - 1})::INTEGER AS class, count(*) AS n
    FROM eda_users WHERE n >= ${LEAST_FOR_MEAN} GROUP BY 1`)
  const counts = new Map(classes.map((row) => [row.class, row.n]))
  const bins = Array.from({ length: MEAN_CLASSES }, (_, place) => ({
    value: low + (place + 0.5) * width,
    n: counts.get(place) ?? 0,
  }))
  return { least: LEAST_FOR_MEAN, bins }
}

async function measureTail(table: string, database: Database): Promise<Tail> {
  const ranked = `(SELECT n, row_number() OVER (ORDER BY n DESC, id) AS rank, count(*) OVER () AS "all" FROM ${table} WHERE n > 0)`
  const points = await database.rows<{ rank: number; n: number }>(`
    SELECT rank, n FROM ${ranked}
    QUALIFY rank = "all" OR row_number() OVER (PARTITION BY floor(log10(rank) * ${POINTS_A_DECADE}) ORDER BY rank) = 1
    ORDER BY rank`)
  const [summary] = await database.rows<Omit<Tail, 'points'>>(`
    SELECT median(n) AS median, max(n) AS most,
      (sum(n) FILTER (rank <= greatest(1, "all" // 10)))::DOUBLE / sum(n) AS "topTenth" FROM ${ranked}`)
  return { points, ...summary! }
}

async function measureGenres(database: Database): Promise<GenreFacts[]> {
  const genres = await database.rows<{ genre: string; movies: number }>(`
    SELECT genre, count(*) AS movies FROM eda_genres GROUP BY genre ORDER BY movies DESC, genre LIMIT ${MOST_GENRES}`)
  const cells = await database.rows<{ genre: string } & ValueCount>(`
    SELECT genre, rating AS "value", sum(n) AS n FROM eda_cells JOIN eda_genres ON "movieId" = id
    GROUP BY genre, rating ORDER BY genre, rating`)
  return genres.map(({ genre, movies }) => ({
    genre,
    movies,
    histogram: counted(cells.filter((cell) => cell.genre === genre)),
  }))
}

async function measureTogether(genres: readonly GenreFacts[], database: Database): Promise<number[][]> {
  const pairs = await database.rows<{ one: string; other: string; n: number }>(`
    SELECT a.genre AS one, b.genre AS other, count(*) AS n
    FROM eda_genres a JOIN eda_genres b USING (id) GROUP BY 1, 2`)
  const shared = new Map(pairs.map(({ one, other, n }) => [`${one}\n${other}`, n]))
  return genres.map(({ genre: one, movies }) =>
    genres.map(({ genre: other }) => (shared.get(`${one}\n${other}`) ?? 0) / movies),
  )
}

async function measureDecades(database: Database): Promise<DecadeFacts[]> {
  const decades = await database.rows<{ decade: number; movies: number }>(`
    SELECT year // 10 * 10 AS decade, count(*) AS movies FROM eda_movies WHERE year > 0 AND n > 0
    GROUP BY decade ORDER BY decade`)
  const cells = await database.rows<{ decade: number } & ValueCount>(`
    SELECT year // 10 * 10 AS decade, rating AS "value", sum(eda_cells.n) AS n
    FROM eda_cells JOIN eda_movies ON "movieId" = id WHERE year > 0
    GROUP BY decade, rating ORDER BY decade, rating`)
  return decades.map(({ decade, movies }) => ({
    decade,
    movies,
    histogram: counted(cells.filter((cell) => cell.decade === decade)),
  }))
}

async function measureTimes(database: Database): Promise<TimeFacts | null> {
  const [{ first, last } = { first: 0, last: 0 }] = await database.rows<{ first: number; last: number }>(
    'SELECT min(first) AS first, max(last) AS last FROM eda_users',
  )
  if (first === last) return null
  const counts = await database.rows<{ month: string; n: number }>(`
    SELECT strftime(make_timestamp("hour" * ${HOUR} * 1000000), '%Y-%m') AS "month", sum(n) AS n
    FROM eda_hours GROUP BY 1 ORDER BY 1`)
  const byMonth = new Map(counts.map(({ month, n }) => [month, Number(n)]))
  const week = Array.from({ length: 7 }, () => new Array<number>(24).fill(0))
  // 1970 began on a Thursday, the fourth day from Monday
  const cells = await database.rows<{ day: number; hour: number; n: number }>(`
    SELECT ("hour" // 24 + 3) % 7 AS "day", "hour" % 24 AS "hour", sum(n) AS n FROM eda_hours GROUP BY 1, 2`)
  for (const { day, hour, n } of cells) week[day]![hour] = Number(n)
  const busiestTenth = await database.count(`
    SELECT (sum(n) FILTER (rank <= greatest(1, "all" // 10)))::DOUBLE / sum(n)
    FROM (SELECT n, row_number() OVER (ORDER BY n DESC) AS rank, count(*) OVER () AS "all" FROM eda_hours)`)
  const isoDate = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10)
  return {
    first: isoDate(first),
    last: isoDate(last),
    months: monthsBetween(isoDate(first), isoDate(last)).map((month) => ({ month, n: byMonth.get(month) ?? 0 })),
    week,
    busiestTenth,
  }
}

function monthsBetween(first: string, last: string): string[] {
  const monthOf = (date: string) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1
  const start = monthOf(first)
  return Array.from({ length: monthOf(last) - start + 1 }, (_, step) => {
    const month = start + step
    return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`
  })
}

async function measureSample({ users, ratedMovies }: Totals, database: Database): Promise<Sample> {
  const wanted = { users: Math.min(users, SAMPLE_USERS), movies: Math.min(ratedMovies, SAMPLE_MOVIES) }
  const evenly = (table: string, size: number) => `
    SELECT id, row_number() OVER (ORDER BY rank) - 1 AS place FROM (
      SELECT id, row_number() OVER (ORDER BY n DESC, id) AS rank, count(*) OVER () AS "all" FROM ${table} WHERE n > 0
      QUALIFY (rank - 1) * ${size} // "all" <> (rank - 2) * ${size} // "all" OR rank = 1)`
  const dots = await database.rows<{ user: number; movie: number }>(`
    SELECT users.place AS "user", movies.place AS movie
    FROM ratings JOIN (${evenly('eda_users', wanted.users)}) users ON "userId" = users.id
      JOIN (${evenly('eda_movies', wanted.movies)}) movies ON "movieId" = movies.id
    ORDER BY 1, 2`)
  return { ...wanted, dots }
}

async function measureBelow(table: string, database: Database): Promise<BelowCount[]> {
  return Promise.all(
    BELOW.map(async (below) => {
      const [row] = await database.rows<{ n: number; ratingShare: number }>(`
        SELECT count(*) FILTER (n < ${below}) AS n,
          coalesce(sum(n) FILTER (n < ${below}), 0)::DOUBLE / sum(n) AS "ratingShare" FROM ${table}`)
      return { below, ...row! }
    }),
  )
}

/** DuckDB's sums of integers are wider than numbers. */
function counted(rows: readonly ValueCount[]): ValueCount[] {
  return rows.map(({ value, n }) => ({ value, n: Number(n) }))
}
