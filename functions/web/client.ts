import type {
  ApiError,
  HistoryEntry,
  Locale,
  Mark,
  ModelAnswer,
  MovieDetails,
  MovieList,
  Recommendations,
  SimilarMovies,
  StoredFeedback,
  StoredRating,
  UndoneFeedback,
  UserProfile,
} from '#core/schemas/api.ts'
import type { Intent } from '#core/schemas/intent.ts'
import type { Explanation, QueryAnswer } from '#core/schemas/query.ts'

/** longest wait for one answer */
export const DEADLINE_MS = 15_000

/** What a list may be narrowed by; a field left out does not narrow. */
export interface ListFilter {
  genres?: string[]
  yearFrom?: number
  yearTo?: number
  exclude?: number[]
  k?: number
  /** 0 to 1 */
  diversity?: number
  /** of the reasons */
  locale?: Locale
}

/** A wish in words, and who has it. */
export interface Wish {
  text: string
  /** as an answer understood it, with changes */
  intent?: Intent
  userId?: number
  history?: HistoryEntry[]
  exclude?: number[]
  k?: number
}

/** What comes while a wish is answered. */
export interface WishEvents {
  onItems(answer: QueryAnswer): void
  onExplanation(movieId: number, explanation: Explanation): void
  onDone(degraded: QueryAnswer['degraded']): void
}

export type FailureCode = ApiError['error']['code'] | 'network' | 'timeout' | 'bad_answer'

/** Anything but a good answer. `message` is the API's own where it gave one; status 0 means that none came. */
export class ApiFailure extends Error {
  readonly code: FailureCode
  readonly status: number
  readonly path: string | undefined

  constructor(code: FailureCode, status: number, message: string, options: { path?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'ApiFailure'
    this.code = code
    this.status = status
    this.path = options.path
  }
}

export type Client = ReturnType<typeof createClient>

/**
 * The routes that the page calls, typed by the API's own schemas. The Worker validates what it sends, so the
 * page checks only that a JSON object came.
 * Each call throws {ApiFailure}, or the signal's reason when the caller aborts.
 * @param send fetch or a stand-in
 * @param deadlineMs longest wait for one answer
 */
export function createClient(send: typeof fetch = (...args) => fetch(...args), deadlineMs = DEADLINE_MS) {
  const ask = <T>(path: string, signal: AbortSignal, init: RequestInit = {}): Promise<T> =>
    request(send, path, signal, deadlineMs, init) as Promise<T>

  return {
    model: (signal: AbortSignal) => ask<ModelAnswer>('/model', signal),
    movies: (filter: ListFilter & { q?: string }, signal: AbortSignal) =>
      ask<MovieList>(`/movies${queryString(filter)}`, signal),
    movie: (movieId: number, signal: AbortSignal) => ask<MovieDetails>(`/movies/${movieId}`, signal),
    similar: (movieId: number, filter: ListFilter, signal: AbortSignal) =>
      ask<SimilarMovies>(`/movies/${movieId}/similar${queryString(filter)}`, signal),
    profile: (userId: number, signal: AbortSignal) => ask<UserProfile>(`/users/${userId}`, signal),
    recommendForUser: (userId: number, filter: ListFilter, signal: AbortSignal) =>
      ask<Recommendations>(`/recommend/user/${userId}${queryString(filter)}`, signal),
    recommendForHistory: (history: HistoryEntry[], filter: ListFilter, signal: AbortSignal) =>
      ask<Recommendations>('/recommend/history', signal, jsonBody('POST', { history, ...filter })),
    /** The list at once, then explanations one by one; ends when all are there. */
    wish: (wish: Wish, events: WishEvents, signal: AbortSignal) => streamWish(send, wish, events, signal, deadlineMs),
    rate: (userId: number, movieId: number, rating: number, signal: AbortSignal) =>
      ask<StoredRating>(`/users/${userId}/ratings/${movieId}`, signal, jsonBody('PUT', { rating })),
    removeRating: (userId: number, movieId: number, signal: AbortSignal) =>
      ask<unknown>(`/users/${userId}/ratings/${movieId}`, signal, { method: 'DELETE' }),
    mark: (userId: number, movieId: number, kind: Mark, signal: AbortSignal) =>
      ask<StoredFeedback>(`/users/${userId}/feedback/${movieId}`, signal, jsonBody('PUT', { kind })),
    /** @param version of the mark: so that an undo sent twice undoes nothing else */
    undoMark: (userId: number, movieId: number, version: number, signal: AbortSignal) =>
      ask<UndoneFeedback>(`/users/${userId}/feedback/${movieId}?version=${version}`, signal, { method: 'DELETE' }),
  }
}

/** `?q=heat&genres=Crime,Drama`, lists comma-separated, empty and absent fields left out; '' when none is left. */
export function queryString(
  fields: { [name: string]: string | number | (string | number)[] | undefined } | ListFilter,
): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue
    params.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  return params.size === 0 ? '' : `?${params}`
}

const jsonBody = (method: string, body: unknown): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

async function request(
  send: typeof fetch,
  path: string,
  signal: AbortSignal,
  deadlineMs: number,
  init: RequestInit,
): Promise<unknown> {
  const deadline = AbortSignal.timeout(deadlineMs)
  let status = 0
  let text: string
  try {
    const response = await send(path, { ...init, signal: AbortSignal.any([signal, deadline]) })
    status = response.status
    text = await response.text()
  } catch (cause) {
    signal.throwIfAborted()
    if (deadline.aborted) throw new ApiFailure('timeout', status, `no answer within ${deadlineMs} ms`, { cause })
    throw new ApiFailure('network', status, 'the server could not be reached', { cause })
  }
  const body = parseObject(text)
  if (status >= 200 && status < 300 && body !== null) return body
  throw asFailure(status, body)
}

/** @throws {ApiFailure} for a stream that breaks off before its list came; what breaks off later is whole without the rest */
async function streamWish(
  send: typeof fetch,
  wish: Wish,
  { onItems, onExplanation, onDone }: WishEvents,
  signal: AbortSignal,
  deadlineMs: number,
): Promise<void> {
  const init = jsonBody('POST', wish)
  let hasItems = false
  const take = ({ event, data }: ServerEvent) => {
    if (event === 'items') {
      hasItems = true
      onItems(data as QueryAnswer)
    } else if (event === 'explain') {
      const { movieId, ...explanation } = data as Explanation & { movieId: number }
      onExplanation(movieId, explanation)
    } else if (event === 'done') onDone((data as Pick<QueryAnswer, 'degraded'>).degraded)
  }
  const deadline = AbortSignal.timeout(deadlineMs)
  const headers = { ...init.headers, accept: 'text/event-stream' }
  let status = 0
  try {
    const response = await send('/recommend/query', { ...init, headers, signal: AbortSignal.any([signal, deadline]) })
    status = response.status
    if (!response.ok || response.body === null) throw asFailure(status, parseObject(await response.text()))
    for await (const event of serverEvents(response.body)) take(event)
  } catch (cause) {
    signal.throwIfAborted()
    if (hasItems) return
    if (cause instanceof ApiFailure) throw cause
    if (deadline.aborted) throw new ApiFailure('timeout', status, `no answer within ${deadlineMs} ms`, { cause })
    throw new ApiFailure('network', status, 'the server could not be reached', { cause })
  }
  if (!hasItems) throw new ApiFailure('bad_answer', status, 'the stream ended without a list')
}

interface ServerEvent {
  event: string
  data: object
}

/** Server-sent events whose data is a JSON object each; others are passed over. */
async function* serverEvents(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<ServerEvent> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const blocks = (rest + value).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const field = (name: string) =>
        block
          .split('\n')
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).trimStart())
          .join('\n')
      const data = parseObject(field('data'))
      if (data !== null) yield { event: field('event'), data }
    }
  }
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : null
  } catch {
    return null
  }
}

function asFailure(status: number, body: object | null): ApiFailure {
  const { error } = (body ?? {}) as Partial<ApiError>
  if (typeof error?.code !== 'string' || typeof error.message !== 'string')
    return new ApiFailure('bad_answer', status, `status ${status} without an error object`)
  return new ApiFailure(error.code, status, error.message, error.path === undefined ? {} : { path: error.path })
}
