import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

const MODEL = '0000000000000001'
const GONE = '00000000000000ff'
const DAY = 86_400
const NOW = 1_800_000_000
let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker()
  await worker.publish(MODEL)
}, 30_000)
afterAll(() => worker.stop())

const cron = (seconds: number) => worker.runCron(new Date(seconds * 1000))
async function rows(sql: string): Promise<unknown[][]> {
  return (await (await worker.getD1()).prepare(sql).raw()) as unknown[][]
}
async function run(...statements: string[]): Promise<void> {
  const database = await worker.getD1()
  for (const sql of statements) await database.prepare(sql).run()
}

test('snoozes that are over go, others and what else was said stay', async () => {
  await run(
    `INSERT INTO live_feedback (user_id, movie_id, kind, until, updated_at) VALUES
       (1, 10, 'snoozed', ${NOW - 1}, 5), (1, 20, 'snoozed', ${NOW + 1}, 5), (1, 30, 'seen', NULL, 5)`,
  )
  expect(await cron(NOW)).toBe('ok')
  expect(await rows('SELECT movie_id FROM live_feedback ORDER BY movie_id')).toEqual([[20], [30]])
})

test('more than one statement removes go too', async () => {
  const many = Array.from({ length: 1500 }, (_, at) => `(${at + 1}, 10, 'snoozed', 5, 5)`)
  await run(`INSERT INTO live_feedback (user_id, movie_id, kind, until, updated_at) VALUES ${many.join(',')}`)
  await cron(NOW)
  expect(await rows("SELECT count(*) FROM live_feedback WHERE kind = 'snoozed' AND until = 5")).toEqual([[0]])
})

test('exposures and events of more than 400 days ago go', async () => {
  const today = Math.floor(NOW / DAY)
  const exposure = (day: number) =>
    `INSERT INTO experiment_exposures (experiment, arm, unit, day, exposed_at) VALUES ('a', 'b', 'u1', ${day}, 5)`
  const event = (day: number) =>
    `INSERT INTO experiment_events (experiment, unit, kind, movie_id, day, at) VALUES ('a', 'u1', 'play', 10, ${day}, 5)`
  await run(exposure(today - 401), exposure(today - 399), event(today - 401), event(today - 399))
  await cron(NOW)
  expect(await rows('SELECT day FROM experiment_exposures')).toEqual([[today - 399]])
  expect(await rows('SELECT day FROM experiment_events')).toEqual([[today - 399]])
})

test('of batch lists those of the latest whole run stay, while its model is in the bucket', async () => {
  const begin = (model: string, startedAt: number, completedAt: number | null) => [
    `INSERT INTO batch_runs (model_id, users, started_at, completed_at) VALUES ('${model}', 1, ${startedAt}, ${completedAt})`,
    `INSERT INTO batch_lists (user_id, model_id, movie_ids) VALUES (1, '${model}', 'Cg')`,
  ]
  const kept = () => rows('SELECT model_id FROM batch_lists JOIN batch_runs USING (model_id) ORDER BY model_id')
  await run(
    ...begin(MODEL, NOW - 9 * DAY, NOW - 9 * DAY),
    ...begin('0000000000000002', NOW - 20 * DAY, NOW - 20 * DAY),
    ...begin('0000000000000003', NOW - 3 * DAY, null),
    ...begin('0000000000000004', NOW - DAY, null),
  )
  await cron(NOW)
  expect(await kept()).toEqual([[MODEL], ['0000000000000004']])

  await run(...begin(GONE, NOW, NOW))
  await cron(NOW)
  expect(await kept()).toEqual([['0000000000000004']])
})

test('a database that fails fails the run, which is logged', async () => {
  await run('ALTER TABLE live_feedback RENAME TO elsewhere')
  expect(await cron(NOW)).not.toBe('ok')
  await run('ALTER TABLE elsewhere RENAME TO live_feedback')
})
