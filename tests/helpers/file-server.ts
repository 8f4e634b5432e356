import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

export interface FileServer {
  /** `http://127.0.0.1:PORT` */
  url: string
  /** what has been asked for, in order */
  requests: { path: string; headers: IncomingMessage['headers'] }[]
  /** the answers to a path, one after the other; the last one stays */
  on(path: string, ...handlers: Handler[]): void
  /** forgets answers and requests */
  clear(): void
  close(): Promise<void>
}

/** An HTTP server on the loopback; what it has no answer for is 404. */
export async function startFileServer(): Promise<FileServer> {
  const answers = new Map<string, Handler[]>()
  const requests: FileServer['requests'] = []
  const server = createServer((request, response) => {
    const path = request.url!
    requests.push({ path, headers: request.headers })
    const handlers = answers.get(path) ?? [status(404)]
    const handler = handlers.length > 1 ? handlers.shift()! : handlers[0]
    handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    on: (path, ...handlers) => answers.set(path, handlers),
    clear() {
      answers.clear()
      requests.length = 0
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function status(code: number, headers: OutgoingHttpHeaders = {}, body = `status ${code}`): Handler {
  return (_, response) => response.writeHead(code, headers).end(body)
}

export function redirect(location: string): Handler {
  return status(302, { location })
}

export interface Serving {
  etag?: string
  headers?: OutgoingHttpHeaders
  /** answers ranges, as servers of files do */
  ranges?: boolean
  /** sends so many bytes of the body, then breaks the connection */
  breakAfter?: number
  /** bytes of the file that have arrived: a broken connection may lose what is on the way, so it waits for them */
  arrived?: () => number
  /** sends so many bytes of the body, then nothing */
  stallAfter?: number
}

/** A file as servers of files send it: length, ETag, Range and If-Range. */
export function file(body: Buffer, options: Serving = {}): Handler {
  const { etag = '"v1"', headers = {}, ranges = true, breakAfter, arrived = () => Infinity, stallAfter } = options
  return (request, response) => {
    const [, start] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? []
    const isPart = ranges && start !== undefined && request.headers['if-range'] === etag
    const from = isPart ? Number(start) : 0
    if (from >= body.length) return response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end()
    response.writeHead(isPart ? 206 : 200, {
      'content-type': 'application/zip',
      'content-length': body.length - from,
      ...(isPart && { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` }),
      etag,
      ...headers,
    })
    const limit = breakAfter ?? stallAfter
    if (limit === undefined) return response.end(body.subarray(from))
    response.write(body.subarray(from, from + limit))
    if (breakAfter === undefined) return
    const waiting = setInterval(() => {
      if (arrived() < from + breakAfter) return
      clearInterval(waiting)
      response.destroy()
    }, 2)
  }
}
