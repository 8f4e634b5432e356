import type { Env } from './env.ts'

/**
 * What is cleared up by the clock, without a request: the cron of wrangler.toml, once an hour. Everything here may be done
 * again, or not for a while, without an answer changing by it. Popularity does not decay here: it is part of the published
 * model, whose bytes never change, and every build weighs it by age anew.
 */

/** Rows that one statement removes at most: a long statement would hold up who wants to write. */
const ROWS_AT_ONCE = 1000
/** Statements of one task at most: what is left waits for the next hour. */
const TURNS = 50
const DAY_SECONDS = 86_400
/** An unfinished run of `marquee batch` has been given up after so long. */
const UNFINISHED_DAYS = 2
/** Exposures and events of experiments are kept so long: longer than any experiment runs. */
const EXPERIMENT_DAYS = 400

export interface ClearedUp {
  snoozes: number
  exposures: number
  events: number
  batchLists: number
}

/** @param now seconds since 1970 */
export async function clearUp({ DB, MODELS }: Pick<Env, 'DB' | 'MODELS'>, now: number): Promise<ClearedUp> {
  const lastDay = Math.floor(now / DAY_SECONDS) - EXPERIMENT_DAYS
  return {
    snoozes: await removeAll(DB, 'live_feedback', 'version', "kind = 'snoozed' AND until <= ?1", [now]),
    exposures: await removeAll(DB, 'experiment_exposures', 'experiment, unit, arm, day', 'day < ?1', [lastDay]),
    events: await removeAll(DB, 'experiment_events', 'experiment, unit, day, kind, movie_id', 'day < ?1', [lastDay]),
    batchLists: await removeBatchLists(DB, MODELS, now),
  }
}

/** A snooze that is over says nothing any more (functions/core/feedback/fold.ts), nor is it there to be undone. */
async function removeAll(
  database: D1Database,
  table: string,
  key: string,
  where: string,
  values: (string | number)[],
): Promise<number> {
  const statement = database
    .prepare(
      `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE ${where} LIMIT ${ROWS_AT_ONCE})`,
    )
    .bind(...values)
  let removed = 0
  for (let turn = 0; turn < TURNS; turn++) {
    const { meta } = await statement.run()
    removed += meta.changes
    if (meta.changes < ROWS_AT_ONCE) break
  }
  return removed
}

/**
 * Lists of models that are gone from the bucket, of runs that were given up, and of a model before the latest that is whole.
 * That one stays while its model does.
 */
async function removeBatchLists(database: D1Database, bucket: R2Bucket, now: number): Promise<number> {
  const { results: runs } = await database
    .prepare('SELECT model_id, started_at, completed_at FROM batch_runs ORDER BY completed_at DESC')
    .all<{ model_id: string; started_at: number; completed_at: number | null }>()
  const latest = runs.find(({ completed_at }) => completed_at !== null)
  let removed = 0
  for (const { model_id, started_at, completed_at } of runs) {
    const isOver =
      completed_at === null
        ? started_at < now - UNFINISHED_DAYS * DAY_SECONDS
        : model_id !== latest!.model_id || (await bucket.head(`models/${model_id}/manifest.json`)) === null
    if (!isOver) continue
    const gone = await removeAll(database, 'batch_lists', 'user_id, model_id', 'model_id = ?1', [model_id])
    removed += gone
    // lists may be left for the next hour
    if (gone < TURNS * ROWS_AT_ONCE)
      await database.prepare('DELETE FROM batch_runs WHERE model_id = ?1').bind(model_id).run()
  }
  return removed
}

/** The cron's handler; what fails is logged, and tried again in an hour. */
export async function scheduled({ scheduledTime }: ScheduledController, env: Env): Promise<void> {
  try {
    const cleared = await clearUp(env, Math.floor(scheduledTime / 1000))
    console.log(JSON.stringify({ event: 'cleared up', ...cleared }))
  } catch (error) {
    console.error(JSON.stringify({ event: 'not cleared up', error: String(error) }))
    throw error
  }
}
