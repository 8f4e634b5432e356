import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type LiveDatabase, openLiveDatabase } from '../../../build/publish/live-database.ts'

const folder = mkdtempSync(join(tmpdir(), 'marquee-live-'))
afterAll(() => rmSync(folder, { recursive: true }))

const INSERT = 'INSERT INTO live_feedback (user_id, movie_id, kind, half_stars, updated_at) VALUES (?, ?, ?, ?, ?)'
const rated = (user: number, movie: number) => ({ sql: INSERT, params: [user, movie, 'rated', 8, 1_700_000_000] })
const broken = { sql: INSERT, params: [1, 1, 'adored', null, 1_700_000_000] }

/** What every door must hold to, on an empty table live_feedback. */
async function behavesAsPromised(database: LiveDatabase): Promise<void> {
  await database.run([rated(1, 10), rated(2, 20)])
  await expect(database.run([rated(3, 30), broken])).rejects.toThrow(/CHECK/)
  const rows = await database.all<{ user_id: number; movie_id: number }>(
    'SELECT user_id, movie_id FROM live_feedback WHERE user_id >= ? ORDER BY version',
    1,
  )
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { user_id: 1, movie_id: 10 },
    { user_id: 2, movie_id: 20 },
  ])
  await database.run([])
}

test('the local D1 is migrated, and writes all statements or none', async () => {
  const database = await openLiveDatabase({ target: 'local', stateDir: join(folder, 'state') })
  await behavesAsPromised(database)
  await database.close()
})

describe('the file of npm run serve', () => {
  test('is written to in transactions', async () => {
    const served = join(folder, 'served')
    mkdirSync(join(served, 'database/marquee'), { recursive: true })
    const made = new DatabaseSync(join(served, 'database/marquee/0123.sqlite'))
    made.exec(`CREATE TABLE live_feedback (version INTEGER PRIMARY KEY, user_id INTEGER, movie_id INTEGER,
      kind TEXT CHECK (kind = 'rated'), half_stars INTEGER, updated_at INTEGER)`)
    made.close()
    // workerd's own, beside it
    new DatabaseSync(join(served, 'database/marquee/metadata.sqlite')).close()
    const database = await openLiveDatabase({ target: served })
    await behavesAsPromised(database)
    await database.close()
  })

  test('is made where no request has made it yet, under the name that workerd gives it', async () => {
    const served = join(folder, 'fresh')
    mkdirSync(served)
    const database = await openLiveDatabase({ target: served })
    await behavesAsPromised(database)
    await database.close()
    // of a Durable Object "marquee" in a namespace "marquee", as a workerd has made it
    const [name] = readdirSync(join(served, 'database/marquee'))
    expect(name).toBe('355d789fafab18ad71561ab7802a2108b739e04a61cb9e02a168124e653a51c8.sqlite')
    const again = await openLiveDatabase({ target: served })
    const [{ applied }] = (await again.all<{ applied: number }>('SELECT COUNT(*) AS applied FROM d1_migrations')) as [
      { applied: number },
    ]
    expect(applied).toBe(readdirSync('functions/migrations').length)
    expect(await again.all('SELECT user_id FROM live_feedback')).toHaveLength(2)
    await again.close()
  })

  test('that lacks a migration is said to', async () => {
    const old = join(folder, 'old')
    mkdirSync(join(old, 'database'), { recursive: true })
    new DatabaseSync(join(old, 'database/ab.sqlite')).exec('PRAGMA user_version = 1')
    const database = await openLiveDatabase({ target: old })
    await expect(database.all('SELECT * FROM live_feedback')).rejects.toThrow(
      'no such table: live_feedback; the database is older than this code: its server migrates it when it starts',
    )
    await database.close()
  })

  test('needs the folder of a server, and is the only one there', async () => {
    const missing = join(folder, 'elsewhere')
    await expect(openLiveDatabase({ target: missing })).rejects.toThrow(/elsewhere: no such folder; expected local/)
    const two = join(folder, 'two')
    mkdirSync(join(two, 'database'), { recursive: true })
    for (const name of ['ab', 'cd'])
      new DatabaseSync(join(two, 'database', `${name}.sqlite`)).exec('PRAGMA user_version = 1')
    await expect(openLiveDatabase({ target: two })).rejects.toThrow(
      /two\/database: found 2 SQLite files, expected the one/,
    )
  })
})

describe("Cloudflare's D1", () => {
  type Sent = { url: string; authorization: string | undefined; body: unknown }
  const asked: Sent[] = []
  let answers: [status: number, body: string][] = []
  let server: Server
  let env: Record<string, string>
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const { url = '', headers } = request
      asked.push({ url, authorization: headers.authorization, body: JSON.parse(Buffer.concat(chunks).toString()) })
      const [status, body] = answers.length > 1 ? answers.shift()! : answers[0]!
      if (status === 0) response.destroy()
      else response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    env = {
      CLOUDFLARE_ACCOUNT_ID: 'acc',
      CLOUDFLARE_API_TOKEN: 'the-token',
      CLOUDFLARE_D1_DATABASE_ID: 'db',
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/client/v4/`,
    }
  })
  afterAll(() => server.close())
  beforeEach(() => asked.splice(0))

  const open = () => openLiveDatabase({ target: 'remote', env, pauseMs: 1 })
  const rows = (...results: Record<string, unknown>[][]): [number, string] => [
    200,
    JSON.stringify({
      ...{ success: true, errors: [], messages: [] },
      result: results.map((found) => ({
        success: true,
        results: { columns: Object.keys(found[0] ?? {}), rows: found.map((row) => Object.values(row)) },
        meta: { duration: 0.1 },
      })),
    }),
  ]
  const failure = (status: number, message: string): [number, string] => [
    status,
    JSON.stringify({ success: false, errors: [{ code: 7400, message }], result: null }),
  ]

  test('is asked over HTTP, with the token and text beside the SQL', async () => {
    answers = [rows([{ n: 'one', x: null }])]
    expect(await (await open()).all('SELECT ? AS n, NULL AS x', 'one')).toEqual([{ n: 'one', x: null }])
    expect(asked).toEqual([
      {
        url: '/client/v4/accounts/acc/d1/database/db/raw',
        authorization: 'Bearer the-token',
        body: { sql: 'SELECT ? AS n, NULL AS x', params: ['one'] },
      },
    ])
  })

  test('gets numbers and NULL in the SQL, as its API takes text only', async () => {
    answers = [rows([])]
    const database = await open()
    await database.all(`SELECT '?', "?", a -? FROM b WHERE c = ?1 OR d = ?2 OR e = ?3 OR d = ?2 -- ?`, -5, "it's", null)
    expect(asked[0]!.body).toEqual({
      sql: `SELECT '?', "?", a -(-5) FROM b WHERE c = (-5) OR d = ? OR e = NULL OR d = ? -- ?`,
      params: ["it's", "it's"],
    })
  })

  test('is not asked with more or fewer values than places', async () => {
    const database = await open()
    await expect(database.all('SELECT ?', 1, 2)).rejects.toThrow('SELECT ?: found 2 values, expected 1')
    await expect(database.all('SELECT ?, ?', 1)).rejects.toThrow('SELECT ?, ?: found 1 values, expected 2')
    await expect(database.all('SELECT ?', Number.NaN)).rejects.toThrow('value 1 is NaN, expected a finite number')
    expect(asked).toEqual([])
  })

  test('takes statements as one batch', async () => {
    answers = [rows([], [])]
    await (await open()).run([{ sql: 'DELETE FROM a' }, { sql: 'DELETE FROM b WHERE c = ?', params: ['d'] }])
    expect(asked[0]!.body).toEqual({
      batch: [
        { sql: 'DELETE FROM a', params: [] },
        { sql: 'DELETE FROM b WHERE c = ?', params: ['d'] },
      ],
    })
  })

  test('is asked again for rows after a broken connection, 500 and 429', async () => {
    answers = [[0, ''], failure(500, 'later'), failure(429, 'slower'), rows([{ n: 1 }])]
    expect(await (await open()).all('SELECT 1 AS n')).toEqual([{ n: 1 }])
    expect(asked).toHaveLength(4)
  })

  test('gets a write once, where it may have been done', async () => {
    answers = [[0, ''], rows([])]
    await expect((await open()).run([{ sql: 'DELETE FROM a' }])).rejects.toThrow(/D1 database db: no answer \(/)
    answers = [failure(500, 'internal'), rows([])]
    await expect((await open()).run([{ sql: 'DELETE FROM a' }])).rejects.toThrow('answered 500 (internal)')
    answers = [failure(429, 'slower'), rows([])]
    await (await open()).run([{ sql: 'DELETE FROM a' }])
    expect(asked).toHaveLength(4)
  })

  test.each([
    [
      failure(403, 'Authentication error'),
      /403, the credentials were refused \(Authentication error\); expected CLOUDF/,
    ],
    [failure(404, 'not found'), /404, there is none \(not found\); expected CLOUDFLARE_ACCOUNT_ID/],
    [failure(400, 'no such table: x'), /answered 400 \(no such table: x\)/],
    [[200, '<html>'] as [number, string], /answered 200 \(no JSON that it knows\)/],
  ])('says what is wrong: %j', async (answer, message) => {
    answers = [answer]
    const error = await (await open()).all('SELECT 1').catch((error: Error) => error)
    expect(String(error)).toMatch(message)
    expect(String(error)).not.toContain('the-token')
  })

  test('names the variable that is missing', async () => {
    const { CLOUDFLARE_API_TOKEN: _, ...rest } = env
    await expect(openLiveDatabase({ target: 'remote', env: rest })).rejects.toThrow(
      "CLOUDFLARE_API_TOKEN: found nothing in the environment, expected it for Cloudflare's D1",
    )
  })
})
