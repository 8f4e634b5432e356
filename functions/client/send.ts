import { type Deadline, pause, startDeadline, throwIfAborted } from './deadline.ts'
import { MarqueeError } from './error.ts'
import { parseRetryAfter, retryWaitMs } from './retry.ts'
import type { ApiError } from './types.ts'

/** As much of fetch as is used, so that any platform's own, or a stand-in, will do. */
export type Fetch = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string; signal: AbortSignal },
) => Promise<FetchAnswer>

export interface FetchAnswer {
  status: number
  headers: { get(name: string): string | null }
  text(): Promise<string>
  /** absent where the platform does not stream, as on React Native */
  body?: { getReader(): ByteReader } | null
}

export interface ByteReader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>
  cancel(): Promise<unknown>
}

export interface ClientOptions {
  /** where the API is, such as https://movies.example; '' is the page's own origin */
  baseUrl: string
  /** of an app's own server; whoever has the app can read a key that is in it, so an app sends tokens */
  apiKey?: string
  /** the viewer's own (JWT); a function is called for each request, and may renew it */
  token?: string | (() => string | Promise<string>)
  /** sent with each request */
  headers?: Record<string, string>
  /** the platform's own when left out */
  fetch?: Fetch
  /** longest wait for an answer, retries and their pauses included; of a stream, for its next part. 15,000 ms */
  timeoutMs?: number
  /** how often a call is sent again when that may mend it; 2 */
  retries?: number
  /** false where fetch cannot stream: streams then come in one piece. Found out by itself when left out */
  streaming?: boolean
}

/** What a single call may have of its own. */
export interface CallOptions {
  signal?: AbortSignal
  timeoutMs?: number
  retries?: number
  headers?: Record<string, string>
}

/** A request, ready but for what every request has. */
export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** with its query */
  path: string
  body?: unknown
  isIdempotent: boolean
  accept?: string
}

const TIMEOUT_MS = 15_000
const RETRIES = 2

export interface Exchange {
  /** @throws {MarqueeError} when no try brought an answer of status 2xx that could be read */
  ask(call: Call, own: CallOptions): Promise<object>
  /** The same as soon as the answer begins. Who reads on stops the deadline. */
  open(call: Call, own: CallOptions): Promise<Opened>
}

export interface Opened {
  answer: FetchAnswer
  deadline: Deadline
  timeoutMs: number
}

/** Requests to one API, sent again where that may mend them. */
export function createExchange(client: ClientOptions): Exchange {
  const root = `${client.baseUrl.replace(/\/+$/, '')}/v1`
  if (client.apiKey !== undefined && client.token !== undefined)
    throw new TypeError('found apiKey and token, expected one of them')
  const fetch = client.fetch ?? (globalThis.fetch as Fetch)

  /** One try after another; the deadline goes on when one succeeded. */
  async function attempt<T>(
    { method, path, body, isIdempotent, accept }: Call,
    own: CallOptions,
    read: (opened: Opened) => Promise<T>,
  ): Promise<{ value: T; deadline: Deadline }> {
    const timeoutMs = own.timeoutMs ?? client.timeoutMs ?? TIMEOUT_MS
    const retries = own.retries ?? client.retries ?? RETRIES
    const deadline = startDeadline(timeoutMs, own.signal)
    try {
      for (let failures = 1; ; failures++) {
        const headers = await headersOf(client, own, accept, body !== undefined)
        throwIfAborted(own.signal)
        try {
          const { signal } = deadline
          const json = body === undefined ? {} : { body: JSON.stringify(body) }
          const answer = await fetch(root + path, { method, headers, signal, ...json })
          if (answer.status < 200 || answer.status > 299) throw await refusal(answer)
          return { value: await read({ answer, deadline, timeoutMs }), deadline }
        } catch (cause) {
          throwIfAborted(own.signal)
          const error = asMarqueeError(cause, deadline, timeoutMs)
          const waitMs = failures > retries ? null : retryWaitMs(error, failures, isIdempotent)
          // an answer that would come too late is not waited for
          if (waitMs === null || waitMs >= deadline.remainingMs()) throw error
          await pause(waitMs, deadline.signal)
        }
      }
    } catch (error) {
      deadline.stop()
      throw error
    }
  }

  return {
    async ask(call, own) {
      const { value, deadline } = await attempt(call, own, ({ answer }) => readJson(answer))
      deadline.stop()
      return value
    },
    open: async (call, own) => (await attempt(call, own, async (opened) => opened)).value,
  }
}

async function headersOf(
  { apiKey, token, headers }: ClientOptions,
  own: CallOptions,
  accept = 'application/json',
  hasBody = false,
): Promise<Record<string, string>> {
  const credential = apiKey ?? (typeof token === 'function' ? await token() : token)
  return {
    accept,
    ...(hasBody && { 'content-type': 'application/json' }),
    ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
    ...headers,
    ...own.headers,
  }
}

/** What was thrown on the way, by whose fault it was. */
export function asMarqueeError(cause: unknown, deadline: Deadline, timeoutMs: number): MarqueeError {
  if (deadline.isOver()) return new MarqueeError('timeout', `no answer within ${timeoutMs} ms`, { status: 0, cause })
  if (cause instanceof MarqueeError) return cause
  return new MarqueeError('network', 'the server could not be reached', { status: 0, cause })
}

/** The API's own words for what is wrong, where they came. */
async function refusal(answer: FetchAnswer): Promise<MarqueeError> {
  const { status, headers } = answer
  const { error } = (parseObject(await answer.text()) ?? {}) as Partial<ApiError>
  const details = {
    status,
    requestId: headers.get('x-request-id'),
    retryAfterMs: parseRetryAfter(headers.get('retry-after'), Date.now()),
  }
  if (typeof error?.code !== 'string' || typeof error.message !== 'string')
    return new MarqueeError('bad_answer', `status ${status} without an error object`, details)
  return new MarqueeError(error.code, error.message, { ...details, path: error.path })
}

/** The whole answer as JSON. The API validates what it sends, so no more is looked at than that an object came. */
export async function readJson(answer: FetchAnswer): Promise<object> {
  const body = parseObject(await answer.text())
  if (body !== null) return body
  const { status, headers } = answer
  throw new MarqueeError('bad_answer', `status ${status}: found no JSON object, expected one`, {
    status,
    requestId: headers.get('x-request-id'),
  })
}

export function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : null
  } catch {
    return null
  }
}
