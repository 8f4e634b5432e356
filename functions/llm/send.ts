import type { Deadline } from './deadline.ts'
import { failureOf, LlmError, malformed } from './failure.ts'
import type { LlmSettings } from './settings.ts'

/** No reply that is asked for comes near it: log-probabilities of 50 items are 60 kB. */
const MAX_REPLY_BYTES = 1_000_000

/**
 * POST to the endpoint. No redirect is followed: the key is the endpoint's alone.
 * @throws {LlmError} unreachable, late, or the failure that the status stands for
 */
export async function send(settings: LlmSettings, path: string, body: object, deadline: Deadline): Promise<Response> {
  const { baseUrl, apiKey } = settings
  const response = await deadline.wait(
    fetch(baseUrl + path, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'marquee',
        ...(apiKey !== null && { Authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: deadline.signal,
    }).catch((cause) => {
      throw new LlmError('unreachable', true, cause)
    }),
  )
  if (response.ok) return response
  // unread, it would hold the connection; not waited for, as readText says
  response.body?.cancel().catch(() => {})
  throw failureOf(response.status)
}

/** The whole reply. @throws {LlmError} malformed where it is no JSON, unreachable where it breaks off, late */
export async function readJson(response: Response, deadline: Deadline): Promise<unknown> {
  let text = ''
  for await (const part of readText(response, deadline)) text += part
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw malformed(cause)
  }
}

/** The reply as it comes. @throws {LlmError} malformed where it does not end, unreachable where it breaks off, late */
export async function* readText(response: Response, deadline: Deadline): AsyncGenerator<string> {
  if (!response.body) return
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let numBytes = 0
  try {
    for (;;) {
      const { done, value } = await deadline.wait(
        reader.read().catch((cause) => {
          throw new LlmError('unreachable', true, cause)
        }),
      )
      if (done) return
      numBytes += value.length
      if (numBytes > MAX_REPLY_BYTES) throw malformed()
      yield decoder.decode(value, { stream: true })
    }
  } finally {
    // not waited for: a connection that hangs may hang in this too
    reader.cancel().catch(() => {})
  }
}
