import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { askBesides, askWhetherServed } from '../../../build/rebuild/index.ts'

const ID = 'a'.repeat(16)
let server: Server | null = null
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function workerThat(answers: RequestListener) {
  server = createServer(answers)
  await new Promise<void>((done) => server!.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, signal: new AbortController().signal, followMs: 20 }
}

const saying =
  (status: number, body: unknown): RequestListener =>
  (_, response) =>
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))

describe('a Worker asked for an answer by a model that is not served yet', () => {
  test.each([
    ['gives a list', 200, { modelId: ID, items: [{}] }, true, '1 movies'],
    ['has no room for two models', 409, { error: { code: 'conflict' } }, true, /no room for two models/],
    ['cannot open it', 503, { error: { code: 'unavailable' } }, false, /^503 .*unavailable/],
    ['answers by another model', 200, { modelId: 'b'.repeat(16), items: [{}] }, false, /^200 /],
    ['gives an empty list', 200, { modelId: ID, items: [] }, false, /^200 /],
    ['gives no JSON', 200, '<html>', false, 'no answer'],
  ])('that %s', async (_, status, body, ok, found) => {
    const verdict = await askBesides(ID, await workerThat(saying(status, body)))
    expect(verdict.ok).toBe(ok)
    if (typeof found === 'string') expect(verdict.found).toBe(found)
    else expect(verdict.found).toMatch(found)
  })

  test('is shown the key', async () => {
    let shown: string | undefined
    const options = await workerThat((request, response) => {
      shown = request.headers.authorization
      saying(200, { modelId: ID, items: [{}] })(request, response)
    })
    expect((await askBesides(ID, { ...options, apiKey: 'mq_1' })).ok).toBe(true)
    expect(shown).toBe('Bearer mq_1')
  })

  test('is no answer where nobody listens', async () => {
    const options = await workerThat(saying(200, {}))
    await new Promise((done) => server!.close(done))
    expect(await askBesides(ID, options)).toMatchObject({ ok: false, found: 'no answer' })
  })
})

describe('a Worker asked what it serves', () => {
  test('is waited for', async () => {
    let asked = 0
    const options = await workerThat((request, response) =>
      saying(200, { modelId: ++asked > 1 ? ID : 'b'.repeat(16), problem: null })(request, response),
    )
    expect(await askWhetherServed(ID, { ...options, followMs: 2000 })).toMatchObject({ ok: true, found: ID })
  })

  test('that refuses the model is told with its reason', async () => {
    const options = await workerThat(saying(200, { modelId: 'b'.repeat(16), problem: 'factors.arrow: version 3' }))
    expect(await askWhetherServed(ID, options)).toMatchObject({
      ok: false,
      found: `${'b'.repeat(16)} (factors.arrow: version 3)`,
    })
  })
})
