import { bodyLimit } from 'hono/body-limit'
import { streamSSE } from 'hono/streaming'
import * as z from 'zod'
import type { Scope } from '#core/api-key.ts'
import { rule, show } from '#core/schemas/problem.ts'
import type { Llm } from '#recommend/handles.ts'
import { requireOwnUser } from '../auth/caller.ts'
import { type HonoContext, type RequestLog, timed } from '../context.ts'
import type { Env } from '../env.ts'
import { openLlm } from '../llm/index.ts'
import { stageSeconds } from '../metrics/counts.ts'
import { countLate, type Noted, noteAnswer } from '../metrics/note-answer.ts'
import { currentModel, type OpenedModel, type ServedModel } from '../open-model.ts'
import { ProblemError } from './errors.ts'
import { answerWithValidator } from './validator.ts'

type Fields = z.ZodObject
const NOTHING = z.strictObject({})
/** What an anonymous viewer may be known by from one request to the next. */
const VIEWER_KEY = /^[A-Za-z0-9._-]{8,64}$/

/** One operation of the API: what `openapi.json` says of it and what it does. */
export interface Route {
  method: 'get' | 'post' | 'put' | 'delete'
  /** OpenAPI style: `/movies/{movieId}` */
  path: string
  /** what credentials it takes, where there are any; public: none */
  scope: Scope | 'public'
  tag: string
  summary: string
  params: Fields
  query: Fields
  body: Fields | null
  answer: z.ZodType
  /** depends on nothing but the address and the model, so caches may keep it for a while */
  isSameForAll?: boolean
  /** not JSON but text */
  textType?: string
  /** also answers by server-sent events, to who accepts nothing else */
  isStreamed?: boolean
  /** statuses besides 200 and 500 */
  errors: (400 | 404 | 409 | 413 | 415 | 501 | 503)[]
  respond(context: HonoContext): Promise<Response>
}

interface RouteInput<Params extends Fields, Query extends Fields, Body extends Fields, Answer extends z.ZodType> {
  method: Route['method']
  path: string
  /** left out, a GET needs read and everything else write */
  scope?: Scope
  tag: string
  summary: string
  params?: Params
  query?: Query
  body?: Body
  answer: Answer
  isSameForAll?: boolean
  errors?: Route['errors']
  handle(request: RouteRequest<Body, Params, Query>): Promise<z.infer<Answer>> | z.infer<Answer>
  /** the same in parts, to who accepts server-sent events; what is thrown before the first of them is answered as ever */
  stream?(request: RouteRequest<Body, Params, Query>): AsyncGenerator<ServerEvent>
}

/** What a route's handler gets. */
export interface RouteRequest<
  Body extends Fields = typeof NOTHING,
  Params extends Fields = typeof NOTHING,
  Query extends Fields = typeof NOTHING,
> {
  params: z.infer<Params>
  query: z.infer<Query>
  body: z.infer<Body>
  served: ServedModel
  env: Env
  log: RequestLog
  /** its time begins with the request */
  llm: Llm
  /** of X-Viewer-Id; null: none was sent */
  viewerKey: string | null
  /** let work go on after the answer has left */
  defer(work: Promise<unknown>): void
}

/** One of a stream; the data is sent as JSON. */
export interface ServerEvent {
  event: string
  data: object
}

/** An operation that answers from the current model: its request is validated by the schemas, then handled. */
export function route<
  Answer extends z.ZodType,
  Params extends Fields = typeof NOTHING,
  Query extends Fields = typeof NOTHING,
  Body extends Fields = typeof NOTHING,
>(input: RouteInput<Params, Query, Body, Answer>): Route {
  const params = input.params ?? (NOTHING as unknown as Params)
  const query = input.query ?? (NOTHING as unknown as Query)
  return {
    ...input,
    scope: input.scope ?? (input.method === 'get' ? 'read' : 'write'),
    params,
    query,
    body: input.body ?? null,
    isStreamed: input.stream !== undefined,
    errors: [400, 503, ...(input.body ? [413 as const, 415 as const] : []), ...(input.errors ?? [])],
    async respond(context) {
      const served = await timed(context, 'model', currentModel(context.env, context.executionCtx))
      context.set('modelId', served.modelId)
      const request = {
        params: validate(params, fromText(params, context.req.param())),
        query: validate(query, fromText(query, context.req.query())),
        body: (input.body
          ? validate(input.body, await readJson(context, served.manifest.api.maxBodyBytes))
          : {}) as z.infer<Body>,
        served,
        env: context.env,
        log: context.get('log'),
        llm: openLlm(context.env, context.executionCtx, context.req.raw, context.get('log')),
        viewerKey: viewerKeyOf(context),
        defer: (work: Promise<unknown>) => context.executionCtx.waitUntil(work),
      }
      const { params: inPath, query: inQuery, body: inBody } = request
      requireOwnUser(context.get('caller')!, { inPath, inQuery, inBody })
      if (input.stream && wantsEvents(context)) return streamed(context, input.stream(request))
      const answer = await timed(context, 'answer', Promise.resolve(input.handle(request)))
      noteAnswer(context, answer as Noted)
      return input.isSameForAll
        ? answerWithValidator(context, JSON.stringify(answer), 'known')
        : context.json(answer as object)
    },
  }
}

function wantsEvents(context: HonoContext): boolean {
  return /^text\/event-stream\b/i.test(context.req.header('Accept') ?? '')
}

async function streamed(context: HonoContext, events: AsyncGenerator<ServerEvent>): Promise<Response> {
  let next = await timed(context, 'answer', events.next())
  // the first event holds the answer, before the headers and the log line go out
  if (!next.done) noteAnswer(context, next.value.data)
  return streamSSE(context, async (stream) => {
    const startedAt = Date.now()
    while (!next.done && !stream.aborted) {
      const { event, data } = next.value
      await stream.writeSSE({ event, data: JSON.stringify(data) })
      if (event === 'done') countLate(context, data)
      next = await events.next()
    }
    stageSeconds.observe({ stage: 'stream' }, (Date.now() - startedAt) / 1000)
  })
}

/** One that is not sane counts as none: it is for experiments only, and no answer depends on it otherwise. */
function viewerKeyOf(context: HonoContext): string | null {
  const sent = context.req.header('X-Viewer-Id') ?? ''
  return VIEWER_KEY.test(sent) ? sent : null
}

async function readJson(context: HonoContext, maxBytes: number): Promise<unknown> {
  const type = context.req.header('Content-Type')
  // a form or plain text could be sent by any page without asking first; JSON could not
  if (!/^application\/json\s*(;|$)/i.test(type ?? ''))
    throw new ProblemError('unsupported_media_type', `Content-Type: found ${show(type)}; must be application/json`)
  const text = await readText(context, maxBytes)
  try {
    return JSON.parse(text)
  } catch (error) {
    const encoding = context.req.header('Content-Encoding')
    if (encoding !== undefined && encoding !== 'identity')
      throw new ProblemError('unsupported_media_type', `Content-Encoding: found ${show(encoding)}; must be left out`)
    throw new ProblemError('bad_request', `the body must be JSON: ${(error as Error).message}`)
  }
}

/** A body says beforehand how long it is, or is counted on its way. */
async function readText(context: HonoContext, maxBytes: number): Promise<string> {
  const tooLarge = () => {
    throw new ProblemError('too_large', `the body is larger than ${maxBytes} bytes`)
  }
  const length = context.req.header('Content-Length')
  if (length !== undefined && context.req.header('Transfer-Encoding') === undefined)
    return Number(length) <= maxBytes ? context.req.raw.text() : tooLarge()
  let text = ''
  await bodyLimit({ maxSize: maxBytes, onError: tooLarge })(context, async () => {
    text = await context.req.text()
  })
  return text
}

/** @throws {ProblemError} for the first problem: where, what was found, what is allowed */
function validate<Schema extends Fields>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value, { reportInput: true })
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  const path = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    const key = [...issue.path, issue.keys[0]!].join('.')
    const known = Object.keys(schema.shape).join(', ') || 'none'
    throw new ProblemError('bad_request', `unknown field ${key}${path === '' ? `; fields here: ${known}` : ''}`, key)
  }
  throw new ProblemError('bad_request', `${path || 'body'}: found ${show(issue.input)}; ${rule(issue)}`, path)
}

interface TextShape {
  type?: string
  items?: TextShape
  anyOf?: TextShape[]
}
const shapes = new WeakMap<Fields, Record<string, TextShape>>()

/**
 * The strings of a path or query as the values that the schema is about: `a,b` for a list, digits for a number,
 * `weights[cf]=0.5` for a field of an object. What does not look like one is left to the schema to refuse.
 */
function fromText(schema: Fields, strings: Record<string, string>): Record<string, unknown> {
  let properties = shapes.get(schema)
  if (!properties) {
    properties = (z.toJSONSchema(schema, { io: 'input' }).properties ?? {}) as Record<string, TextShape>
    shapes.set(schema, properties)
  }
  const values: Record<string, unknown> = {}
  for (const [name, text] of Object.entries(strings)) {
    const inner = /^(\w+)\[(\w+)\]$/.exec(name)
    if (inner && properties[inner[1]!]?.type === 'object')
      values[inner[1]!] = { ...(values[inner[1]!] as object), [inner[2]!]: scalar('number', text) }
    else if (properties[name]?.type === 'array')
      values[name] = text.split(',').map((entry) => scalar(properties[name]!.items?.type, entry.trim()))
    else values[name] = scalar(properties[name]?.type, text)
  }
  return values
}

function scalar(type: string | undefined, text: string): unknown {
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return (type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

/** @throws {ProblemError} when more is asked for than the model's limit */
export function listLength(k: number | undefined, { api }: OpenedModel['manifest']): number {
  if (k !== undefined && k > api.maxK)
    throw new ProblemError('bad_request', `k: found ${k}; must be at most ${api.maxK}`, 'k')
  return k ?? api.defaultK
}
