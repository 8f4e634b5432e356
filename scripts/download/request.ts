import { get as getHttp, type IncomingMessage } from 'node:http'
import { get as getHttps } from 'node:https'
import { ConnectionError, DownloadError, StatusError } from './download-error.ts'

const MAX_REDIRECTS = 10
const REDIRECTS = [301, 302, 303, 307, 308]
/** 206: the range asked for; 416: there is no such range */
const GOOD = [200, 206, 416]

export interface RequestOptions {
  headers?: Record<string, string>
  /** sent to the address' own origin only, never where a redirect leads away from it */
  authorization?: string | null
  /** how long a connection may be silent */
  stallMs: number
  signal: AbortSignal
}

/**
 * GET, following redirects. Bytes come as they are sent: no content coding is asked for, and none undone.
 * @returns the response with its body unread; status 200, 206 or 416
 * @throws {StatusError} for another status
 * @throws {ConnectionError} when there is no answer; reading the body throws it too
 * @throws {DownloadError} for too many redirects, or one away from https
 */
export async function request(address: string, options: RequestOptions): Promise<IncomingMessage> {
  const { origin } = new URL(address)
  let url = new URL(address)
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const authorization = url.origin === origin ? options.authorization : null
    const response = await send(url, {
      ...options,
      headers: {
        'user-agent': 'marquee',
        'accept-encoding': 'identity',
        ...options.headers,
        ...(authorization && { authorization }),
      },
    })
    const { statusCode = 0, headers } = response
    if (GOOD.includes(statusCode)) return response
    response.destroy()
    if (!REDIRECTS.includes(statusCode) || headers.location === undefined)
      // without the query: where a redirect leads, it may be a key
      throw new StatusError(statusCode, url.origin + url.pathname, retryAfter(headers['retry-after']))
    url = follow(url, headers.location)
  }
  throw new DownloadError(`${address}: more than ${MAX_REDIRECTS} redirects, the last to ${url.origin}`)
}

/** The body in chunks. @throws {ConnectionError} when it breaks off or stalls */
export async function* readBody(response: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* response as AsyncIterable<Buffer>
  } catch (cause) {
    throw asConnectionError(cause)
  }
}

function send(url: URL, { headers, stallMs, signal }: RequestOptions): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const get = url.protocol === 'https:' ? getHttps : getHttp
  const sent = get(url, { headers: headers ?? {}, signal, timeout: stallMs })
  let response: IncomingMessage | undefined
  sent.on('timeout', () => {
    const stalled = new ConnectionError(`no data for ${stallMs / 1000} s`, 'ESTALLED')
    if (response) response.destroy(stalled)
    else sent.destroy(stalled)
  })
  sent.on('error', (cause) => reject(asConnectionError(cause)))
  sent.on('response', (arrived) => resolve((response = arrived)))
  return promise
}

/** Where a redirect leads. @throws {DownloadError} when it is no address, or away from https */
export function follow(from: URL, location: string): URL {
  const to = URL.parse(location, from.href)
  if (to === null || !['http:', 'https:'].includes(to.protocol))
    throw new DownloadError(`${from.origin}: redirects to ${JSON.stringify(location)}, expected an http(s) address`)
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw new DownloadError(
      `${from.origin}: redirects from https to ${to.origin}, which is not encrypted: not followed`,
    )
  return to
}

function asConnectionError(cause: unknown): Error {
  if (cause instanceof ConnectionError || !(cause instanceof Error) || cause.name === 'AbortError')
    return cause as Error
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown'
  return new ConnectionError(code === 'ECONNRESET' ? 'the connection broke' : cause.message, code, cause)
}

/** Seconds or a date. RFC 9110, 10.2.3. */
function retryAfter(value: string | undefined): number | null {
  if (value === undefined) return null
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(ms) ? null : Math.max(0, ms)
}
