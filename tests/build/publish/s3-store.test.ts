import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ConflictError } from '../../../build/publish/object-store.ts'
import { openObjectStore } from '../../../build/publish/open-store.ts'
import { openS3 } from '../../../build/publish/s3-store.ts'
import { type S3Server, startS3Server } from '../../helpers/s3-server.ts'

let s3: S3Server
beforeAll(async () => {
  s3 = await startS3Server()
})
afterAll(() => s3.close())
beforeEach(() => {
  s3.objects.clear()
  s3.uploads.clear()
  s3.requests.length = 0
  s3.etagOf = (object) => createHash('md5').update(object).digest('hex')
  s3.fault = () => false
})

/** Parts of ten bytes. */
const open = (env: Record<string, string> = {}) =>
  openS3({ env: { ...s3.env, ...env }, partBytes: 10, pauseMs: 1, attempts: 3, timeoutMs: 2000 })
const bytes = (text: string) => new TextEncoder().encode(text)
const put = (path: string) => s3.requests.filter((request) => request.startsWith(`PUT ${path}`))
const LARGE = bytes('aaaaaaaaaabbbbbbbbbbccccccccccddd')
const KEY = 'models/0123456789abcdef/factors.arrow'

describe('objects', () => {
  test('are put, got, listed over all pages in the order of the key, and deleted', async () => {
    const store = await open()
    for (const name of ['c', 'a', 'b&b']) await store.put(`models/${name}`, bytes(name))
    expect(await store.get('models/b&b')).toEqual(Uint8Array.from(bytes('b&b')))
    expect(await store.list('models/')).toMatchObject([
      { key: 'models/a', sizeBytes: 1, uploadedAt: '2026-01-01T00:00:00.000Z' },
      { key: 'models/b&b' },
      { key: 'models/c' },
    ])
    await store.delete('models/a')
    await store.delete('models/a')
    expect(await store.get('models/a')).toBeNull()
  })

  test('have a path that is written as it is signed', async () => {
    const written: string[] = []
    s3.fault = ({ url }) => written.push(url!) < 1
    await (await open()).put("it's (1)*!~ ü+.txt", bytes('one'))
    expect(written).toEqual(['/models-bucket/it%27s%20%281%29%2A%21~%20%C3%BC%2B.txt'])
  })

  test('are put on a condition', async () => {
    const store = await open()
    await store.put('p', bytes('one'), { replaces: null })
    await expect(store.put('p', bytes('two'), { replaces: null })).rejects.toThrow(ConflictError)
    await store.put('p', bytes('two'), { replaces: bytes('one') })
    await expect(store.put('p', bytes('three'), { replaces: bytes('one') })).rejects.toThrow(
      'p was changed by another process in the meantime',
    )
    await expect(store.put('q', bytes('x'), { replaces: bytes('one') })).rejects.toThrow(ConflictError)
    expect(s3.objects.get('p')?.bytes.toString()).toBe('two')
  })

  test('are put on a condition also where the bucket encrypts, and names no object by its MD5', async () => {
    s3.etagOf = (object) => `sealed-${object.length}`
    const store = await open()
    await store.put('p', bytes('one'))
    await store.put('p', bytes('three'), { replaces: bytes('one') })
    // of the same length, and so of the same name here
    await expect(store.put('p', bytes('other'), { replaces: bytes('eight') })).rejects.toThrow(ConflictError)
    expect(s3.objects.get('p')?.bytes.toString()).toBe('three')
  })

  test('whose put was done and its answer lost are no conflict with themselves', async () => {
    const store = await open()
    let lost = false
    s3.fault = (request, response) => {
      if (request.method !== 'PUT' || lost) return false
      lost = true
      s3.objects.set('p', { bytes: Buffer.from('one'), etag: 'f97c5d29941bfb1b2fdab0874906ab82' })
      response.destroy()
      return true
    }
    await store.put('p', bytes('one'), { replaces: null })
    expect(put('/models-bucket/p')).toHaveLength(2)
  })
})

describe('a large object', () => {
  test('goes in parts, and arrives whole', async () => {
    await (await open()).put(KEY, LARGE)
    expect(s3.objects.get(KEY)?.bytes).toEqual(Buffer.from(LARGE))
    expect(put(`/models-bucket/${KEY}`)).toHaveLength(4)
    expect(s3.uploads.size).toBe(0)
  })

  test('goes on where it broke off: parts that are there are not sent again', async () => {
    s3.fault = (request, response) => {
      if (request.method !== 'PUT' || !request.url!.includes('partNumber=4')) return false
      response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>')
      return true
    }
    await expect((await open()).put(KEY, LARGE)).rejects.toThrow(/refused with 403 AccessDenied/)
    expect(s3.objects.size).toBe(0)
    const [upload] = s3.uploads.values()
    expect(upload!.parts.size).toBe(3)

    s3.fault = () => false
    s3.requests.length = 0
    await (await open()).put(KEY, LARGE)
    expect(s3.objects.get(KEY)?.bytes).toEqual(Buffer.from(LARGE))
    expect(put(`/models-bucket/${KEY}`)).toEqual([expect.stringContaining('partNumber=4')])
  })

  test('begins anew where the unfinished one has other parts, which is ended', async () => {
    s3.uploads.set('other', { key: KEY, parts: new Map([[1, Buffer.from('zzzzzzzzzz')]]), begun: new Date() })
    await (await open()).put(KEY, LARGE)
    expect(s3.objects.get(KEY)?.bytes).toEqual(Buffer.from(LARGE))
    expect(s3.uploads.size).toBe(0)
  })

  test('is joined by the names that the store gave its parts, where those are no MD5', async () => {
    s3.etagOf = (part) => `sealed-${part.length}`
    s3.uploads.set('other', { key: KEY, parts: new Map([[1, Buffer.from('aaaaaaaaaa')]]), begun: new Date() })
    await (await open()).put(KEY, LARGE)
    expect(s3.objects.get(KEY)?.bytes).toEqual(Buffer.from(LARGE))
    // whether a part that is there is ours cannot be told by such a name
    expect(put(`/models-bucket/${KEY}`)).toHaveLength(4)
    expect(s3.uploads.size).toBe(0)
  })

  test('goes to a store that cannot list uploads as well, without asking it twice', async () => {
    s3.fault = (request, response) => {
      if (request.method !== 'GET' || !request.url!.includes('uploads')) return false
      response.writeHead(501).end('<Error><Code>NotImplemented</Code></Error>')
      return true
    }
    const store = await open()
    await store.put(KEY, LARGE)
    expect(s3.objects.get(KEY)?.bytes).toEqual(Buffer.from(LARGE))
    expect(s3.requests.filter((request) => request.startsWith('GET'))).toHaveLength(1)
    expect(await store.abandonUploads!('models/', new Date())).toEqual([])
  })

  test('begins anew when another process ended the upload meanwhile', async () => {
    let ended = false
    s3.fault = (request) => {
      if (!ended && request.method === 'POST' && request.url!.includes('uploadId')) {
        ended = true
        s3.uploads.clear()
      }
      return false
    }
    await (await open()).put(KEY, LARGE)
    expect(s3.objects.get(KEY)?.bytes).toEqual(Buffer.from(LARGE))
  })

  test('that is not joined is an error, also where it comes with 200', async () => {
    s3.fault = (request, response) => {
      if (request.method !== 'POST' || !request.url!.includes('uploadId')) return false
      response.writeHead(200).end('<Error><Code>InternalError</Code><Message>try again</Message></Error>')
      return true
    }
    await expect((await open()).put(KEY, LARGE)).rejects.toThrow('its parts were not joined (InternalError try again)')
  })

  test('left unfinished for a day is ended on request, a younger one not', async () => {
    const parts = new Map<number, Buffer>()
    s3.uploads.set('old', { key: KEY, parts, begun: new Date('2026-01-01') })
    s3.uploads.set('young', { key: KEY, parts, begun: new Date('2026-01-03') })
    expect(await (await open()).abandonUploads!('models/', new Date('2026-01-02'))).toEqual([KEY])
    expect([...s3.uploads.keys()]).toEqual(['young'])
  })
})

describe('trouble', () => {
  test('that passes is waited for: a broken connection, 500 and 503', async () => {
    let asked = 0
    s3.fault = (_, response) => {
      asked++
      if (asked === 1) response.destroy()
      else if (asked === 2) response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>')
      return asked <= 2
    }
    await (await open()).put('a', bytes('a'))
    expect(asked).toBe(3)
  })

  test('that stays is told, with what was asked', async () => {
    s3.fault = (_, response) => {
      response.writeHead(500).end('<Error><Code>InternalError</Code><Message>oh</Message></Error>')
      return true
    }
    await expect((await open()).put('a', bytes('a'))).rejects.toThrow(
      /^PUT 127\.0\.0\.1:\d+\/models-bucket\/a: refused with 500 InternalError oh$/,
    )
    s3.fault = (_, response) => {
      response.destroy()
      return true
    }
    await expect((await open()).get('a')).rejects.toThrow(/GET .*\/a: no answer in 3 attempts \(/)
  })

  test('of a server that hangs ends after the time for one answer', async () => {
    s3.fault = () => true
    const store = await openS3({ env: s3.env, attempts: 2, pauseMs: 1, timeoutMs: 50 })
    await expect(store.get('a')).rejects.toThrow('no answer in 2 attempts (it took too long)')
  })

  test('of wrong credentials and buckets says what was expected, and no secret', async () => {
    const refused = await (await open({ AWS_ACCESS_KEY_ID: 'other' })).get('a').catch((error: Error) => error)
    expect(String(refused)).toMatch(
      /403 InvalidAccessKeyId no such key id; expected AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of a token/,
    )
    expect(String(refused)).not.toContain('the-secret')
    await expect((await open({ S3_BUCKET: 'elsewhere' })).get('a')).rejects.toThrow(
      /404 NoSuchBucket.*expected a bucket elsewhere: "wrangler r2 bucket create elsewhere"/,
    )
  })

  test.each([
    ['AWS_ACCESS_KEY_ID', /^AWS_ACCESS_KEY_ID: found nothing in the environment/],
    ['AWS_SECRET_ACCESS_KEY', /^AWS_SECRET_ACCESS_KEY: found nothing in the environment/],
    ['S3_ENDPOINT', /^CLOUDFLARE_ACCOUNT_ID \(or S3_ENDPOINT\): found nothing in the environment/],
  ])('of a missing %s names it', async (name, message) => {
    const { [name]: _, ...env } = s3.env
    await expect(openObjectStore({ target: 'remote', env })).rejects.toThrow(message)
  })
})
