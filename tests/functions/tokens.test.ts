import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'
import { AUDIENCE, claims, hmacToken, ISSUER, nowSeconds, SECRET, signingKey } from '../helpers/tokens.ts'

const MODEL = '0000000000000001'
const JWT = { AUTH: 'jwt', JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE }

/** The status of a call with a token, and the message where it was refused. */
const asker = (worker: () => TinyWorker) => async (token: string, path: string, method?: string, body?: unknown) => {
  const { status, json } = await worker().call(path, {
    headers: { authorization: `Bearer ${token}` },
    ...(method && { method }),
    ...(body !== undefined && { body }),
  })
  return [status, json?.error?.message]
}

describe('tokens of a shared secret', () => {
  let worker: TinyWorker
  beforeAll(async () => {
    worker = await startTinyWorker({ vars: { ...JWT, JWT_SECRET: SECRET } })
    await worker.publish(MODEL)
  })
  afterAll(() => worker.stop())
  const ask = asker(() => worker)
  const OK = [200, undefined]

  test('let a user see and rate what is theirs, and everybody’s movies', async () => {
    const token = hmacToken(claims('1'))
    expect(await ask(token, '/users/1')).toEqual(OK)
    expect(await ask(token, '/recommend/user/1')).toEqual(OK)
    expect(await ask(token, '/users/1/ratings/10', 'PUT', { rating: 4 })).toEqual(OK)
    expect(await ask(token, '/users/1/ratings/10', 'DELETE')).toEqual(OK)
    expect(await ask(token, '/movies')).toEqual(OK)
    expect(await ask(token, '/recommend/history', 'POST', { history: [{ movieId: 10 }] })).toEqual(OK)
  })

  test('without a scope claim read and write; with one what it names, and nothing else', async () => {
    const reader = hmacToken(claims('1', { scope: 'openid read' }))
    expect(await ask(reader, '/users/1')).toEqual(OK)
    expect(await ask(reader, '/users/1/ratings/10', 'PUT', { rating: 4 })).toEqual([
      403,
      'this needs the scope "write", which the credentials do not have',
    ])
    expect((await ask(hmacToken(claims('1', { scope: 'openid' })), '/movies'))[0]).toBe(403)
  })

  test('may have several audiences, and clocks half a minute apart', async () => {
    expect(await ask(hmacToken(claims('1', { aud: ['other', AUDIENCE] })), '/movies')).toEqual(OK)
    expect(await ask(hmacToken(claims('1', { exp: nowSeconds() - 10, nbf: nowSeconds() + 10 })), '/movies')).toEqual(OK)
  })

  test.each([
    ['not a token', 'abc', 'it is not a JSON Web Token'],
    ['too long', 'a'.repeat(9000), 'it is longer than 8192 characters'],
    ['another secret', hmacToken(claims('1'), { secret: 'x'.repeat(40) }), 'its signature is not valid'],
    ['no algorithm', hmacToken(claims('1'), { header: { alg: 'none' } }), 'its algorithm must be HS256'],
    ['another algorithm', hmacToken(claims('1'), { header: { alg: 'HS512' } }), 'its algorithm must be HS256'],
    ['expired', hmacToken(claims('1', { exp: nowSeconds() - 60 })), 'it has expired'],
    ['without end', hmacToken(claims('1', { exp: undefined })), 'exp: '],
    ['of the future', hmacToken(claims('1', { nbf: nowSeconds() + 600 })), 'it is not valid yet'],
    ['another issuer', hmacToken(claims('1', { iss: 'https://evil.example' })), 'its issuer is not the expected one'],
    ['another audience', hmacToken(claims('1', { aud: 'other' })), 'it is for another audience'],
    ['no audience', hmacToken(claims('1', { aud: undefined })), 'aud: '],
    ['a name for a user', hmacToken(claims('ann')), 'sub: must be a userId in digits'],
    ['a number for a user', hmacToken(claims(1)), 'sub: '],
  ])('are refused: %s', async (_, token, reason) => {
    const [status, message] = await ask(token, '/movies')
    expect(status).toBe(401)
    expect(message).toMatch(`the token was refused: ${reason}`)
  })
})

describe('tokens of published keys', () => {
  const first = signingKey('first', 'RS256')
  const second = signingKey('second', 'RS256')
  const published = [{ kty: 'oct', kid: 'mac', k: 'AAAA' }, first.jwk]
  let timesAsked = 0
  let answersWith = 503
  const issuer = createServer((_, response) => {
    timesAsked++
    response.writeHead(answersWith).end(JSON.stringify({ keys: published }))
  })
  let worker: TinyWorker
  beforeAll(async () => {
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
    const { port } = issuer.address() as AddressInfo
    worker = await startTinyWorker({ vars: { ...JWT, JWT_JWKS_URL: `http://127.0.0.1:${port}/keys` } })
    await worker.publish(MODEL)
  })
  afterAll(async () => {
    await worker.stop()
    issuer.close()
  })
  const ask = asker(() => worker)

  test('wait until the keys can be had, then count, and go on while the issuer is away', async () => {
    const token = first.sign(claims('1'))
    expect(await ask(token, '/users/1')).toEqual([503, 'the keys that tokens are verified with could not be read'])
    answersWith = 200
    expect(await ask(token, '/users/1')).toEqual([200, undefined])
    answersWith = 503
    expect(await ask(token, '/users/1')).toEqual([200, undefined])
    expect(timesAsked).toBe(2)
  })

  test('are refused without a published key, and do not make the Worker ask again and again', async () => {
    const asked = timesAsked
    for (const token of [second.sign(claims('1')), first.sign(claims('1'), { kid: 'mac' })])
      expect(await ask(token, '/users/1')).toEqual([401, 'the token was refused: no published key has its kid'])
    expect(await ask(second.sign(claims('1'), { kid: 'first' }), '/users/1')).toEqual([
      401,
      'the token was refused: its signature is not valid',
    ])
    expect(timesAsked).toBe(asked)
  })

  test('cannot choose the algorithm, nor sign with the public key as a secret', async () => {
    const forged = hmacToken(claims('1'), { secret: JSON.stringify(first.jwk), header: { alg: 'HS256', kid: 'first' } })
    expect(await ask(forged, '/users/1')).toEqual([401, 'the token was refused: its algorithm must be RS256'])
  })
})
