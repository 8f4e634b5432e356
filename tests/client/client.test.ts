import { expect, test } from 'vitest'
import { queryString } from '../../functions/client/client.ts'
import {
  type ClientOptions,
  createClient,
  type Fetch,
  type ListEvent,
  MarqueeError,
} from '../../functions/client/index.ts'

const FAILED = '{"error":{"code":"not_ready","message":"no model is being served yet"}}'

/** A server that gives these answers one after another, the last for good, and the requests it got. */
function answering(
  answers: [status: number, body: string, headers?: Record<string, string>][],
  options: Partial<ClientOptions> = {},
) {
  const requests: { url: string; method: string; headers: Record<string, string>; body: string | undefined }[] = []
  const fetch: Fetch = async (url, { method, headers, body }) => {
    requests.push({ url, method, headers, body })
    const [status, text, extra] = answers[Math.min(requests.length, answers.length) - 1]!
    return new Response(text, { status, ...(extra && { headers: extra }) })
  }
  return { client: createClient({ baseUrl: 'https://movies.example/', fetch, ...options }), requests }
}

/** A server that never answers. */
const silent: Fetch = (_, { signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

test('lists go comma-separated into the query, objects by field, absent and empty fields stay out', () => {
  expect(queryString({ q: 'heat & co', genres: ['Crime', 'Sci-Fi'], weights: { cf: 0.5 }, k: 8, exclude: [] })).toBe(
    '?q=heat%20%26%20co&genres=Crime%2CSci-Fi&weights[cf]=0.5&k=8',
  )
  expect(queryString({ q: '', k: undefined })).toBe('')
})

test('a request says who asks and what for', async () => {
  const { client, requests } = answering([[200, '{}']], { token: async () => 'abc', headers: { 'x-app': 'tv' } })
  await client.rate(1, 6, 4.5, { headers: { 'x-request-id': '17' } })
  expect(requests).toEqual([
    {
      url: 'https://movies.example/v1/users/1/ratings/6',
      method: 'PUT',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        authorization: 'Bearer abc',
        'x-app': 'tv',
        'x-request-id': '17',
      },
      body: '{"rating":4.5}',
    },
  ])
})

test('an API key and a token at once are refused', () => {
  expect(() => createClient({ baseUrl: '', apiKey: 'a', token: 'b' })).toThrow('found apiKey and token')
})

test('what a token function throws is passed on as it is', async () => {
  const signedOut = new RangeError('signed out')
  const { client } = answering([[200, '{}']], {
    token: () => {
      throw signedOut
    },
  })
  await expect(client.model()).rejects.toBe(signedOut)
})

test('a question is asked again after "not now", and a lost connection', async () => {
  const { client, requests } = answering([
    [503, FAILED],
    [503, FAILED],
    [200, '{"items":[]}'],
  ])
  expect(await client.recommendForHistory({ history: [] })).toEqual({ items: [] })
  expect(requests).toHaveLength(3)

  let tries = 0
  const flaky: Fetch = () =>
    ++tries === 1 ? Promise.reject(new TypeError('lost')) : Promise.resolve(new Response('{}'))
  await createClient({ baseUrl: '', fetch: flaky }).model()
  expect(tries).toBe(2)
})

test('after as many retries as allowed the last failure is thrown', async () => {
  const { client, requests } = answering([[503, FAILED]], { retries: 1 })
  await expect(client.model()).rejects.toMatchObject({ code: 'not_ready' })
  expect(requests).toHaveLength(2)
})

test('a mark that may have arrived is not sent twice; one that was refused is', async () => {
  const lost = answering([[503, FAILED]])
  await expect(lost.client.mark(1, 6, { kind: 'seen' })).rejects.toThrow(MarqueeError)
  await expect(lost.client.undoMark(1, 6)).rejects.toThrow(MarqueeError)
  expect(lost.requests).toHaveLength(2)

  const refused = answering([
    [429, FAILED],
    [200, '{}'],
  ])
  await refused.client.mark(1, 6, { kind: 'seen' })
  expect(refused.requests).toHaveLength(2)
})

test('a wait longer than the time left is not begun', async () => {
  const { client, requests } = answering([[429, FAILED, { 'retry-after': '60' }]])
  await expect(client.model()).rejects.toMatchObject({ status: 429, retryAfterMs: 60_000 })
  expect(requests).toHaveLength(1)
})

test('no other failure is tried again', async () => {
  for (const status of [400, 401, 404, 500]) {
    const { client, requests } = answering([[status, FAILED]])
    await expect(client.model()).rejects.toMatchObject({ status })
    expect(requests).toHaveLength(1)
  }
})

test('an answer that is no JSON object is called bad, whatever its status', async () => {
  for (const [status, body] of [
    [502, '<h1>Bad gateway</h1>'],
    [200, '<!doctype html>'],
    [200, 'null'],
    [500, '{"error":"boom"}'],
  ] as const)
    await expect(answering([[status, body]]).client.model()).rejects.toMatchObject({ code: 'bad_answer', status })
})

test('a server out of reach is a network failure with its cause', async () => {
  const cause = new TypeError('fetch failed')
  const client = createClient({ baseUrl: '', fetch: () => Promise.reject(cause), retries: 0 })
  await expect(client.model()).rejects.toMatchObject({ code: 'network', status: 0, cause })
})

test('a server that keeps silent runs into the timeout, which is not tried again', async () => {
  const client = createClient({ baseUrl: '', fetch: silent, timeoutMs: 10 })
  await expect(client.model()).rejects.toMatchObject({ code: 'timeout', message: 'no answer within 10 ms' })
})

test('an abort by the caller is passed on as it is, also between two tries', async () => {
  const controller = new AbortController()
  const answer = createClient({ baseUrl: '', fetch: silent }).model({ signal: controller.signal })
  controller.abort()
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' })

  const { client } = answering([[503, FAILED, { 'retry-after': '5' }]])
  const waiting = client.model({ signal: AbortSignal.timeout(20) })
  await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' })
})

/** A server whose stream comes in these pieces. */
function streaming(
  pieces: string[],
  options: Partial<ClientOptions> = {},
  end: 'close' | 'error' | 'silence' = 'close',
) {
  let isCancelled = false
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece))
      if (end === 'close') controller.close()
    },
    pull(controller) {
      if (end === 'error') controller.error(new TypeError('lost'))
    },
    cancel() {
      isCancelled = true
    },
  })
  const fetch: Fetch = async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  const client = createClient({ baseUrl: '', fetch, ...options })
  return { wish: () => client.streamWish({ text: 'heat' }), isCancelled: () => isCancelled }
}

async function all<T>(events: AsyncIterable<T>): Promise<T[]> {
  const list = []
  for await (const event of events) list.push(event)
  return list
}

const ITEMS = 'event: items\ndata: {"items":[1],"degraded":[]}\n\n'

test('a stream comes in events, wherever the network cuts them, even within a letter', async () => {
  const bytes = new TextEncoder().encode('event: explain\ndata: {"movieId":1,"text":"Vì bạn","by":"model"}\n\n')
  const cut = bytes.indexOf(0xc3) + 1
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(`: a comment\n\n${ITEMS.slice(0, 9)}`))
      controller.enqueue(new TextEncoder().encode(ITEMS.slice(9)))
      controller.enqueue(bytes.slice(0, cut))
      controller.enqueue(bytes.slice(cut))
      controller.enqueue(new TextEncoder().encode('event: done\r\ndata: {"degraded":["explain"]}\r\n\r\n'))
      controller.close()
    },
  })
  const fetch: Fetch = async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  expect(await all(createClient({ baseUrl: '', fetch }).streamWish({ text: 'heat' }))).toEqual([
    { event: 'items', answer: { items: [1], degraded: [] } },
    { event: 'explain', movieId: 1, explanation: { text: 'Vì bạn', by: 'model' } },
    { event: 'done', degraded: ['explain'] },
  ])
})

test('a platform without streams gets the same events out of one answer', async () => {
  const { client, requests } = answering([[200, '{"items":[1],"degraded":[]}']], { streaming: false })
  const events: ListEvent<{ degraded: string[] }>[] = await all(client.streamWish({ text: 'heat' }))
  expect(requests[0]!.headers.accept).toBe('application/json')
  expect(events).toEqual([
    { event: 'items', answer: { items: [1], degraded: [] } },
    { event: 'done', degraded: [] },
  ])
})

test('a stream without a list is a bad answer; one that breaks off throws behind its list', async () => {
  await expect(all(streaming(['event: done\ndata: {"degraded":[]}\n\n']).wish())).rejects.toMatchObject({
    code: 'bad_answer',
  })
  const got: string[] = []
  const reading = (async () => {
    for await (const { event } of streaming([ITEMS], {}, 'error').wish()) got.push(event)
  })()
  await expect(reading).rejects.toMatchObject({ code: 'network' })
  expect(got).toEqual(['items'])
})

test('a stream that falls silent runs into the timeout', async () => {
  await expect(all(streaming([ITEMS], { timeoutMs: 20 }, 'silence').wish())).rejects.toMatchObject({ code: 'timeout' })
})

test('leaving the loop ends the request', async () => {
  const { wish, isCancelled } = streaming([ITEMS], {}, 'silence')
  for await (const _ of wish()) break
  expect(isCancelled()).toBe(true)
})
