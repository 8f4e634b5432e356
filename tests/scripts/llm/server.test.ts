import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Engine, GenerateOptions } from '../../../scripts/llm/engine.ts'
import { PromptError } from '../../../scripts/llm/engine.ts'
import { createLlmServer } from '../../../scripts/llm/server.ts'

/** The protocol alone, over a model that says what it is told; scripts/integration/llm.ts has a real one. */

const USAGE = { promptTokens: 7, completionTokens: 2 }
let says: string[] = []
let asked: { prompt: string; options: GenerateOptions }[] = []
let wasStopped = false

const engine: Engine = {
  name: 'parrot',
  contextSize: 100,
  async *generate(prompt, options) {
    asked.push({ prompt, options })
    if (prompt.length > 100) throw new PromptError('too long')
    for (const text of says) {
      if (text === 'for ever') await new Promise((left) => options.signal.addEventListener('abort', left))
      if (options.signal.aborted) wasStopped = true
      else yield text
    }
    return { reason: 'stop', usage: USAGE }
  },
  nextTokens: async (prompt, count) => ({
    tokens: new Map(
      Object.entries({ yes: -0.1, no: -prompt.length, so: -9 })
        .slice(0, count)
        .map(([token, logprob]) => [token, logprob]),
    ),
    usage: USAGE,
  }),
  chatPrompt: (messages, thinks) => `${messages.map(({ content }) => content).join('|')}${thinks ? '' : ' at once'}`,
}

let server: Server
let url: string
beforeAll(async () => {
  server = createLlmServer(engine)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  says = ['Hel', 'lo']
  asked = []
  wasStopped = false
})

const post = (path: string, body: unknown, signal?: AbortSignal) =>
  fetch(url + path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal && { signal }),
  })
const CHAT = { messages: [{ role: 'user', content: 'hi' }] }

describe('a chat', () => {
  test('is answered whole, with its tokens', async () => {
    const answer = await (await post('/v1/chat/completions', { ...CHAT, seed: 3, top_k: 20, model: 'any' })).json()
    expect(answer).toMatchObject({
      model: 'parrot',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 },
    })
    expect(asked[0]!.options).toMatchObject({ seed: 3, topK: 20, maxTokens: 256 })
  })

  test.each([
    [{}, 'hi'],
    [{ chat_template_kwargs: { enable_thinking: false } }, 'hi at once'],
    [{ reasoning_effort: 'none' }, 'hi at once'],
  ])('thinks first or not: %j', async (switches, prompt) => {
    await post('/v1/chat/completions', { ...CHAT, ...switches })
    expect(asked[0]!.prompt).toBe(prompt)
  })

  test('hands the schema of the JSON wanted on', async () => {
    const schema = { type: 'object' }
    const format = { type: 'json_schema', json_schema: { name: 'x', strict: true, schema } }
    await post('/v1/chat/completions', { ...CHAT, response_format: format })
    expect(asked[0]!.options.schema).toEqual(schema)
  })

  test('streams tokens, the end, usage where it is wanted, and [DONE]', async () => {
    const response = await post('/v1/chat/completions', {
      ...CHAT,
      stream: true,
      stream_options: { include_usage: true },
    })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const events = (await response.text()).trim().split('\n\n')
    expect(events.at(-1)).toBe('data: [DONE]')
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice(6)))
    expect(chunks.map(({ choices }) => choices[0]?.delta.content)).toEqual(['', 'Hel', 'lo', undefined, undefined])
    expect(chunks.at(-2).choices[0].finish_reason).toBe('stop')
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 2 } })
  })

  test('ends when its client leaves', async () => {
    says = ['for ever']
    const leaving = new AbortController()
    const left = post('/v1/chat/completions', CHAT, leaving.signal).catch(() => 'left')
    await expect.poll(() => asked.length).toBe(1)
    leaving.abort()
    expect(await left).toBe('left')
    await expect.poll(() => wasStopped).toBe(true)
  })
})

test('completions give the likeliest tokens, a prompt each', async () => {
  const body = { prompt: ['a', 'bb'], max_tokens: 1, logprobs: 2 }
  const { choices, usage } = (await (await post('/v1/completions', body)).json()) as { choices: unknown; usage: object }
  expect(choices).toMatchObject([
    { index: 0, text: 'yes', logprobs: { top_logprobs: [{ yes: -0.1, no: -1 }] } },
    { index: 1, text: 'yes', logprobs: { top_logprobs: [{ yes: -0.1, no: -2 }] } },
  ])
  expect(usage).toMatchObject({ prompt_tokens: 14 })
})

test.each([
  ['/v1/chat/completions', '{', 400, /^the body must be JSON/],
  ['/v1/chat/completions', { messages: [] }, 400, /^messages: /],
  ['/v1/chat/completions', { messages: [{ role: 'user', content: 'x'.repeat(200) }] }, 400, /^too long$/],
  ['/v1/chat/completions', { messages: [{ role: 'user', content: 'x'.repeat(200) }], stream: true }, 400, /^too long$/],
  ['/v1/completions', { prompt: 'a', logprobs: 5, max_tokens: 2 }, 400, /^logprobs: /],
  ['/v1/completions', { prompt: Array(51).fill('a') }, 400, /^prompt: /],
  ['/v1/embeddings', {}, 404, /^no route POST/],
])('%s with %j is refused with %i', async (path, body, status, message) => {
  const response = await post(path, body)
  const { error } = (await response.json()) as { error: { message: string } }
  expect({ status: response.status, message: error.message }).toEqual({
    status,
    message: expect.stringMatching(message),
  })
})

test('tells its health and its model', async () => {
  expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' })
  expect(await (await fetch(`${url}/v1/models`)).json()).toMatchObject({ data: [{ id: 'parrot' }] })
})
