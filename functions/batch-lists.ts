import { decodeMovieIds } from '#core/batch-list.ts'
import type { RequestLog } from './context.ts'
import { within } from './within.ts'

/** Longest wait for the database: who waits here has waited already. */
const READ_MS = 1000

/** A list that was computed beforehand. */
export interface BatchList {
  /** build that made it */
  modelId: string
  /** best first */
  movieIds: number[]
}

interface Row {
  model_id: string
  movie_ids: string
}

/** The user's list of the latest model whose lists are all there; null where there is none. */
export async function readBatchList(database: D1Database, userId: number): Promise<BatchList | null> {
  const row = await database
    .prepare(
      `SELECT model_id, movie_ids FROM batch_lists JOIN batch_runs USING (model_id)
       WHERE user_id = ?1 AND completed_at IS NOT NULL ORDER BY completed_at DESC LIMIT 1`,
    )
    .bind(userId)
    .first<Row>()
  const movieIds = row && decodeMovieIds(row.movie_ids)
  return movieIds && { modelId: row.model_id, movieIds }
}

/** The same as something that may be done without: one that cannot be read, or not in time, is as none. */
export async function findBatchList(database: D1Database, userId: number, log: RequestLog): Promise<BatchList | null> {
  return within(READ_MS, readBatchList(database, userId)).catch((error: unknown) => {
    log({ event: 'batch list not read', reason: String(error) })
    return null
  })
}
