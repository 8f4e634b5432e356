import type { Database } from '../../io/database.ts'
import { DataError } from '../../io/files.ts'
import type { Staged } from '../reader.ts'

/**
 * Make the Dataset's `movies` where no source lists them: every movie that the metadata has a title of, with its
 * movieId as it stands there, else as the links give it for its tmdbId or imdbId. Title, year and genres each are those
 * of the first table that has any.
 * @param tables checked tables of kind metadata, the most trusted first
 * @param links staged table of kind links, not checked yet (what is checked needs the movies); undefined where there is none
 * @throws {DataError} when no row leads to a movie
 */
export async function moviesFromMetadata(
  tables: readonly Pick<Staged, 'table' | 'file'>[],
  links: string | undefined,
  database: Database,
): Promise<void> {
  const byId = (id: string) =>
    links === undefined
      ? 'NULL'
      : `(SELECT arg_min("movieId", rowid) FROM ${links} l WHERE l."${id}" = t."${id}" AND l."movieId" > 0)`
  const rows = tables.map(
    ({ table }, place) => `
    SELECT coalesce("movieId", ${byId('tmdbId')}, ${byId('imdbId')})::INTEGER AS "movieId", ${place} AS place, rowid AS "row",
      trim(title) AS title, year, genres FROM ${table} t`,
  )
  const first = (name: string, has: string) => `arg_min("${name}", (place, "row")) FILTER (WHERE ${has}) AS "${name}"`
  await database.run(`
    CREATE TABLE movies AS
    SELECT "movieId", title, coalesce(year, 0)::SMALLINT AS year, coalesce(genres, [])::VARCHAR[] AS genres
    FROM (SELECT "movieId", ${first('title', "title <> ''")}, ${first('year', 'year > 0')}, ${first('genres', 'len(genres) > 0')}
          FROM (${rows.join(' UNION ALL ')}) GROUP BY "movieId")
    WHERE "movieId" IS NOT NULL AND title IS NOT NULL ORDER BY "movieId"`)
  if ((await database.count('SELECT count(*) FROM movies')) > 0) return
  const files = tables.map(({ file }) => file).join(', ')
  throw new DataError(
    links === undefined
      ? `${files}: found titles by the ids of TMDB or IMDb and no links, expected links.csv to give their movieId`
      : `${files}: found no title of a movie that the links name, expected the movies that were rated`,
  )
}
