import type { Database } from '../io/database.ts'
import { quote } from '../io/database.ts'
import type { Catalog, Interactions, TableReport } from '../nouns.ts'
import { genresOf, movieFeatures, userFeatures, zRatings } from './features.ts'
import { replaceFolder } from './replace-folder.ts'
import { columnsOf, TABLES, type TableName } from './schema.ts'

/** ratings whose columns are handed to DuckDB at once: a few MB */
const SLICE = 1 << 20
/** tables that the queries below read and that are gone when prepare is done */
const SCRATCH = ['ordered_ratings', 'marks', 'users_described', 'movies_described'] as const
/** a row of `marks` for each of `ordered_ratings`: no join by value, the order holds */
const RATED = 'FROM ordered_ratings POSITIONAL JOIN marks'

/** What each table of schema.ts holds, over the catalogue, the ordered ratings and the tables that `stage` fills. */
function queries(genres: string[]): Record<TableName, string> {
  return {
    ratings: `SELECT "userId", "movieId", rating, "timestamp"::BIGINT AS "timestamp", part ${RATED}`,
    interactions: `
      SELECT "userId", "movieId", rating, ${known('zRating')},
        -- the first day of 1970 was a Thursday
        (("timestamp" // 86400 + 3) % 7 + 1)::UTINYINT AS "dayOfWeek",
        ("timestamp" % 86400 // 3600)::UTINYINT AS hour, part ${RATED}`,
    movies: `SELECT "movieId", title, year, genres, "imdbId", "tmdbId" FROM catalog ORDER BY "movieId"`,
    movies_metadata: `
      SELECT "movieId", overview, tagline, keywords, runtime, poster, source FROM catalog
      WHERE overview <> '' OR tagline <> '' OR len(keywords) > 0 OR runtime > 0 OR poster <> '' ORDER BY "movieId"`,
    movies_local_titles: `
      SELECT "movieId", language, position, title FROM local_titles JOIN (SELECT "movieId" FROM catalog) USING ("movieId")
      ORDER BY "movieId", language, position`,
    movies_cast_crew: `
      SELECT "movieId", role, position, name FROM (
        SELECT "movieId", 'cast' AS role, unnest(range(len("cast")))::INTEGER AS position, unnest("cast") AS name FROM catalog
        UNION ALL
        SELECT "movieId", 'director', unnest(range(len(directors)))::INTEGER, unnest(directors) FROM catalog)
      ORDER BY "movieId", role, position`,
    user_features: `
      SELECT "userId", ratings, ${known('meanRating')}, ${known('stdRating')}, "topGenres",
        ${known('ratingsPerActiveDay')}, ${known('daysSinceLast')}, ${known('ratingRange')}
      FROM users_described ORDER BY "userId"`,
    movie_features: `
      SELECT "movieId", ratings, "logPopularity", ${known('meanRating')}, ${known('stdRating')},
        list_transform([${genres.map(quote).join(', ')}]::VARCHAR[],
          lambda genre: list_contains(genres, genre)::UTINYINT) AS "genreVector",
        year, ${known('volumeTrend')}, ${known('ratingTrend')}
      FROM catalog JOIN movies_described USING ("itemIndex") ORDER BY "movieId"`,
    user_ids: `SELECT "userId", id FROM user_ids ORDER BY "userId"`,
    item_ids: `SELECT "movieId", id FROM item_ids ORDER BY "movieId"`,
  }
}

/**
 * Write every table of schema.ts as Parquet, and what `describe` makes of them as statistics.json. The folder takes the
 * place of `outputDir` when all are there: an interruption leaves the earlier tables as they were.
 */
export async function writeTables<Statistics>(
  { catalog, interactions }: { catalog: Catalog; interactions: Interactions },
  outputDir: string,
  database: Database,
  describe: (tables: TableReport[]) => Statistics,
  signal: AbortSignal,
): Promise<Statistics> {
  await stage(catalog, interactions, database)
  const sql = queries(genresOf(catalog))
  const statistics = await replaceFolder(outputDir, async (file) => {
    const tables: TableReport[] = []
    for (const name of Object.keys(TABLES) as TableName[]) {
      signal.throwIfAborted()
      const written = await database.writeParquet(sql[name], file(`${name}.parquet`))
      tables.push({ name, ...written, columns: columnsOf(name) })
    }
    return describe(tables)
  })
  for (const table of SCRATCH) await database.run(`DROP TABLE ${table}`)
  return statistics
}

/** Hand the typed arrays to DuckDB, in the order that the rows are to have. */
async function stage(catalog: Catalog, interactions: Interactions, database: Database): Promise<void> {
  const users = userFeatures(interactions, catalog)
  const movies = movieFeatures(interactions, catalog.movieIds.length)
  const itemIndex = Int32Array.from(catalog.movieIds, (_, item) => item)
  await fill(database, 'users_described', { userId: interactions.userIds, ...users })
  await fill(database, 'movies_described', { itemIndex, ...movies })

  const { indptr, ratings, parts } = interactions
  const ofEntry = new Int32Array(SLICE)
  const z = new Float32Array(SLICE)
  let user = 0
  for (let start = 0; start < parts.length; start += SLICE) {
    const end = Math.min(parts.length, start + SLICE)
    for (let entry = start; entry < end; entry++) {
      while (indptr[user + 1] <= entry) user++
      ofEntry[entry - start] = user
    }
    const zRating = zRatings(ratings.subarray(start, end), ofEntry, users, z).subarray(0, end - start)
    await fill(database, 'marks', { part: parts.subarray(start, end), zRating }, start === 0)
  }
}

type Values = Int32Array | Float32Array | Uint8Array | string[][]

async function fill(
  database: Database,
  table: (typeof SCRATCH)[number],
  columns: Record<string, Values>,
  create = true,
): Promise<void> {
  const types = Object.entries(columns).map(([name, values]) => `"${name}" ${typeOf(values)}`)
  if (create) await database.run(`CREATE OR REPLACE TABLE ${table} (${types.join(', ')})`)
  await database.append(table, Object.values(columns))
}

function typeOf(values: Values): string {
  if (values instanceof Int32Array) return 'INTEGER'
  if (values instanceof Float32Array) return 'FLOAT'
  return values instanceof Uint8Array ? 'UTINYINT' : 'VARCHAR[]'
}

/** Where nothing is known the kernels have NaN, and the tables NULL. */
function known(column: string): string {
  return `nullif("${column}", 'NaN'::FLOAT) AS "${column}"`
}
