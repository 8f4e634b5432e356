import { encodeMovieIds } from '#core/batch-list.ts'
import type { StepHandles } from '../io/handles.ts'
import type { BatchLists } from './index.ts'

/** Lists of one statement: 100 KB of SQL is what D1 takes, and 50 movies are about 200 characters. */
const MAX_SQL_CHARACTERS = 90_000
/** Statements of one transaction. */
const STATEMENTS = 2
/** Rows looked through at a time when the old lists go. */
const REMOVED_AT_ONCE = 2000

/** What is used of the live database (build/publish/live-database.ts). */
export interface ListDatabase {
  all<Row>(sql: string, ...params: (string | number | null)[]): Promise<Row[]>
  run(statements: { sql: string; params?: (string | number | null)[] }[]): Promise<void>
}

export interface StoredLists {
  stored: number
  /** lists of models before */
  removed: number
}

/**
 * Put all lists where the Worker finds them. Those of the model before stay, and are answered, until all of these are there;
 * only then they go. Stopped anywhere, it begins anew and ends the same. Who was erased gets none.
 */
export async function storeLists(
  lists: BatchLists,
  database: ListDatabase,
  handles: StepHandles,
  now: () => number = () => Math.floor(Date.now() / 1000),
): Promise<StoredLists> {
  const { modelId, users } = lists
  await database.run([
    {
      sql: 'INSERT INTO batch_runs (model_id, users, started_at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET users = excluded.users, started_at = excluded.started_at',
      params: [modelId, users, now()],
    },
  ])
  let stored = 0
  let statements: { sql: string }[] = []
  const send = async () => {
    handles.signal.throwIfAborted()
    await database.run(statements)
    statements = []
    handles.progress.update('store lists', stored, users)
  }
  for (const { sql, rows } of insertsOf(lists)) {
    statements.push({ sql })
    stored += rows
    if (statements.length === STATEMENTS) await send()
  }
  await send()
  await database.run([
    { sql: "DELETE FROM batch_lists WHERE user_id IN (SELECT user_id FROM live_feedback WHERE kind = 'erased')" },
    { sql: 'UPDATE batch_runs SET completed_at = ? WHERE model_id = ?', params: [now(), modelId] },
  ])
  return { stored, removed: await removeOthers(modelId, database, handles.signal) }
}

/** One statement after the other, none longer than may be. */
function* insertsOf({ modelId, k, read }: BatchLists): Generator<{ sql: string; rows: number }> {
  const head = 'INSERT OR REPLACE INTO batch_lists (user_id, model_id, movie_ids) VALUES '
  let values: string[] = []
  let characters = 0
  const flush = () => {
    const statement = { sql: `${head}${values.join(',')}`, rows: values.length }
    values = []
    characters = 0
    return statement
  }
  for (const { userIds, movieIds } of read())
    for (const [user, userId] of userIds.entries()) {
      const own = movieIds.subarray(user * k, (user + 1) * k).filter((movieId) => movieId > 0)
      // digits and base64url: nothing in it could end the literal
      const value = `(${userId},'${modelId}','${encodeMovieIds(own)}')`
      if (characters + value.length > MAX_SQL_CHARACTERS) yield flush()
      values.push(value)
      characters += value.length + 1
    }
  if (values.length > 0) yield flush()
}

/** By ranges of users, in the order of the primary key: no statement looks at more than it may remove. */
async function removeOthers(modelId: string, database: ListDatabase, signal: AbortSignal): Promise<number> {
  let removed = 0
  for (let from = 0; ; ) {
    signal.throwIfAborted()
    const [range] = await database.all<{ last: number | null; others: number }>(
      `SELECT max(user_id) AS last, coalesce(sum(model_id <> ?1), 0) AS others
       FROM (SELECT user_id, model_id FROM batch_lists WHERE user_id > ?2 ORDER BY user_id LIMIT ${REMOVED_AT_ONCE})`,
      modelId,
      from,
    )
    const last = range?.last ?? null
    if (last === null) break
    if (range!.others > 0)
      await database.run([
        {
          sql: 'DELETE FROM batch_lists WHERE model_id <> ? AND user_id > ? AND user_id <= ?',
          params: [modelId, from, last],
        },
      ])
    removed += range!.others
    from = last
  }
  await database.run([{ sql: 'DELETE FROM batch_runs WHERE model_id <> ?', params: [modelId] }])
  return removed
}
