import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type * as z from 'zod'
import type * as api from '#core/schemas/api.ts'
import type { QueryRequest } from '#core/schemas/query.ts'
import { createClient, type Fetch, type MarqueeClient } from '../../functions/client/index.ts'
import { formattedTypes, TYPES_FILE } from '../../scripts/build-client.ts'
import { tinyFiles } from '../helpers/tiny-model.ts'
import { tinyPlacement } from '../helpers/tiny-placement.ts'
import { startTinyWorker, type TinyWorker } from '../helpers/tiny-worker.ts'
import { answersOf, CALLS } from './calls.ts'

/** The client against the Worker itself, and against what the Worker says of itself. */

/** Prometheus asks for it, in a format of its own. */
const FOR_MONITORS = '/metrics'

let worker: TinyWorker
beforeAll(async () => {
  worker = await startTinyWorker({ vars: { TASTE_SECRET: 'only-for-tests-0123456789abcdefghij' } })
  await worker.publish('0000000000000001', undefined, tinyFiles(tinyPlacement()))
}, 60_000)
afterAll(() => worker.stop())

/** A client of the Worker, and the requests it sent, as `GET /movies/10`. */
function recorded() {
  const requests: string[] = []
  const fetch: Fetch = (url, init) => {
    requests.push(`${init.method} ${new URL(url).pathname.replace(/^\/v1/, '')}`)
    return worker.fetch(url, init as RequestInit as never) as never
  }
  return { client: createClient({ baseUrl: 'http://localhost', fetch, retries: 0 }), requests }
}

test('every method gets its answer, and together they use every operation of the API', async () => {
  const description = await (await worker.fetch('http://localhost/openapi.json')).json()
  const { paths } = description as { paths: Record<string, object> }
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(path === FOR_MONITORS ? {} : methods).map((method) => ({
      name: `${method.toUpperCase()} ${path}`,
      pattern: new RegExp(`^${method.toUpperCase()} ${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    })),
  )
  const { client, requests } = recorded()
  for (const [method, call] of Object.entries(CALLS)) {
    const answers = await answersOf(call(client)).catch((error: unknown) => {
      throw new Error(`${method}: ${error}`)
    })
    expect(answers.length, method).toBeGreaterThan(0)
  }
  // long lists of filters go into a body
  await client.recommendForUser(1, { k: 3, exclude: Array.from({ length: 500 }, (_, at) => 1000 + at) })

  const used = operations.filter(({ pattern }) => requests.some((request) => pattern.test(request)))
  expect(used.map(({ name }) => name)).toEqual(operations.map(({ name }) => name))
})

test('the types are those of the schemas as they stand; `npm run build:client` renews them', async () => {
  expect(await readFile(TYPES_FILE, 'utf8')).toBe(await formattedTypes())
})

test('the types and the schemas mean the same', () => {
  type Answer<Method extends keyof MarqueeClient> = Awaited<ReturnType<MarqueeClient[Method]>>
  type Argument<Method extends keyof MarqueeClient, At extends number> = Parameters<MarqueeClient[Method]>[At]
  // what the Worker sends is what the client says, and what it takes is what the client asks for: compiles or does not
  const asAnswers = (
    list: api.Recommendations,
    group: api.GroupRecommendations,
    whatIf: api.WhatIf,
    card: api.ModelAnswer,
    profile: api.UserProfile,
  ): [Answer<'recommendForUser'>, Answer<'recommendForGroup'>, Answer<'whatIf'>, Answer<'model'>, Answer<'user'>] => [
    list,
    group,
    whatIf,
    card,
    profile,
  ]
  const asArguments = (
    history: Argument<'recommendForHistory', 0>,
    group: Argument<'recommendForGroup', 0>,
    wish: Argument<'recommendForWish', 0>,
    replay: Argument<'replay', 0>,
  ): [
    z.input<typeof api.HistoryRequest>,
    z.input<typeof api.GroupRequest>,
    z.input<typeof QueryRequest>,
    z.input<typeof api.Replay>,
  ] => [history, group, wish, replay]
  expect([asAnswers, asArguments]).toHaveLength(2)
})

test('an error of the Worker keeps its code, message, path and request id', async () => {
  const { client } = recorded()
  await expect(client.rate(7, 10, 4.3)).rejects.toMatchObject({
    name: 'MarqueeError',
    code: 'bad_request',
    status: 400,
    path: 'rating',
    message: 'rating: found 4.3; must be in steps of 0.5',
    requestId: expect.stringMatching(/.{8}/),
    retryAfterMs: null,
  })
})

test('a Worker without a model is tried again until the time would be over', async () => {
  const empty = await startTinyWorker()
  try {
    const fetch = ((url, init) => empty.fetch(url, init as never)) as Fetch
    const client = createClient({ baseUrl: 'http://localhost', fetch, timeoutMs: 2000 })
    // it says Retry-After: 5, which is more than there is
    await expect(client.movies()).rejects.toMatchObject({ code: 'not_ready', status: 503, retryAfterMs: 5000 })
  } finally {
    await empty.stop()
  }
}, 60_000)
