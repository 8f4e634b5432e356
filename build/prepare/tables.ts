import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../io/database.ts'
import type { Prepared } from '../nouns.ts'

/**
 * The Parquet tables, each in the order of its key:
 *   ratings            userId, movieId, rating, timestamp, part (0 history only, 1 train, 2 validation, 3 test)
 *   movies             movieId, title, year, genres, imdbId, tmdbId (0 where unknown)
 *   movies_metadata    movieId, overview, tagline, keywords, runtime, poster, source; movies that have any of them
 *   movies_cast_crew   movieId, role (cast or director), position from 0, name
 */
const TABLES: Record<string, string> = {
  ratings: `SELECT "userId", "movieId", rating, "timestamp", part FROM ordered_ratings POSITIONAL JOIN parts`,
  movies: `SELECT "movieId", title, year, genres, "imdbId", "tmdbId" FROM catalog ORDER BY "movieId"`,
  movies_metadata: `
    SELECT "movieId", overview, tagline, keywords, runtime, poster, source FROM catalog
    WHERE overview <> '' OR tagline <> '' OR len(keywords) > 0 OR runtime > 0 OR poster <> '' ORDER BY "movieId"`,
  movies_cast_crew: `
    SELECT "movieId", role, position, name FROM (
      SELECT "movieId", 'cast' AS role, unnest(range(len("cast")))::INTEGER AS position, unnest("cast") AS name FROM catalog
      UNION ALL
      SELECT "movieId", 'director', unnest(range(len(directors)))::INTEGER, unnest(directors) FROM catalog)
    ORDER BY "movieId", role, position`,
}

/**
 * Write the tables into a folder beside `outputDir`, which takes its place when all are there: an interruption
 * leaves the earlier tables as they were.
 * @param parts a Part for each row of `ordered_ratings`
 */
export async function writeTables(
  parts: Uint8Array,
  outputDir: string,
  database: Database,
): Promise<Prepared['tables']> {
  await database.run('CREATE OR REPLACE TABLE parts (part UTINYINT)')
  await database.append('parts', [parts])
  const unfinished = `${outputDir}.unfinished`
  const previous = `${outputDir}.previous`
  // an interruption between the two renames below left the earlier tables here
  await rename(previous, outputDir).catch(unlessMissingOrFull)
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true })
  const tables: Prepared['tables'] = []
  try {
    for (const [name, query] of Object.entries(TABLES))
      tables.push({ name, ...(await database.writeParquet(query, join(unfinished, `${name}.parquet`))) })
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    throw error
  }
  // a folder cannot be renamed onto one that has files, so the old one steps aside first
  await rm(previous, { recursive: true, force: true })
  await rename(outputDir, previous).catch(unlessMissingOrFull)
  await rename(unfinished, outputDir)
  await rm(previous, { recursive: true, force: true })
  return tables
}

/** Nothing to rename, or the target is there already. */
function unlessMissingOrFull(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY') throw error
}
