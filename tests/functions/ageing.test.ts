import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { formatApiKey } from '#core/api-key.ts'
import { callerOfKey } from '../../functions/auth/api-keys.ts'
import { publishedKey } from '../../functions/auth/published-keys.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'

// Node does not load it as workerd does, and nothing here scores
vi.mock('../../functions/core/kernels/serve.wasm', () => ({ default: null }))

// what an isolate keeps grows old by the clock, which workerd does not let a test set: here it is Node's
const MINUTE = 60_000
const pass = (ms: number) => vi.setSystemTime(Date.now() + ms)
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 })
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('an API key that was found', () => {
  let worker: TinyWorker
  beforeAll(async () => {
    worker = await startTinyWorker()
  }, 30_000)
  afterAll(() => worker.stop())

  async function grant(prefix: string): Promise<string> {
    const key = formatApiKey(prefix, prefix.padEnd(43, 'x'))
    await (await worker.getD1())
      .prepare('INSERT INTO api_keys (prefix, hash, name, scopes, created_at) VALUES (?, ?, ?, ?, ?)')
      .bind(prefix, createHash('sha256').update(key).digest('hex'), 'test', 'read', 1)
      .run()
    return key
  }

  test('is looked up again when its time is over, and not before', async () => {
    const database = await worker.getD1()
    const key = await grant('0000000a')
    const ask = () => callerOfKey(key, database, MINUTE)
    expect((await ask()).scopes).toEqual(['read'])
    await database.exec("UPDATE api_keys SET revoked_at = 5 WHERE prefix = '0000000a'")
    pass(MINUTE - 1)
    expect((await ask()).scopes).toEqual(['read'])
    pass(1)
    await expect(ask()).rejects.toThrow('the API key was revoked')
    // a clock that jumps back does not make it young again
    pass(-30 * MINUTE)
    await expect(ask()).rejects.toThrow('the API key was revoked')
  })

  test('is good for ten minutes while the database is away, and then it is not', async () => {
    const database = await worker.getD1()
    const key = await grant('0000000b')
    await callerOfKey(key, database, MINUTE)
    await database.exec('ALTER TABLE api_keys RENAME TO away')
    try {
      pass(10 * MINUTE - 1)
      expect((await callerOfKey(key, database, MINUTE)).keyPrefix).toBe('0000000b')
      pass(1)
      await expect(callerOfKey(key, database, MINUTE)).rejects.toThrow('the API key could not be looked up')
    } finally {
      await database.exec('ALTER TABLE away RENAME TO api_keys')
    }
    expect((await callerOfKey(key, database, MINUTE)).keyPrefix).toBe('0000000b')
  })
})

test('an issuer’s keys are read again after ten minutes, for an unknown kid at once but twice a minute, and last a day without it', async () => {
  let keys = ['first']
  let isThere = true
  let asked = 0
  const issuer = createServer((_, response) => {
    asked++
    response.writeHead(isThere ? 200 : 503, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ keys: keys.map((kid) => ({ kty: 'EC', kid })) }))
  })
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys`
  const has = async (kid: string) => (await publishedKey(kid, url)) !== null
  try {
    expect([await has('first'), asked]).toEqual([true, 1])
    pass(10 * MINUTE - 1)
    expect([await has('first'), asked]).toEqual([true, 1])
    pass(1)
    expect([await has('first'), asked]).toEqual([true, 2])

    keys = ['first', 'second']
    pass(30_000 - 1)
    expect([await has('second'), asked]).toEqual([false, 2])
    pass(1)
    expect([await has('second'), asked]).toEqual([true, 3])
    expect([await has('third'), asked]).toEqual([false, 3])

    isThere = false
    pass(24 * 60 * MINUTE - 1)
    expect(await has('first')).toBe(true)
    pass(1)
    await expect(has('first')).rejects.toThrow('the keys that tokens are verified with could not be read')

    isThere = true
    keys = ['second']
    pass(30_000)
    expect([await has('first'), await has('second')]).toEqual([false, true])
  } finally {
    issuer.close()
  }
})
