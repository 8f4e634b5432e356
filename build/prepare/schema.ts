/**
 * The Parquet tables that prepare writes: each table's columns in their order, with DuckDB's type and what they mean.
 * Writer and tests are held to it, and a reader of the tables needs nothing else.
 *
 * What would tell of the ratings that a model is judged on is computed without them: everything about users is from
 * their train ratings, or from what they tell (foldIn) when they are held out; everything about movies from the train
 * ratings alone. Texts, genres and years are known of a movie before anyone rates it. NULL: nothing is known.
 *
 * | table               | one row                                  | in the order of             |
 * |---------------------|------------------------------------------|-----------------------------|
 * | ratings             | a rating                                 | userId, timestamp, movieId  |
 * | interactions        | a rating, the same one as in ratings     | userId, timestamp, movieId  |
 * | movies              | a movie                                  | movieId                     |
 * | movies_metadata     | a movie with a text, runtime or poster   | movieId                     |
 * | movies_local_titles | a movie's title in another language      | movieId, language, position |
 * | movies_cast_crew    | a name in a movie's cast or direction    | movieId, role, position     |
 * | user_features       | a user                                   | userId                      |
 * | movie_features      | a movie                                  | movieId                     |
 * | user_ids            | a user of own data whose id was numbered | userId                      |
 * | item_ids            | an item of such data                     | movieId                     |
 */
export type TableName = keyof typeof TABLES

type Column = readonly [type: string, meaning: string]

const userId: Column = ['INTEGER', 'id of the user in the source']
const movieId: Column = ['INTEGER', 'id of the movie in the source']
const rating: Column = ['FLOAT', 'stars']
const part: Column = ['UTINYINT', '0 history only, 1 train, 2 validation, 3 test, 4 fold-in of a held-out user']

export const TABLES = {
  ratings: {
    userId,
    movieId,
    rating,
    timestamp: ['BIGINT', 'seconds since 1970, UTC'],
    part,
  },
  interactions: {
    userId,
    movieId,
    rating,
    zRating: [
      'FLOAT',
      '(rating − meanRating) / stdRating of the user_features; rating − meanRating where the std is 0',
    ],
    dayOfWeek: ['UTINYINT', '1 Monday to 7 Sunday, UTC'],
    hour: ['UTINYINT', '0 to 23, UTC'],
    part,
  },
  movies: {
    movieId,
    title: ['VARCHAR', 'without the year'],
    year: ['SMALLINT', 'of the first release; 0 where unknown'],
    genres: ['VARCHAR[]', 'as the source has them'],
    imdbId: ['INTEGER', '0 where unknown'],
    tmdbId: ['INTEGER', '0 where unknown'],
  },
  movies_metadata: {
    movieId,
    overview: ['VARCHAR', 'empty where unknown'],
    tagline: ['VARCHAR', 'empty where unknown'],
    keywords: ['VARCHAR[]', 'of the metadata, then tags of at least data.minTags users'],
    runtime: ['SMALLINT', 'minutes; 0 where unknown'],
    poster: ['VARCHAR', 'address of a picture; empty where unknown'],
    source: ['VARCHAR', 'address of the page that the overview is from; empty where unknown'],
  },
  movies_local_titles: {
    movieId,
    language: ['VARCHAR', 'ISO 639 code'],
    position: ['INTEGER', 'the title that is shown has 0, others that the movie is known by come after it'],
    title: ['VARCHAR', 'as the source has it'],
  },
  movies_cast_crew: {
    movieId,
    role: ['VARCHAR', 'cast or director'],
    position: ['INTEGER', 'place in the billing, from 0'],
    name: ['VARCHAR', 'as the source has it'],
  },
  user_features: {
    userId,
    ratings: ['INTEGER', 'how many are known: in train, or told by a held-out user; all below are from these'],
    meanRating: ['FLOAT', 'stars'],
    stdRating: ['FLOAT', 'standard deviation in stars, divided by the number of ratings; 0 for a single one'],
    topGenres: ['VARCHAR[]', 'at most 3, those of most of the rated movies first, equal ones by name'],
    ratingsPerActiveDay: ['FLOAT', 'velocity: ratings by days (UTC) with at least one'],
    daysSinceLast: ['FLOAT', 'recency: from the last known rating to the newest of all data'],
    ratingRange: ['FLOAT', 'highest less lowest, in stars'],
  },
  movie_features: {
    movieId,
    ratings: ['INTEGER', 'how many are in train; those below but for genres and year are from these'],
    logPopularity: ['FLOAT', 'ln(1 + ratings)'],
    meanRating: ['FLOAT', 'stars'],
    stdRating: ['FLOAT', 'standard deviation in stars, divided by the number of ratings; 0 for a single one'],
    genreVector: ['UTINYINT[]', '1 where the movie is of the genre, for each genre of statistics.json in its order'],
    year: ['SMALLINT', 'of the first release; 0 where unknown'],
    volumeTrend: [
      'FLOAT',
      'ln((1 + recent) / (1 + old)): ratings after and until the median time of train; 0 keeps its share; NULL without times',
    ],
    ratingTrend: [
      'FLOAT',
      'mean of the recent ratings less mean of the old ones, in stars; NULL unless there are both',
    ],
  },
  user_ids: { userId, id: ['VARCHAR', 'as the file has it; no rows where ids are kept as they are'] },
  item_ids: { movieId, id: ['VARCHAR', 'as the file has it; no rows where ids are kept as they are'] },
} as const satisfies Record<string, Record<string, Column>>

/** Name → type of a table's columns, in their order. */
export function columnsOf(table: TableName): Record<string, string> {
  return Object.fromEntries(Object.entries(TABLES[table]).map(([name, [type]]) => [name, type]))
}
