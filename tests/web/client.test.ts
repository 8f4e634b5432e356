import { expect, test } from 'vitest'
import { ApiFailure, createClient, queryString } from '../../functions/web/client.ts'

const { signal } = new AbortController()

/** A server that gives one answer, and the requests it got. */
function answering(status: number, body: string) {
  const requests: { path: string; method: string; body: string | null }[] = []
  const send: typeof fetch = async (input, init) => {
    requests.push({ path: String(input), method: init?.method ?? 'GET', body: init?.body ? String(init.body) : null })
    return new Response(body, { status })
  }
  return { client: createClient(send), requests }
}

/** A server that never answers. */
const silent: typeof fetch = (_, init) =>
  new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)))

test('lists go comma-separated into the query, absent and empty fields stay out', () => {
  expect(queryString({ q: 'heat & co', genres: ['Crime', 'Drama'], yearFrom: 1990, k: 8 })).toBe(
    '?q=heat+%26+co&genres=Crime%2CDrama&yearFrom=1990&k=8',
  )
  expect(queryString({ q: '', genres: [] })).toBe('')
})

test('each call asks its route', async () => {
  const { client, requests } = answering(200, '{}')
  await client.movies({ q: 'heat', k: 8 }, signal)
  await client.similar(6, { k: 12 }, signal)
  await client.recommendForUser(1, { genres: ['Crime'] }, signal)
  await client.recommendForHistory([{ movieId: 6, rating: 4.5 }], { yearFrom: 1990 }, signal)
  await client.rate(1, 6, 4.5, signal)
  await client.removeRating(1, 6, signal)
  await client.mark(1, 6, 'seen', signal)
  await client.undoMark(1, 6, 7, signal)
  expect(requests).toEqual([
    { path: '/movies?q=heat&k=8', method: 'GET', body: null },
    { path: '/movies/6/similar?k=12', method: 'GET', body: null },
    { path: '/recommend/user/1?genres=Crime', method: 'GET', body: null },
    {
      path: '/recommend/history',
      method: 'POST',
      body: '{"history":[{"movieId":6,"rating":4.5}],"yearFrom":1990}',
    },
    { path: '/users/1/ratings/6', method: 'PUT', body: '{"rating":4.5}' },
    { path: '/users/1/ratings/6', method: 'DELETE', body: null },
    { path: '/users/1/feedback/6', method: 'PUT', body: '{"kind":"seen"}' },
    { path: '/users/1/feedback/6?version=7', method: 'DELETE', body: null },
  ])
})

test('an error of the API keeps its code, message and path', async () => {
  const body = '{"error":{"code":"bad_request","message":"found 7, expected 0.5 to 5","path":"rating"}}'
  const failure = await answering(400, body)
    .client.rate(1, 6, 7, signal)
    .catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ApiFailure)
  expect(failure).toMatchObject({
    code: 'bad_request',
    status: 400,
    message: 'found 7, expected 0.5 to 5',
    path: 'rating',
  })
})

test('an answer that is no JSON object is called bad, whatever its status', async () => {
  for (const [status, body] of [
    [502, '<h1>Bad gateway</h1>'],
    [200, '<!doctype html>'],
    [200, 'null'],
    [500, '{"error":"boom"}'],
  ] as const)
    await expect(answering(status, body).client.model(signal)).rejects.toMatchObject({ code: 'bad_answer', status })
})

test('a server out of reach is a network failure with its cause', async () => {
  const cause = new TypeError('fetch failed')
  const client = createClient(() => Promise.reject(cause))
  await expect(client.model(signal)).rejects.toMatchObject({ code: 'network', status: 0, cause })
})

test('a server that keeps silent runs into the deadline', async () => {
  await expect(createClient(silent, 10).model(signal)).rejects.toMatchObject({ code: 'timeout' })
})

test('an abort by the caller is passed on as it is', async () => {
  const controller = new AbortController()
  const answer = createClient(silent).model(controller.signal)
  controller.abort()
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
})

/** A server whose stream comes in these pieces. */
function streaming(...pieces: string[]) {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece))
      controller.close()
    },
  })
  const got: unknown[] = []
  const client = createClient(async () => new Response(stream))
  const events = {
    onItems: (answer: object) => got.push(answer),
    onExplanation: (movieId: number, explanation: object) => got.push([movieId, explanation]),
    onDone: (degraded: string[]) => got.push(degraded),
  }
  return { ask: () => client.wish({ text: 'heat' }, events, signal), got }
}

test('a wish comes in events, wherever the network cuts them', async () => {
  const { ask, got } = streaming(
    'event: items\nda',
    'ta: {"items":[1]}\n\nevent: explain\ndata: {"movieId":1,"text":"Vì ',
    'bạn","by":"model"}\n\n: a comment\n\nevent: done\ndata: {"degraded":["explain"]}\n\n',
  )
  await ask()
  expect(got).toEqual([{ items: [1] }, [1, { text: 'Vì bạn', by: 'model' }], ['explain']])
})

test('a wish without a list is a bad answer, and one that breaks off behind its list is whole', async () => {
  await expect(streaming('event: done\ndata: {"degraded":[]}\n\n').ask()).rejects.toMatchObject({ code: 'bad_answer' })
  const { ask, got } = streaming('event: items\ndata: {"items":[]}\n\nevent: expl')
  await ask()
  expect(got).toEqual([{ items: [] }])
})
