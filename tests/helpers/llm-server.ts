import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface LlmServer {
  /** `http://127.0.0.1:PORT` */
  url: string
  /** what has been asked, in order */
  // biome-ignore lint/suspicious/noExplicitAny: bodies of several protocols
  requests: { path: string; headers: IncomingMessage['headers']; body: any }[]
  /** most requests that were under way at once */
  mostAtOnce: number
  /** requests whose client left before the answer was whole */
  abandoned: number
  /** the behaviours that follow, one a request; the last one stays */
  behave(...behaviours: Behaviour[]): void
  close(): Promise<void>
}

/** What the server does with a request. */
export type Behaviour = (response: ServerResponse, socket: Socket) => void | Promise<void>

/** An OpenAI-compatible server that does as it is told, badly as a rule. */
export async function startLlmServer(): Promise<LlmServer> {
  let behaviours: Behaviour[] = [status(404)]
  let underWay = 0
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    llm.requests.push({ path: request.url!, headers: request.headers, body: JSON.parse(text) })
    llm.mostAtOnce = Math.max(llm.mostAtOnce, ++underWay)
    response.on('close', () => {
      underWay--
      if (!response.writableFinished) llm.abandoned++
    })
    const behaviour = behaviours.length > 1 ? behaviours.shift()! : behaviours[0]!
    await behaviour(response, request.socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const llm: LlmServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    mostAtOnce: 0,
    abandoned: 0,
    behave(...next) {
      behaviours = next
      llm.requests.length = 0
      llm.mostAtOnce = 0
      llm.abandoned = 0
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return llm
}

export const status =
  (code: number, headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    void response.writeHead(code, headers).end(`{"error":{"message":"status ${code}"}}`)

/** A chat reply with this text. */
export function says(content: string | null, more: { finish?: string; message?: object } = {}): Behaviour {
  return json({
    choices: [
      { index: 0, message: { role: 'assistant', content, ...more.message }, finish_reason: more.finish ?? 'stop' },
    ],
    usage: { prompt_tokens: 100, completion_tokens: 10 },
  })
}

export const json =
  (body: unknown): Behaviour =>
  (response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))

export const raw =
  (text: string): Behaviour =>
  (response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(text)

/** Holds the connection and says nothing. */
export const stallBeforeHeaders: Behaviour = () => {}

export const stallInHeaders: Behaviour = (_, socket) => {
  socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/js')
}

export const stallInBody =
  (start: string): Behaviour =>
  (response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).write(start)

/** One character at a time, for ever. */
export const drip =
  (start: string, everyMs: number, character = ' '): Behaviour =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write(start)
    const dripping = setInterval(() => response.write(character), everyMs)
    response.on('close', () => clearInterval(dripping))
  }

export const breakAfter =
  (start: string): Behaviour =>
  (response, socket) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write(start)
    setTimeout(() => socket.destroy(), 20)
  }

export const reset: Behaviour = (_, socket) => {
  socket.resetAndDestroy()
}

/** An event of a chat stream with this text. */
export const token = (content: string, more: object = {}): string =>
  event({ choices: [{ index: 0, delta: { content }, ...more }] })
export const event = (data: unknown): string => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`

/** A stream: texts are sent, numbers are pauses in ms, and `stall` is the last there is. */
export const streams =
  (...parts: (string | number | 'stall')[]): Behaviour =>
  async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    for (const part of parts) {
      if (part === 'stall') return
      if (typeof part === 'string') response.write(part)
      else await new Promise((done) => setTimeout(done, part))
    }
    response.end()
  }
