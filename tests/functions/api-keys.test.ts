import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { formatApiKey } from '#core/api-key.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'
import { nowSeconds } from '../helpers/tokens.ts'

let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker({
    vars: { AUTH: 'apiKey', KEY_CHECK_SECONDS: '0', RATE_LIMITS: 'on' },
    rateLimits: { LIMIT_KEYS: 20 },
  })
  await worker.publish('0000000000000001')
})
afterAll(() => worker.stop())
beforeEach(async () => {
  await (await worker.getD1()).exec('DELETE FROM api_keys')
})

const keyOf = (prefix: string) => formatApiKey(prefix, prefix.padEnd(43, 'x'))

/** A key in the database, as `marquee keys create` puts it there. */
async function grant(prefix: string, scopes: string, expiresAt: number | null = null): Promise<string> {
  const key = keyOf(prefix)
  await (await worker.getD1())
    .prepare('INSERT INTO api_keys (prefix, hash, name, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)')
    .bind(prefix, createHash('sha256').update(key).digest('hex'), 'test', scopes, nowSeconds(), expiresAt)
    .run()
  return key
}

const ask = (key: string, path: string, options: { method?: string; body?: unknown } = {}) =>
  worker.call(path, { ...options, headers: { authorization: `Bearer ${key}` } })
const RATE = ['/users/1/ratings/10', { method: 'PUT', body: { rating: 4 } }] as const

test('a key does what its scopes name, for any user', async () => {
  const reader = await grant('00000001', 'read')
  const writer = await grant('00000002', 'write')
  expect((await ask(reader, '/users/1')).status).toBe(200)
  expect((await ask(reader, '/users/2')).status).toBe(200)
  expect((await ask(writer, ...RATE)).status).toBe(200)
  const { status, json, headers } = await ask(reader, ...RATE)
  expect({ status, code: json.error.code }).toEqual({ status: 403, code: 'forbidden' })
  expect(headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"')
  expect((await ask(writer, '/users/1')).status).toBe(403)
})

test('without a key there is no answer but health and the description', async () => {
  const { status, json, headers } = await worker.call('/movies')
  expect(status).toBe(401)
  expect(json.error).toEqual({
    code: 'unauthorized',
    message: 'no credentials were sent; expected the header "Authorization: Bearer …" with an API key',
  })
  expect(headers.get('www-authenticate')).toBe('Bearer')
  for (const path of ['/healthz', '/readyz', '/openapi.json']) expect((await worker.call(path)).status).toBe(200)
})

test('a key that is unknown, malformed, expired or revoked is refused', async () => {
  const message = async (key: string) => (await ask(key, '/movies')).json.error.message
  expect(await message(keyOf('0000000f'))).toBe('the API key is not known')
  expect(await message("' OR 1=1 --")).toMatch(/^no credentials were sent/)
  expect(await message('mq_short')).toBe('the API key is not known')
  expect(await message(await grant('00000003', 'read', nowSeconds() - 1))).toBe('the API key has expired')
  const key = await grant('00000004', 'read', nowSeconds() + 60)
  expect((await ask(key, '/movies')).status).toBe(200)
  await (await worker.getD1()).exec(`UPDATE api_keys SET revoked_at = ${nowSeconds()}`)
  expect(await message(key)).toBe('the API key was revoked')
})

test('a key has a limit of its own', async () => {
  const busy = await grant('00000009', 'read')
  const other = await grant('0000000a', 'read')
  const statuses: number[] = []
  // a count may begin anew once on the way
  while (statuses.length < 41 && statuses.at(-1) !== 429) statuses.push((await ask(busy, '/movies?k=1')).status)
  expect(statuses.length).toBeGreaterThan(20)
  expect(statuses.at(-1)).toBe(429)
  expect((await ask(other, '/movies?k=1')).status).toBe(200)
})

test('only the scope admin is told why a model was refused', async () => {
  await (await worker.getR2()).put('models/current.json', '{"buildId":"../../etc"}')
  const reader = await grant('00000005', 'read')
  const admin = await grant('00000006', 'admin')
  expect((await worker.call('/readyz')).json).toMatchObject({ status: 'ready', problem: null })
  expect((await ask(reader, '/readyz')).json).toMatchObject({ problem: null })
  expect((await ask(admin, '/readyz')).json).toMatchObject({ problem: expect.stringContaining('buildId') })
  await worker.publish('0000000000000001')
})

test('while the database is down, a key that was in use goes on, and another is 503', async () => {
  const used = await grant('00000007', 'read,write')
  const unused = await grant('00000008', 'read')
  expect((await ask(used, '/movies')).status).toBe(200)
  const database = await worker.getD1()
  await database.exec('ALTER TABLE api_keys RENAME TO away')
  await database.exec('ALTER TABLE live_feedback RENAME TO away_too')
  try {
    // answers that need no database
    expect((await ask(used, '/movies')).status).toBe(200)
    expect((await ask(used, '/recommend/user/1')).json.degraded).toEqual(['liveRatings'])
    // a write must be stored, and is not
    expect((await ask(used, ...RATE)).json.error.code).toBe('unavailable')
    const { status, json, headers } = await ask(unused, '/movies')
    expect({ status, error: json.error }).toEqual({
      status: 503,
      error: { code: 'unavailable', message: 'the API key could not be looked up' },
    })
    expect(headers.get('retry-after')).toBe('5')
    expect((await worker.call('/healthz')).status).toBe(200)
  } finally {
    await database.exec('ALTER TABLE away RENAME TO api_keys')
    await database.exec('ALTER TABLE away_too RENAME TO live_feedback')
  }
})
