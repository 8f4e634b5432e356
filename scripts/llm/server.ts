import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import * as z from 'zod'
import { type Ended, type Engine, type GenerateOptions, PromptError, type Usage } from './engine.ts'
import type { JsonSchema } from './grammar.ts'

/** The part of OpenAI's API that Marquee speaks, over a model in this process. */

const MAX_BODY_BYTES = 4_000_000
const MAX_TOKENS = 4096
const MAX_PROMPTS = 50
const MAX_LOGPROBS = 20

const Sampling = {
  max_tokens: z.int().min(1).max(MAX_TOKENS).default(256),
  temperature: z.number().min(0).max(2).default(0.7),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(0).optional(),
  min_p: z.number().min(0).max(1).optional(),
  seed: z.int().min(0).optional(),
  stream: z.boolean().default(false),
  stream_options: z.object({ include_usage: z.boolean().default(false) }).optional(),
}
const ChatRequest = z.object({
  messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })).min(1),
  response_format: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('text') }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({ schema: z.custom<JsonSchema>((value) => typeof value === 'object') }),
      }),
    ])
    .optional(),
  chat_template_kwargs: z.object({ enable_thinking: z.boolean().default(true) }).optional(),
  reasoning_effort: z.string().optional(),
  ...Sampling,
})
const CompletionRequest = z.object({
  prompt: z.union([z.string(), z.array(z.string()).min(1).max(MAX_PROMPTS)]),
  logprobs: z.int().min(0).max(MAX_LOGPROBS).optional(),
  ...Sampling,
})

/** A request that cannot be obeyed. */
class RequestError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Listens to nobody yet. */
export function createLlmServer(engine: Engine): Server {
  const server = createServer((request, response) => {
    void answer(engine, request, response).catch((error) => refuse(response, error))
  })
  // a long list of questions on a slow machine
  server.requestTimeout = 0
  return server
}

async function answer(engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const left = new AbortController()
  response.on('close', () => left.abort(new Error('the client left')))
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  switch (`${request.method} ${pathname}`) {
    case 'GET /health':
      return send(response, { status: 'ok' })
    case 'GET /v1/models':
      return send(response, { object: 'list', data: [{ id: engine.name, object: 'model', owned_by: 'local' }] })
    case 'POST /v1/chat/completions':
      return chat(engine, await read(request, ChatRequest), response, left.signal)
    case 'POST /v1/completions':
      return complete(engine, await read(request, CompletionRequest), response, left.signal)
    default:
      throw new RequestError(404, `no route ${request.method} ${pathname}`)
  }
}

async function chat(
  engine: Engine,
  body: z.infer<typeof ChatRequest>,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const thinks = (body.chat_template_kwargs?.enable_thinking ?? true) && body.reasoning_effort !== 'none'
  const prompt = engine.chatPrompt(body.messages, thinks)
  const schema = body.response_format?.type === 'json_schema' ? body.response_format.json_schema.schema : undefined
  const texts = engine.generate(prompt, { ...optionsOf(body, signal), ...(schema && { schema }) })
  const about = { id: `chatcmpl-${crypto.randomUUID()}`, created: Math.floor(Date.now() / 1000), model: engine.name }
  if (!body.stream) {
    const { text, ended } = await whole(texts)
    return send(response, {
      ...about,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: ended.reason }],
      usage: usageOf(ended.usage),
    })
  }
  const chunk = (choices: unknown[], more: object = {}) =>
    response.write(`data: ${JSON.stringify({ ...about, object: 'chat.completion.chunk', choices, ...more })}\n\n`)
  // a prompt that is refused still gets its status
  let next = await texts.next()
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }])
  while (!next.done) {
    chunk([{ index: 0, delta: { content: next.value }, finish_reason: null }])
    next = await texts.next()
  }
  chunk([{ index: 0, delta: {}, finish_reason: next.value.reason }])
  if (body.stream_options?.include_usage) chunk([], { usage: usageOf(next.value.usage) })
  response.end('data: [DONE]\n\n')
}

async function complete(
  engine: Engine,
  body: z.infer<typeof CompletionRequest>,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  if (body.stream) throw new RequestError(400, 'stream: completions come whole here')
  if (body.logprobs !== undefined && body.max_tokens !== 1)
    throw new RequestError(400, 'logprobs: only of the first token, so max_tokens must be 1')
  const choices: object[] = []
  const total: Usage = { promptTokens: 0, completionTokens: 0 }
  for (const [index, prompt] of [body.prompt].flat().entries()) {
    const { choice, usage } = await completeOne(engine, prompt, body, signal)
    choices.push({ index, ...choice })
    total.promptTokens += usage.promptTokens
    total.completionTokens += usage.completionTokens
  }
  send(response, {
    id: `cmpl-${crypto.randomUUID()}`,
    object: 'text_completion',
    created: Math.floor(Date.now() / 1000),
    model: engine.name,
    choices,
    usage: usageOf(total),
  })
}

async function completeOne(
  engine: Engine,
  prompt: string,
  body: z.infer<typeof CompletionRequest>,
  signal: AbortSignal,
): Promise<{ choice: object; usage: Usage }> {
  if (body.logprobs === undefined) {
    const { text, ended } = await whole(engine.generate(prompt, optionsOf(body, signal)))
    return { choice: { text, logprobs: null, finish_reason: ended.reason }, usage: ended.usage }
  }
  // at least one, which is the token that is chosen
  const { tokens, usage } = await engine.nextTokens(prompt, Math.max(1, body.logprobs), signal)
  const [text, logprob] = tokens.entries().next().value!
  const logprobs = { tokens: [text], token_logprobs: [logprob], top_logprobs: [Object.fromEntries(tokens)] }
  return { choice: { text, logprobs, finish_reason: 'length' }, usage }
}

async function whole(texts: AsyncGenerator<string, Ended>): Promise<{ text: string; ended: Ended }> {
  let text = ''
  for (;;) {
    const { done, value } = await texts.next()
    if (done) return { text, ended: value }
    text += value
  }
}

function optionsOf(body: z.infer<typeof ChatRequest | typeof CompletionRequest>, signal: AbortSignal): GenerateOptions {
  const { max_tokens: maxTokens, temperature, top_p: topP, top_k: topK, min_p: minP, seed } = body
  return {
    maxTokens,
    temperature,
    signal,
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(minP !== undefined && { minP }),
    ...(seed !== undefined && { seed }),
  }
}

async function read<Schema extends z.ZodType>(request: IncomingMessage, schema: Schema): Promise<z.infer<Schema>> {
  let text = ''
  request.setEncoding('utf8')
  for await (const chunk of request) {
    text += chunk
    if (text.length > MAX_BODY_BYTES) throw new RequestError(413, `the body is longer than ${MAX_BODY_BYTES}`)
  }
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    throw new RequestError(400, `the body must be JSON: ${(error as Error).message}`)
  }
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  throw new RequestError(400, `${path.join('.') || 'body'}: ${message}`)
}

function usageOf({ promptTokens, completionTokens }: Usage): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  }
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return
  const isCallers = error instanceof PromptError || (error instanceof TypeError && /^schema/.test(error.message))
  const status = error instanceof RequestError ? error.status : isCallers ? 400 : 500
  const message = error instanceof Error ? error.message : String(error)
  if (response.headersSent) return void response.end(`data: ${JSON.stringify({ error: { message } })}\n\n`)
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error: { message } }))
}
