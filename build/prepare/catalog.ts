import type { Database } from '../io/database.ts'
import type { Catalog, LocalTitle, MovieText } from '../nouns.ts'
import { createKeywords } from './keywords.ts'

/** Columns of the catalogue table, texts never NULL. */
interface MovieRow extends MovieText {
  movieId: number
  title: string
  year: number
  genres: string[]
  imdbId: number
  tmdbId: number
  runtime: number
  language: string
}

/**
 * Join movies, links, metadata and keywords by movieId into the table `catalog`, and read it.
 * `catalog."itemIndex"` is the movie's dense row, in the order of movieId.
 */
export async function createCatalog(minTags: number, database: Database): Promise<Catalog> {
  await createKeywords(minTags, database)
  await database.run(`
    CREATE OR REPLACE TABLE catalog AS
    SELECT (row_number() OVER (ORDER BY "movieId") - 1)::INTEGER AS "itemIndex", "movieId", title, year, genres,
      coalesce("imdbId", 0) AS "imdbId", coalesce("tmdbId", 0) AS "tmdbId", coalesce(runtime, 0)::SMALLINT AS runtime,
      coalesce(regexp_extract(lower(trim(language)), '^[a-z]{2,3}$'), '') AS language,
      coalesce(overview, '') AS overview, coalesce(tagline, '') AS tagline, coalesce(k.keywords, []) AS keywords,
      coalesce("cast", []) AS "cast", coalesce(directors, []) AS directors, coalesce(poster, '') AS poster,
      coalesce(source, '') AS source
    FROM movies LEFT JOIN links USING ("movieId") LEFT JOIN metadata USING ("movieId")
      LEFT JOIN keywords k USING ("movieId")
    ORDER BY "movieId"`)
  const rows = await database.rows<MovieRow>('SELECT * FROM catalog ORDER BY "itemIndex"')
  const localTitles = await database.rows<LocalTitle>(`
    SELECT "itemIndex", l.language, l.title FROM local_titles l JOIN catalog USING ("movieId")
    ORDER BY "itemIndex", l.language, position`)
  return {
    movieIds: Int32Array.from(rows, (row) => row.movieId),
    titles: rows.map((row) => row.title),
    years: Int16Array.from(rows, (row) => row.year),
    genres: rows.map((row) => row.genres),
    imdbIds: Int32Array.from(rows, (row) => row.imdbId),
    tmdbIds: Int32Array.from(rows, (row) => row.tmdbId),
    runtimes: Int16Array.from(rows, (row) => row.runtime),
    ...(rows.some(({ language }) => language !== '') && { languages: rows.map(({ language }) => language) }),
    ...(localTitles.length > 0 && { localTitles }),
    texts: rows.map(({ overview, tagline, keywords, cast, directors, poster, source }) => ({
      ...{ overview, tagline, keywords, cast, directors, poster, source },
    })),
  }
}
