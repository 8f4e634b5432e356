import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { FeedbackEvent, FeedbackHeader } from '#core/schemas/feedback.ts'
import { exportFeedback } from '../../../build/publish/export-feedback.ts'
import type { LiveDatabase } from '../../../build/publish/live-database.ts'
import { stepHandles } from '../../helpers/step-handles.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-feedback-'))
const MIGRATIONS = join(import.meta.dirname, '../../../functions/migrations')
afterAll(() => rmSync(folder, { recursive: true }))

let sqlite: DatabaseSync
let pages: number
let database: LiveDatabase
beforeEach(() => {
  sqlite = new DatabaseSync(':memory:')
  for (const name of ['0001_live_ratings.sql', '0003_live_feedback.sql'])
    sqlite.exec(readFileSync(join(MIGRATIONS, name), 'utf8'))
  pages = 0
  database = {
    async all(sql, ...params) {
      if (sql.includes('LIMIT')) pages++
      return sqlite.prepare(sql).all(...params) as never
    },
    run: async () => {},
    close: async () => {},
  }
})

const write = (
  user: number,
  movie: number,
  kind: string,
  halfStars: number | null = null,
  until: number | null = null,
) =>
  sqlite
    .prepare(
      'INSERT INTO live_feedback (user_id, movie_id, kind, half_stars, until, updated_at) VALUES (?, ?, ?, ?, ?, 7)',
    )
    .run(user, movie, kind, halfStars, until)
const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

test('every kind of event is written as the schema has it, behind a header', async () => {
  write(1, 10, 'rated', 9)
  write(1, 20, 'unrated')
  write(2, 30, 'snoozed', null, 99)
  write(2, 40, 'liked')
  write(3, 0, 'erased')
  const file = join(folder, 'all.jsonl')
  expect(await exportFeedback(database, file, stepHandles(), 3)).toEqual({ events: 5, lastVersion: 5, newEvents: 2 })
  const [header, ...events] = linesOf(readFileSync(file, 'utf8'))
  expect(FeedbackHeader.parse(header)).toEqual({ format: 'marquee-feedback', version: 1 })
  expect(events.map((event) => FeedbackEvent.parse(event))).toEqual([
    { version: 1, userId: 1, at: 7, movieId: 10, kind: 'rated', halfStars: 9 },
    { version: 2, userId: 1, at: 7, movieId: 20, kind: 'unrated' },
    { version: 3, userId: 2, at: 7, movieId: 30, kind: 'snoozed', until: 99 },
    { version: 4, userId: 2, at: 7, movieId: 40, kind: 'liked' },
    { version: 5, userId: 3, at: 7, kind: 'erased' },
  ])
})

test('what is written while pages are read is in it too, and nothing is lost', async () => {
  sqlite.exec('BEGIN')
  for (let movie = 1; movie <= 10_001; movie++) write(1, movie, 'rated', 8)
  sqlite.exec('COMMIT')
  const { all } = database
  // rated again between the first page and the second: the old event goes, the new one comes after
  database.all = async (sql, ...params) => {
    if (pages === 1) {
      sqlite.exec('DELETE FROM live_feedback WHERE movie_id = 10001')
      write(1, 10_001, 'rated', 2)
    }
    return all(sql, ...params)
  }
  const file = join(folder, 'pages.jsonl.gz')
  const { events } = await exportFeedback(database, file, stepHandles())
  expect(events).toBe(10_001)
  const rated = linesOf(gunzipSync(readFileSync(file)).toString()).filter(({ movieId }) => movieId === 10_001)
  expect(rated.at(-1)).toMatchObject({ halfStars: 2 })
})

test('an export that fails leaves the file of before as it was', async () => {
  write(1, 10, 'rated', 9)
  const file = join(folder, 'kept.jsonl')
  await exportFeedback(database, file, stepHandles())
  const before = readFileSync(file, 'utf8')
  write(1, 20, 'rated', 9)
  database.all = async (sql) => {
    if (sql.includes('LIMIT')) throw new Error('the database is gone')
    return [{ total: 1 }] as never
  }
  await expect(exportFeedback(database, file, stepHandles())).rejects.toThrow('the database is gone')
  expect(readFileSync(file, 'utf8')).toBe(before)
  expect(existsSync(`${file}.unfinished`)).toBe(false)
})
