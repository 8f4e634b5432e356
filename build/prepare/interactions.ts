import type { Database } from '../io/database.ts'
import type { Interactions } from '../nouns.ts'

/**
 * All ratings as CSR over users, in the order of user and time; of one time, in the order of the source, which is that
 * of entering them where a log wrote it. `parts` are still zero. 17 bytes a rating in memory, 4 more on the way. The same
 * order stays as the table `ordered_ratings`, 20 bytes a rating, for the Parquet files.
 */
export async function readInteractions(database: Database): Promise<Interactions> {
  // narrow before the sort, which has to hold every row
  await database.run(`
    CREATE OR REPLACE TABLE ordered_ratings AS
    SELECT * EXCLUDE (row) FROM (
      SELECT "userId", "movieId", "itemIndex", rating::FLOAT AS rating, "timestamp"::UINTEGER AS "timestamp",
        ratings.rowid AS row
      FROM ratings JOIN catalog USING ("movieId"))
    ORDER BY "userId", "timestamp", row`)
  const numRatings = await database.count('SELECT count(*) FROM ordered_ratings')
  const { userId, itemIndex, rating, timestamp } = await database.columns(
    'SELECT "userId", "itemIndex", rating, "timestamp" FROM ordered_ratings',
    { userId: Int32Array, itemIndex: Int32Array, rating: Float32Array, timestamp: Uint32Array },
    numRatings,
  )
  const userIds: number[] = []
  const starts: number[] = []
  for (let entry = 0; entry < numRatings; entry++) {
    if (entry > 0 && userId[entry] === userId[entry - 1]) continue
    userIds.push(userId[entry])
    starts.push(entry)
  }
  return {
    userIds: Int32Array.from(userIds),
    indptr: Uint32Array.from([...starts, numRatings]),
    itemIndices: itemIndex,
    ratings: rating,
    timestamps: timestamp,
    parts: new Uint8Array(numRatings),
  }
}
