import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  breakAfter,
  drip,
  event,
  json,
  type LlmServer,
  raw,
  reset,
  says,
  stallBeforeHeaders,
  stallInBody,
  stallInHeaders,
  startLlmServer,
  status,
  streams,
  token,
} from '../../helpers/llm-server.ts'
import { startTinyWorker, type TinyWorker } from '../../helpers/tiny-worker.ts'

/** The client in workerd against a server that fails in every way. */

const MAIN = join(import.meta.dirname, '../../fixtures/llm-worker.js')
const DEADLINES = {
  LLM_TOTAL_MS: '900',
  LLM_PARSE_MS: '250',
  LLM_RERANK_MS: '250',
  LLM_EXPLAIN_MS: '300',
  LLM_IDLE_MS: '120',
}
/** On top of a deadline, for a busy machine. */
const SLACK_MS = 400
const GOOD = says('{"answer":42}')

let server: LlmServer
let worker: TinyWorker
beforeAll(async () => {
  server = await startLlmServer()
  worker = await startTinyWorker({
    main: MAIN,
    vars: {
      ...DEADLINES,
      LLM_BASE_URL: `${server.url}/v1/`,
      LLM_API_KEY: 'only-for-the-endpoint',
      LLM_CONCURRENCY: '6',
    },
  })
}, 60_000)
afterAll(async () => {
  await worker.stop()
  await server.close()
})
// what works also ends a row of failures, so that no test begins with a breaker that is about to open
beforeEach(async () => {
  server.behave(GOOD)
  await ask(JSON_CALL)
})

const askAll = async (calls: object[], more: object = {}) =>
  (await worker.call('/ask', { body: { calls, ...more } })).json
const ask = async (call: object, more: object = {}) => (await askAll([call], more)).replies[0]
const JSON_CALL = { kind: 'json' }
const YES_NO = { kind: 'yesNo' }
const TEXT = { kind: 'text' }

describe('a reply that is JSON', () => {
  test.each([
    ['as content', GOOD],
    ['in the reasoning, where vLLM may put it', says(null, { message: { reasoning: '{"answer":42}' } })],
    ['in reasoning_content', says('', { message: { reasoning_content: '{"answer":42}' } })],
    ['after a thought', says('<think>{"answer":1}</think>\n{"answer":42}')],
    ['after a thought that was opened by the template', says('it must be 42</think>{"answer":42}')],
    ['in a code fence', says('```json\n{"answer":42}\n```')],
    ['whole, although it was cut off', says('{"answer":42}   ', { finish: 'length' })],
    ['before endless white space', says(`{"answer":42}${' \n'.repeat(5000)}`, { finish: 'length' })],
    ['before more words', says('{"answer":42} I hope that helps')],
  ])('is read %s', async (_, behaviour) => {
    server.behave(behaviour)
    expect(await ask(JSON_CALL)).toMatchObject({ ok: true, value: 42, isCached: false })
  })

  test('is asked for with its schema, without thoughts, and the key in the header', async () => {
    server.behave(GOOD)
    await ask(JSON_CALL)
    const { path, headers, body } = server.requests[0]!
    expect(path).toBe('/v1/chat/completions')
    expect(headers.authorization).toBe('Bearer only-for-the-endpoint')
    expect(body).toMatchObject({
      model: 'Qwen/Qwen3-1.7B',
      temperature: 0,
      max_tokens: 20,
      chat_template_kwargs: { enable_thinking: false },
      response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true } },
    })
    expect(body).not.toHaveProperty('stream')
  })

  test.each([
    ['no JSON at all', says('I would rather not')],
    ['cut off', says('{"answer":4', { finish: 'length' })],
    ['of another shape', says('{"answer":"forty-two"}')],
    ['empty', says('')],
    ['a thought without an end', says('<think>{"answer":42}')],
    ['without choices', json({ choices: [] })],
    ['not even an object', raw('null')],
    ['a web page', raw('<html>log in</html>')],
  ])('that is malformed (%s) is asked for once more, in another way', async (_, behaviour) => {
    server.behave(behaviour, GOOD)
    expect(await ask(JSON_CALL)).toMatchObject({ ok: true, value: 42 })
    expect(server.requests.map(({ body }) => body.temperature)).toEqual([0, 0.3])
    expect(server.requests[0]!.body.seed).not.toBe(server.requests[1]!.body.seed)
    server.behave(behaviour)
    expect(await ask(JSON_CALL)).toMatchObject({ ok: false, reason: 'malformed' })
    expect(server.requests).toHaveLength(2)
  })

  test('of more than a megabyte is not read to its end', async () => {
    server.behave((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(100_000)));
      }
      response.on('drain', pour)
      pour()
    })
    expect(await ask(JSON_CALL)).toMatchObject({ ok: false, reason: expect.stringMatching(/malformed|late/) })
  })
})

describe('a server that fails', () => {
  test.each([400, 401, 404, 413, 429])('with %i is not asked again', async (code) => {
    server.behave(status(code))
    expect(await ask(JSON_CALL)).toMatchObject({ ok: false, reason: 'refused' })
    expect(server.requests).toHaveLength(1)
  })

  test.each([500, 503])('with %i is asked once more', async (code) => {
    server.behave(status(code), GOOD)
    expect(await ask(JSON_CALL)).toMatchObject({ ok: true, value: 42 })
    server.behave(status(code))
    expect(await ask(JSON_CALL)).toMatchObject({ ok: false, reason: 'failed' })
    expect(server.requests).toHaveLength(2)
  })

  test.each([
    ['resets the connection', reset],
    ['breaks off in the reply', breakAfter('{"choices":[{"mess')],
  ])('that %s is asked once more', async (_, behaviour) => {
    server.behave(behaviour, GOOD)
    expect(await ask(JSON_CALL)).toMatchObject({ ok: true, value: 42 })
    server.behave(behaviour)
    expect(await ask(JSON_CALL)).toMatchObject({ ok: false, reason: 'unreachable' })
    expect(server.requests).toHaveLength(2)
  })

  test('that sends elsewhere is not followed, and the key stays', async () => {
    server.behave(status(307, { location: `${server.url}/elsewhere` }))
    expect(await ask(JSON_CALL)).toMatchObject({ ok: false, reason: 'refused' })
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/chat/completions'])
  })
})

describe('a deadline holds', () => {
  test.each([
    ['before the headers', stallBeforeHeaders],
    ['in the headers', stallInHeaders],
    ['in the body', stallInBody('{"choices":[')],
    ['by dripping white space', drip('{"choices":[', 20)],
  ])('when the server stalls %s', async (_, behaviour) => {
    for (const call of [JSON_CALL, YES_NO]) {
      server.behave(behaviour)
      const { ok, reason, ms } = await ask(call)
      expect({ ok, reason }).toEqual({ ok: false, reason: 'late' })
      expect(ms).toBeGreaterThan(200)
      expect(ms).toBeLessThan(250 + SLACK_MS)
      await expect.poll(() => server.abandoned).toBe(1)
    }
  })

  test('for all calls of a request together', async () => {
    server.behave(stallBeforeHeaders)
    // four at a time: the last of them would begin after 2 × 300 ms and end after 900
    const { replies } = await askAll(Array(16).fill(TEXT))
    expect(replies.every(({ reason }: { reason: string }) => reason === 'late')).toBe(true)
    expect(Math.max(...replies.map(({ ms }: { ms: number }) => ms))).toBeLessThan(900 + SLACK_MS)
  })
})

describe('an explanation as a stream', () => {
  // a Worker whose breaker the tests before have not opened
  let fresh: TinyWorker
  beforeAll(async () => {
    fresh = await startTinyWorker({ main: MAIN, vars: { ...DEADLINES, LLM_BASE_URL: server.url } })
  }, 60_000)
  afterAll(() => fresh.stop())
  const stream = async () => (await fresh.call('/ask', { body: { calls: [TEXT] } })).json.replies[0]

  test.each([
    ['tokens and [DONE]', [token('Vì bạn '), token('thích phim buồn.'), event('[DONE]')]],
    ['a pause that is short enough', [100, token('Vì bạn '), 60, token('thích phim buồn.'), event('[DONE]')]],
    ['cut anywhere', [...token('Vì bạn thích phim buồn.').match(/[\s\S]{1,7}/g)!, event('[DONE]')]],
    ['a finish reason and no [DONE]', [token('Vì bạn thích phim buồn.', { finish_reason: 'stop' })]],
    ['nothing but its usage missing', [token('Vì bạn thích phim buồn.', { finish_reason: 'stop' }), 'stall' as const]],
    ['comments between', [': ping\n\n', token('Vì bạn thích phim buồn.'), ': ping\n\n', event('[DONE]')]],
    ['a thought before', [token('<think>\nhm'), token('</think>Vì bạn\n'), token('thích phim buồn.'), event('[DONE]')]],
    ['in the reasoning', [event({ choices: [{ delta: { reasoning: 'Vì bạn thích phim buồn.' } }] }), event('[DONE]')]],
  ])('is read: %s', async (_, parts) => {
    server.behave(streams(...parts))
    expect(await stream()).toMatchObject({ ok: true, value: 'Vì bạn thích phim buồn.' })
  })

  test('is asked for as one, and read from a server that does not stream', async () => {
    server.behave(says('A sad film.'))
    expect(await stream()).toMatchObject({ ok: true, value: 'A sad film.' })
    expect(server.requests[0]!.body).toMatchObject({ stream: true, temperature: 0.7, seed: 7 })
  })

  test.each([
    ['no first token', ['stall' as const], 300],
    ['only comments', [': ping\n\n', 100, ': ping\n\n', 100, ': ping\n\n', 'stall' as const], 300],
    ['a long pause', [token('Vì'), 'stall' as const], 120],
    ['empty deltas', [token('Vì'), 60, token(''), 60, token(''), 60, token(''), 'stall' as const], 120],
  ])('that stalls is late, half of it is nothing: %s', async (_, parts, deadlineMs) => {
    server.behave(says('works again'))
    await stream()
    server.behave(streams(...parts))
    const { reason, ms } = await stream()
    expect(reason).toBe('late')
    expect(ms).toBeGreaterThan(deadlineMs - 50)
    expect(ms).toBeLessThan(deadlineMs + SLACK_MS)
  })

  test.each([
    ['ends in the middle', streams(token('Vì bạn ')), 'unreachable'],
    ['says that the server failed', streams(token('Vì'), event({ error: { message: 'out of memory' } })), 'failed'],
    ['is no JSON', streams('data: {"choices"\n\n'), 'malformed'],
    ['is empty', streams(event('[DONE]')), 'malformed'],
  ])('that %s is asked for once more', async (_, behaviour, reason) => {
    server.behave(behaviour, streams(token('Whole.'), event('[DONE]')))
    expect(await stream()).toMatchObject({ ok: true, value: 'Whole.' })
    server.behave(behaviour)
    expect(await stream()).toMatchObject({ ok: false, reason })
    expect(server.requests).toHaveLength(2)
  })

  test('that its caller refuses is asked for once more, though it took longer than a pause between tokens may', async () => {
    const slow = (text: string) => streams(token('Long'), 80, token(' and '), 80, token(text), event('[DONE]'))
    server.behave(slow('wrong.'), slow('right.'))
    const call = { ...TEXT, refuses: 'wrong' }
    expect((await fresh.call('/ask', { body: { calls: [call] } })).json.replies[0]).toMatchObject({
      ok: true,
      value: 'Long and right.',
    })
    server.behave(streams(token('wrong.'), event('[DONE]')))
    expect((await fresh.call('/ask', { body: { calls: [call] } })).json.replies[0]).toMatchObject({
      ok: false,
      reason: 'malformed',
    })
  })
})

describe('yes and no', () => {
  const choice = (index: number, top: Record<string, number>) => ({
    index,
    text: '',
    logprobs: { top_logprobs: [top] },
  })

  test('are log-odds, whatever the spelling and the order of the answers', async () => {
    server.behave(
      json({
        choices: [
          choice(1, { No: Math.log(0.6), ' no': Math.log(0.2), yes: Math.log(0.1) }),
          choice(0, { Yes: Math.log(0.75), no: Math.log(0.25) }),
        ],
      }),
    )
    const { ok, value } = await ask(YES_NO)
    expect(ok).toBe(true)
    // 0.75 / 0.25 = 3; 0.1 / (0.6 + 0.2) = 1/8
    expect(value[0]).toBeCloseTo(Math.log(3))
    expect(value[1]).toBeCloseTo(-Math.log(8))
    expect(server.requests[0]!.body.prompt[1]).toBe(
      '<|im_start|>user\nViewer\n\nTwo?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n',
    )
  })

  test.each([
    ['an answer too few', json({ choices: [choice(0, { yes: -1, no: -2 })] })],
    [
      'no log-probabilities',
      json({
        choices: [
          { index: 0, text: 'yes' },
          { index: 1, text: 'no' },
        ],
      }),
    ],
    ['neither yes nor no in any', json({ choices: [choice(0, { maybe: -1 }), choice(1, { maybe: -1 })] })],
    [
      'a number that is none',
      json({ choices: [choice(0, { yes: -1 }), { ...choice(1, {}), logprobs: { top_logprobs: [{ no: null }] } }] }),
    ],
  ])('with %s are malformed', async (_, behaviour) => {
    server.behave(behaviour)
    expect(await ask(YES_NO)).toMatchObject({ ok: false, reason: 'malformed' })
  })

  test('of nothing are nothing, and nobody is asked', async () => {
    server.behave(GOOD)
    expect(await ask({ ...YES_NO, items: [] })).toMatchObject({ ok: true, value: [] })
    expect(server.requests).toEqual([])
  })
})

describe('replies are kept', () => {
  const KEPT = { ...JSON_CALL, cacheKey: 'parse.v1|sad films' }

  test('by their key, and failures are not', async () => {
    server.behave(status(500))
    expect(await ask(KEPT)).toMatchObject({ ok: false })
    server.behave(GOOD)
    expect(await ask(KEPT)).toMatchObject({ ok: true, value: 42, isCached: false })
    await expect.poll(() => ask(KEPT)).toMatchObject({ ok: true, value: 42, isCached: true })
    server.behave(GOOD)
    await ask(KEPT)
    expect(server.requests).toEqual([])
    expect(await ask({ ...KEPT, cacheKey: 'parse.v2|sad films' })).toMatchObject({ isCached: false })
  })

  test.each(['slow', 'down', 'damaged'])('and done without where KV is %s', async (cache) => {
    const { ok, value, ms, isCached } = await ask(KEPT, { cache })
    expect({ ok, value, isCached }).toEqual({ ok: true, value: 42, isCached: false })
    expect(ms).toBeLessThan(100 + SLACK_MS)
  })
})

describe('many calls', () => {
  test('of one request are four at a time', async () => {
    server.behave(async (response) => {
      await new Promise((done) => setTimeout(done, 40))
      streams(token('Fine.'), event('[DONE]'))(response, response.socket!)
    })
    const { replies } = await askAll(Array(10).fill(TEXT))
    expect(replies.every(({ ok }: { ok: boolean }) => ok)).toBe(true)
    expect(server.mostAtOnce).toBe(4)
  })

  test('of an isolate are as many as it may make; more are told that it is busy', async () => {
    server.behave(async (response) => {
      await new Promise((done) => setTimeout(done, 100))
      GOOD(response, response.socket!)
    })
    const answers = await Promise.all([0, 1, 2].map(() => askAll(Array(4).fill(JSON_CALL))))
    const reasons = answers.flatMap(({ replies }) => replies.map(({ reason }: { reason?: string }) => reason ?? 'ok'))
    expect(new Set(reasons)).toEqual(new Set(['ok', 'busy']))
    expect(server.mostAtOnce).toBeLessThanOrEqual(6)
  })
})

test('the log names task and reason, and nothing that anybody wrote', async () => {
  server.behave(status(400))
  const { logged } = await askAll([JSON_CALL])
  expect(logged).toEqual([
    { event: 'no reply of the language model', task: 'parse', reason: 'refused', ms: expect.any(Number) },
  ])
})

test('tokens, failures and second attempts are counted', async () => {
  const before = (await askAll([])).counts.tasks.parse
  server.behave(status(500), GOOD)
  await ask(JSON_CALL)
  const after = (await askAll([])).counts.tasks.parse
  expect(after).toMatchObject({
    replies: before.replies + 1,
    retries: before.retries + 1,
    promptTokens: before.promptTokens + 100,
    completionTokens: before.completionTokens + 10,
  })
})

test('a client that leaves takes its call with it', async () => {
  server.behave(stallBeforeHeaders)
  const body = JSON.stringify({ calls: [TEXT] })
  const client = connect(Number(worker.url.port), worker.url.hostname)
  client.write(`POST /ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  await expect.poll(() => server.requests.length).toBe(1)
  const leftAt = performance.now()
  client.resetAndDestroy()
  await expect.poll(() => server.abandoned).toBe(1)
  // sooner than its own deadline
  expect(performance.now() - leftAt).toBeLessThan(200)
})

test('a server that keeps failing is left alone after five requests', async () => {
  server.behave(status(503))
  const reasons: string[] = []
  for (let call = 0; call < 7; call++) reasons.push((await ask(JSON_CALL)).reason)
  expect(reasons).toEqual([...Array(5).fill('failed'), 'resting', 'resting'])
  // two attempts each
  expect(server.requests).toHaveLength(10)
})

test('without an endpoint there is no language model, and nothing fails', async () => {
  const off = await startTinyWorker({ main: MAIN })
  try {
    const { json: answer } = await off.call('/ask', { body: { calls: [JSON_CALL, YES_NO, TEXT] } })
    expect(answer).toMatchObject({ isOn: false, canScore: false })
    expect(answer.replies).toMatchObject(Array(3).fill({ ok: false, reason: 'off' }))
  } finally {
    await off.stop()
  }
}, 30_000)
