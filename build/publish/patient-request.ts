import { setTimeout as sleep } from 'node:timers/promises'
import { PublishError } from './published-model.ts'

/** A request's answer, read whole. */
export interface Answer {
  status: number
  headers: Headers
  bytes: Uint8Array
}

/** How long a server is waited for. */
export interface Patience {
  /** times that a request is sent before it is given up */
  attempts: number
  /** before the second one; doubles with each, and chance takes up to half of it off */
  pauseMs: number
  /** of one attempt, its answer's bytes included */
  timeoutMs: number
  /** it must not arrive twice: only a 429, with which nothing was done, is tried again */
  once: boolean
  signal: AbortSignal
}

const PATIENCE: Omit<Patience, 'signal'> = { attempts: 5, pauseMs: 250, timeoutMs: 120_000, once: false }
/** Longest wait that a server may ask for. */
const MAX_PAUSE_MS = 30_000

/**
 * Send until there is an answer that is no passing trouble: network errors, time-outs, 429 and 5xx but 501 are tried again.
 * @param what is asked, in words, for the message
 * @param send makes the request anew, as bodies and signatures serve once
 * @returns also a 429 or 5xx, of the last attempt
 * @throws {PublishError} when no attempt brought an answer
 */
export async function patiently(
  what: string,
  send: (signal: AbortSignal) => Promise<Response>,
  patience: Partial<Patience> = {},
): Promise<Answer> {
  const { attempts, pauseMs, timeoutMs, once } = { ...PATIENCE, ...patience }
  for (let attempt = 1; ; attempt++) {
    patience.signal?.throwIfAborted()
    const limits = [AbortSignal.timeout(timeoutMs), ...(patience.signal ? [patience.signal] : [])]
    const answer = await answerOf(send, AbortSignal.any(limits))
    patience.signal?.throwIfAborted()
    const isLast = attempt >= attempts
    if ('status' in answer) {
      // 501: nor will it do so later
      const isPassing = answer.status === 429 || (answer.status >= 500 && answer.status !== 501 && !once)
      if (isLast || !isPassing) return answer
    } else if (isLast || once) {
      const times = attempt === 1 ? '' : ` in ${attempt} attempts`
      throw new PublishError(`${what}: no answer${times} (${answer.reason})`, { cause: answer.cause })
    }
    const pause = pauseMs * 2 ** (attempt - 1) * (1 - Math.random() / 2)
    const asked = 'status' in answer ? Number(answer.headers.get('retry-after')) * 1000 || 0 : 0
    await sleep(Math.min(MAX_PAUSE_MS, Math.max(pause, asked)), undefined, {
      ...(patience.signal && { signal: patience.signal }),
    })
  }
}

/** The answer with all its bytes, or why there is none. */
async function answerOf(
  send: (signal: AbortSignal) => Promise<Response>,
  signal: AbortSignal,
): Promise<Answer | { reason: string; cause: unknown }> {
  try {
    const response = await send(signal)
    return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) }
  } catch (cause) {
    const { name, message, cause: inner } = cause as Error & { cause?: { code?: string } }
    return { reason: name === 'TimeoutError' ? 'it took too long' : (inner?.code ?? message), cause }
  }
}
