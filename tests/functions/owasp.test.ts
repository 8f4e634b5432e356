import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { UserProfile } from '#core/schemas/api.ts'
import { type CallOptions, startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'
import { AUDIENCE, claims, ISSUER, signingKey } from '../helpers/tokens.ts'

/**
 * OWASP API Security Top 10 of 2023, item by item, against a Worker as it is set up for the public: tokens of
 * an issuer, and limits, small ones here. docs/security.md says what each item comes to.
 */
const LIMITS = { LIMIT_READS: 60, LIMIT_WRITES: 6, LIMIT_REFUSED: 10 }
const signer = signingKey('key-1', 'ES256')

/** What the issuer answers at each path, and what it was asked for. */
const answers: Record<string, { status: number; headers?: Record<string, string>; body: string }> = {}
const asked: string[] = []
const issuer = createServer(({ url = '' }, response) => {
  asked.push(url)
  const { status, headers, body } = answers[url] ?? { status: 404, body: '' }
  response.writeHead(status, headers).end(body)
})

let worker: TinyWorker
beforeAll(async () => {
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
  const { port } = issuer.address() as AddressInfo
  worker = await startTinyWorker({
    vars: {
      AUTH: 'jwt',
      JWT_ISSUER: ISSUER,
      JWT_AUDIENCE: AUDIENCE,
      JWT_JWKS_URL: `http://127.0.0.1:${port}/keys`,
      JWT_ALGORITHM: 'ES256',
      RATE_LIMITS: 'on',
    },
    rateLimits: LIMITS,
  })
  await worker.publish('0000000000000001')
})
afterAll(async () => {
  await worker.stop()
  issuer.close()
})

/** A call as this user. */
const as = (userId: number, path: string, options: CallOptions = {}) =>
  worker.call(path, { ...options, headers: { authorization: `Bearer ${signer.sign(claims(String(userId)))}` } })
const rate = (userId: number, rating = 4) => ({ method: 'PUT', body: { rating }, userId })

/** Call until it is refused as too often; a count may begin anew once on the way. */
async function untilLimited(limit: number, call: () => ReturnType<TinyWorker['call']>) {
  for (let calls = 1; calls <= 2 * limit + 1; calls++) {
    const answer = await call()
    if (answer.status === 429) return { calls, answer }
  }
  throw new Error(`no 429 after ${2 * limit + 1} calls`)
}

// first, while the Worker has no keys yet
describe('API10, unsafe consumption of APIs', () => {
  const down = { status: 503, code: 'unavailable' }
  const answer = async () => {
    const { status, json } = await as(1, '/movies')
    return { status, code: json.error?.code }
  }

  test('an issuer that answers nonsense, errors or elsewhere is not believed or followed', async () => {
    answers['/elsewhere'] = { status: 200, body: JSON.stringify({ keys: [signer.jwk] }) }
    answers['/keys'] = { status: 302, headers: { location: '/elsewhere' }, body: '' }
    expect(await answer()).toEqual(down)
    answers['/keys'] = { status: 200, body: '<html>' }
    expect(await answer()).toEqual(down)
    answers['/keys'] = { status: 200, body: '{"keys":7}' }
    expect(await answer()).toEqual(down)
    expect(asked).toEqual(['/keys', '/keys', '/keys'])
  })

  test('keys that are none of ours do not spoil the others', async () => {
    const keys = [
      null,
      { kty: 'EC' },
      { kty: 'oct', kid: 'key-1' },
      { ...signer.jwk, kid: 'x', use: 'enc' },
      signer.jwk,
    ]
    answers['/keys'] = { status: 200, body: JSON.stringify({ keys }) }
    expect((await as(1, '/movies')).status).toBe(200)
  })
})

describe('API1, broken object level authorization', () => {
  test('a user reaches nobody else, by path, query or body, whether the other exists or not', async () => {
    const others: [path: string, options?: CallOptions][] = [
      ['/users/2'],
      ['/users/999'],
      ['/recommend/user/2'],
      ['/recommend/user/2', { body: {} }],
      ['/recommend/group', { body: { members: [{ userId: 1 }, { userId: 2 }] } }],
      ['/what-if', { body: { userId: 2, remove: [10] } }],
      ['/users/2/ratings/10', { method: 'PUT', body: { rating: 4 } }],
      ['/users/2/ratings/50', { method: 'DELETE' }],
      ['/users/2/feedback'],
      ['/users/2/feedback/10', { method: 'PUT', body: { kind: 'seen' } }],
      ['/users/2/feedback/10', { method: 'DELETE' }],
      ['/users/2/data'],
      ['/users/2/data', { method: 'DELETE' }],
      ['/predict/ratings', { body: { userId: 2, movieIds: [10] } }],
      ['/events', { body: { userId: 2, events: [{ kind: 'play', movieId: 10 }] } }],
      ['/predict/new-movie', { body: { userId: 2, title: 'X' } }],
      ['/v1/users/2'],
    ]
    for (const [path, options] of others) {
      const { status, json } = await as(1, path, options)
      expect({ path, status, code: json.error?.code }).toEqual({ path, status: 403, code: 'forbidden' })
    }
    expect((await as(2, '/users/2')).json.numRatings).toBe(2)
  })

  test('a number written otherwise is the same number, not another user', async () => {
    expect((await as(1, '/users/01')).json.userId).toBe(1)
    for (const path of ['/users/1%20', '/users/1.0e0', '/users/1%2F..%2F2', '/users/0x1'])
      expect((await as(1, path)).status, path).toBeGreaterThanOrEqual(400)
  })
})

describe('API2, broken authentication', () => {
  // the kinds of bad tokens and keys are in tokens.test.ts and api-keys.test.ts
  test('guessing ends soon, and who has good credentials goes on from the same address', async () => {
    const guess = () => worker.call('/movies', { headers: { authorization: 'Bearer a.b.c' } })
    const { calls, answer } = await untilLimited(LIMITS.LIMIT_REFUSED, guess)
    expect(calls).toBeGreaterThan(LIMITS.LIMIT_REFUSED)
    expect(answer.headers.get('retry-after')).toBe('60')
    expect((await as(1, '/movies')).status).toBe(200)
  })

  test('credentials in the address or a cookie count for nothing', async () => {
    const token = signer.sign(claims('1'))
    const statuses = [
      await worker.call(`/healthz?access_token=${token}`),
      await worker.call('/movies', { headers: { cookie: `token=${token}` } }),
    ].map(({ status }) => status)
    expect(statuses[0]).toBe(200)
    expect([401, 429]).toContain(statuses[1])
  })
})

describe('API3, broken object property level authorization', () => {
  test('a request cannot set what it was not asked for', async () => {
    for (const extra of [{ userId: 2 }, { updatedAt: 0 }, { __proto__: null, constructor: 1 }]) {
      const { status, json } = await as(3, '/users/3/ratings/10', { method: 'PUT', body: { rating: 4, ...extra } })
      expect([400, 403]).toContain(status)
      expect(json.error.message).not.toContain('rating:')
    }
    expect((await as(3, '/users/3')).status).toBe(404)
  })

  test('an answer holds what its schema names, and no more', async () => {
    const { json } = await as(1, '/users/1')
    expect(UserProfile.strict().parse(json)).toEqual(json)
  })
})

describe('API4, unrestricted resource consumption', () => {
  test('lists, histories and bodies have a largest size', async () => {
    const history = Array.from({ length: 51 }, (_, index) => ({ movieId: index + 1 }))
    expect((await as(4, '/movies?k=21')).status).toBe(400)
    expect((await as(4, '/recommend/history', { body: { history } })).status).toBe(400)
    expect((await as(4, '/recommend/history', { body: ' '.repeat(5000) })).status).toBe(413)
    expect((await as(4, `/movies?q=${'a'.repeat(201)}`)).status).toBe(400)
  })

  test('who asks too often waits, and nobody else does', async () => {
    const { calls, answer } = await untilLimited(LIMITS.LIMIT_READS, () => as(5, '/movies?k=1'))
    expect(calls).toBeGreaterThan(LIMITS.LIMIT_READS)
    expect(answer.json.error.code).toBe('rate_limited')
    expect(answer.headers.get('retry-after')).toBe('60')
    expect((await as(6, '/movies?k=1')).status).toBe(200)
  })
})

describe('API5, broken function level authorization', () => {
  test('every route needs what the table says', async () => {
    const { json } = await worker.call('/openapi.json')
    const table = Object.entries<Record<string, { security?: { jwt: string[] }[] }>>(json.paths).flatMap(
      ([path, operations]) =>
        Object.entries(operations).map(([method, { security }]) => [
          `${method} ${path}`,
          security?.[0]?.jwt[0] ?? 'public',
        ]),
    )
    expect(Object.fromEntries(table)).toEqual({
      'get /recommend/user/{userId}': 'read',
      'post /recommend/user/{userId}': 'read',
      'post /recommend/history': 'read',
      'post /recommend/query': 'read',
      'post /explain': 'read',
      'post /recommend/group': 'read',
      'post /what-if': 'read',
      'post /replay': 'read',
      'post /predict/ratings': 'read',
      'post /predict/new-movie': 'read',
      'get /movies': 'read',
      'get /movies/{movieId}': 'read',
      'get /movies/{movieId}/similar': 'read',
      'get /users/{userId}': 'read',
      'put /users/{userId}/ratings/{movieId}': 'write',
      'delete /users/{userId}/ratings/{movieId}': 'write',
      'put /users/{userId}/feedback/{movieId}': 'write',
      'delete /users/{userId}/feedback/{movieId}': 'write',
      'get /users/{userId}/feedback': 'read',
      'get /users/{userId}/data': 'read',
      'delete /users/{userId}/data': 'write',
      'post /events': 'write',
      'post /taste': 'read',
      'put /taste': 'read',
      'get /model': 'read',
      'get /model/history': 'read',
      'get /healthz': 'public',
      'get /readyz': 'public',
      'get /metrics': 'admin',
    })
  })

  test('a method override changes nothing', async () => {
    const headers = { authorization: `Bearer ${signer.sign(claims('7', { scope: 'read' }))}` }
    const sneaky = { ...headers, 'x-http-method-override': 'DELETE', 'x-method-override': 'PUT' }
    expect((await worker.call('/recommend/user/7', { headers: sneaky })).status).toBe(200)
    expect((await worker.call('/users/7/ratings/10', { headers, method: 'DELETE' })).status).toBe(403)
  })
})

describe('API6, unrestricted access to sensitive business flows', () => {
  test('one person’s ratings come at a person’s pace', async () => {
    const { calls } = await untilLimited(LIMITS.LIMIT_WRITES, () => as(8, '/users/8/ratings/10', rate(8)))
    expect(calls).toBeGreaterThan(LIMITS.LIMIT_WRITES)
    expect((await as(9, '/users/9/ratings/10', rate(9))).status).toBe(200)
  })
})

describe('API7, server side request forgery', () => {
  test('no address of a request is ever asked', async () => {
    const before = asked.length
    const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/elsewhere`
    const header = { kid: 'another', jku: url, x5u: url, jwk: signer.jwk }
    const { status } = await worker.call('/movies', {
      headers: { authorization: `Bearer ${signer.sign(claims('1'), header)}` },
    })
    expect([401, 429]).toContain(status)
    expect(asked.slice(before)).not.toContain('/elsewhere')
  })
})

describe('API8, security misconfiguration', () => {
  test('no other origin reads an answer unless it was named', async () => {
    const { headers } = await worker.call('/healthz', { headers: { origin: 'https://evil.example' } })
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  test('shared caches keep nothing that took credentials', async () => {
    const { headers } = await as(1, '/movies/10')
    expect(headers.get('cache-control')).toBe('private, max-age=60')
    expect(headers.get('vary')).toBe('Authorization')
  })

  test('an error tells nothing of the inside', async () => {
    const damaged = await startTinyWorker()
    try {
      await (await damaged.getR2()).put('models/0000000000000001/details.arrow', new Uint8Array(4096))
      const { status, json } = await damaged.call('/movies/20')
      expect(status).toBe(503)
      expect(Object.keys(json.error)).toEqual(['code', 'message'])
      expect(json.error.message).not.toMatch(/arrow|sha|R2|models\/|\.ts/i)
    } finally {
      await damaged.stop()
    }
  })

  test.each([
    ['AUTH', { AUTH: '' }],
    ['JWT_ISSUER', { AUTH: 'jwt', JWT_SECRET: 'a secret of at least 32 characters' }],
    ['JWT_SECRET', { AUTH: 'jwt', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a', JWT_SECRET: 'short' }],
  ])('a Worker whose vars are wrong answers nothing, and its log names %s', async (name, vars) => {
    const lines: string[] = []
    const note = (line: string) => lines.push(line)
    const broken = await startTinyWorker({ vars, log: { error: note, warn: note, info: note, debug: note } })
    try {
      for (const path of ['/movies', '/healthz', '/users/1']) {
        const { status, json } = await broken.call(path)
        expect({ status, code: json.error.code }).toEqual({ status: 503, code: 'unavailable' })
        expect(JSON.stringify(json)).not.toContain(name)
      }
      await expect.poll(() => lines.join()).toContain(`SettingsError: ${name}`)
      expect(lines.join()).not.toContain('short')
    } finally {
      await broken.stop()
    }
  })
})

describe('API9, improper inventory management', () => {
  test('the description says how to sign in, and which answers that brings', async () => {
    const { json } = await worker.call('/openapi.json')
    expect(json.components.securitySchemes).toMatchObject({
      jwt: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    })
    const { responses } = json.paths['/users/{userId}/ratings/{movieId}'].put
    expect(Object.keys(responses)).toEqual(['200', '400', '401', '403', '404', '413', '415', '429', '500', '503'])
    expect(Object.keys(json.paths['/healthz'].get.responses)).toEqual(['200', '429', '500'])
    expect(json.paths['/movies'].get.responses).toHaveProperty('304')
  })

  test('a limit’s period is what Retry-After says', () => {
    const wrangler = readFileSync(join(import.meta.dirname, '../../wrangler.toml'), 'utf8')
    const periods = [...wrangler.matchAll(/^simple = .*period = (\d+)/gm)].map(([, period]) => period)
    expect(periods).toEqual(['60', '60', '60', '60'])
  })
})
