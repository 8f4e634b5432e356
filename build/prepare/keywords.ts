import type { Database } from '../io/database.ts'

/**
 * `keywords(movieId, keywords VARCHAR[])`: the metadata's keywords in their order, then the tags that at least
 * `minTags` different users gave the movie, in alphabetical order. All lower-cased and trimmed, each once.
 */
export async function createKeywords(minTags: number, database: Database): Promise<void> {
  await database.run(
    `
    CREATE OR REPLACE TABLE keywords AS
    WITH given AS (
      SELECT "movieId", unnest(keywords) AS keyword, unnest(range(len(keywords)))::DOUBLE AS place FROM metadata
      UNION ALL
      SELECT "movieId", lower(trim(tag)) AS keyword, 'Infinity'::DOUBLE AS place FROM tags
      GROUP BY "movieId", lower(trim(tag)) HAVING count(DISTINCT "userId") >= $minTags
    ), spelled AS (
      SELECT "movieId", lower(trim(keyword)) AS keyword, min(place) AS place FROM given
      GROUP BY "movieId", lower(trim(keyword))
    )
    SELECT "movieId", list(keyword ORDER BY place, keyword) AS keywords FROM spelled WHERE keyword <> ''
    GROUP BY "movieId" ORDER BY "movieId"`,
    { minTags },
  )
}
