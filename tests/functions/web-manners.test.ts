import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

const ORIGIN = 'https://app.example'
const lines: string[] = []
const note = (line: string) => lines.push(line)
let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker({
    vars: { CORS_ORIGINS: `${ORIGIN}, https://www.example`, SERVER_TIMING: 'on', REQUEST_LOG: 'on' },
    log: { error: note, warn: note, info: note, debug: note },
  })
  await worker.publish('0000000000000001')
  await worker.call('/model')
})
afterAll(() => worker.stop())
beforeEach(() => {
  lines.length = 0
})

/** Lines that the Worker has logged since the test began, once there are so many. */
async function logged(count: number): Promise<Record<string, unknown>[]> {
  await expect.poll(() => lines.length).toBeGreaterThanOrEqual(count)
  return lines.map((line) => JSON.parse(line))
}

describe('what may be kept', () => {
  test.each(['/movies?q=orbit', '/movies/10', '/movies/10/similar', '/model', '/openapi.json'])(
    '%s has an ETag, and nothing to say to who has it',
    async (path) => {
      const { status, headers } = await worker.call(path)
      const tag = headers.get('etag')!
      expect(status).toBe(200)
      expect(tag).toMatch(/^W\/"[0-9a-f]{32}"$/)
      expect(headers.get('cache-control')).toBe('public, max-age=60')
      const again = await worker.call(path, { headers: { 'if-none-match': `"other", ${tag.slice(2)}` } })
      expect([again.status, again.json, again.headers.get('etag')]).toEqual([304, null, tag])
      expect((await worker.call(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
    },
  )

  test('another model is another ETag', async () => {
    const before = (await worker.call('/movies')).headers.get('etag')!
    await worker.publish('0000000000000002')
    await expect.poll(async () => (await worker.call('/movies')).json.modelId).toBe('0000000000000002')
    const after = await worker.call('/movies', { headers: { 'if-none-match': before } })
    expect(after.status).toBe(200)
    expect(after.headers.get('etag')).not.toBe(before)
  })

  test('nothing of a person, and no error', async () => {
    for (const path of ['/users/1', '/recommend/user/1', '/users/999', '/nothing', '/healthz'])
      expect((await worker.call(path)).headers.get('cache-control'), path).toBe('private, no-store')
    const { headers } = await worker.call('/recommend/history', { body: { history: [] } })
    expect(headers.get('cache-control')).toBe('private, no-store')
  })
})

describe('methods', () => {
  test('HEAD is GET without the body', async () => {
    const get = await worker.call('/movies/10')
    const head = await worker.call('/movies/10', { method: 'HEAD' })
    expect([head.status, head.json]).toEqual([200, null])
    for (const name of ['etag', 'content-type', 'cache-control'])
      expect(head.headers.get(name)).toBe(get.headers.get(name))
    expect((await worker.call('/movies/11', { method: 'HEAD' })).status).toBe(404)
  })

  test('OPTIONS says what a path knows', async () => {
    const { status, json, headers } = await worker.call('/users/1/ratings/10', { method: 'OPTIONS' })
    expect([status, json, headers.get('allow')]).toEqual([204, null, 'PUT, DELETE, OPTIONS'])
    expect((await worker.call('/openapi.json', { method: 'OPTIONS' })).headers.get('allow')).toBe('GET, HEAD, OPTIONS')
    expect((await worker.call('/nothing', { method: 'OPTIONS' })).status).toBe(404)
  })

  test('another method is 405 with Allow, on /v1 too', async () => {
    const { status, json, headers } = await worker.call('/v1/recommend/history', { method: 'PATCH' })
    expect([status, headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
    expect(json.error.message).toBe('PATCH: this path knows POST, OPTIONS')
  })

  test.each([['text/plain'], ['application/x-www-form-urlencoded'], ['application/jsonp']])(
    'a body of type %s is 415',
    async (type) => {
      const { status, json } = await worker.call('/recommend/history', {
        body: { history: [] },
        headers: { 'content-type': type },
      })
      expect([status, json.error.code]).toEqual([415, 'unsupported_media_type'])
      expect(json.error.message).toBe(`Content-Type: found "${type}"; must be application/json`)
    },
  )
})

describe('other origins', () => {
  const preflight = (origin: string) =>
    worker.call('/users/1/ratings/10', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' },
    })

  test('that are named may ask and read', async () => {
    const { status, headers } = await preflight(ORIGIN)
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(headers.get('access-control-allow-methods')).toContain('PUT')
    expect(headers.get('access-control-allow-headers')).toContain('Authorization')
    const answer = await worker.call('/movies', { headers: { origin: ORIGIN } })
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
    expect(answer.headers.get('vary')).toBe('Origin')
    // an error can be read as well
    const error = await worker.call('/movies/11', { headers: { origin: ORIGIN } })
    expect(error.headers.get('access-control-allow-origin')).toBe(ORIGIN)
  })

  test('that are not named get no permission', async () => {
    for (const origin of ['https://evil.example', `${ORIGIN}.evil.example`, 'null'])
      expect((await preflight(origin)).headers.get('access-control-allow-origin'), origin).toBeNull()
  })
})

describe('what goes along', () => {
  test('a sane request id is taken over, any other replaced, and every answer has one', async () => {
    const idOf = async (sent: string, path = '/movies') =>
      (await worker.call(path, { headers: { 'x-request-id': sent } })).headers.get('x-request-id')
    expect(await idOf('trace-0001.a_b')).toBe('trace-0001.a_b')
    expect(await idOf('trace-0002', '/nothing')).toBe('trace-0002')
    for (const bad of ['short', 'x'.repeat(65), '"quoted" id', 'id;drop table'])
      expect(await idOf(bad)).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('security headers are on every answer, errors too', async () => {
    for (const path of ['/movies', '/nothing', '/users/abc']) {
      const { headers } = await worker.call(path)
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    }
  })

  test('Server-Timing is there where it was asked for', async () => {
    expect((await worker.call('/recommend/user/1')).headers.get('server-timing')).toMatch(
      /^auth;dur=\d+, model;dur=\d+, answer;dur=\d+, total;dur=\d+$/,
    )
  })
})

describe('the log', () => {
  test('has one line a request: pattern, status, model and rung, and nothing of the person', async () => {
    await worker.call('/recommend/user/31337?genres=Drama', { headers: { 'x-request-id': 'request-0001' } })
    const [line] = await logged(1)
    expect(line).toEqual({
      event: 'request',
      requestId: 'request-0001',
      method: 'GET',
      route: '/recommend/user/{userId}',
      status: 200,
      ms: expect.any(Number),
      key: null,
      modelId: expect.stringMatching(/^[0-9a-f]{16}$/),
      rung: 'genrePopularity',
      degraded: [],
      experiment: null,
    })
    expect(lines.join()).not.toMatch(/31337|Drama/)
  })

  test('says with the same id what went wrong, without whose it was', async () => {
    const database = await worker.getD1()
    await database.exec('ALTER TABLE live_feedback RENAME TO away')
    await worker.call('/users/31337/ratings/10', {
      method: 'PUT',
      body: { rating: 4.5 },
      headers: { 'x-request-id': 'request-0002' },
    })
    await database.exec('ALTER TABLE away RENAME TO live_feedback')
    const found = await logged(3)
    expect(found.map(({ event, requestId }) => [event, requestId])).toEqual([
      ['rating not stored', 'request-0002'],
      ['error', 'request-0002'],
      ['request', 'request-0002'],
    ])
    expect(lines.join()).not.toMatch(/31337|4\.5/)
  })
})
