import { setTimeout as sleep } from 'node:timers/promises'
import type { StepHandles } from '../../build/io/handles.ts'
import { ConnectionError, StatusError } from './download-error.ts'

/** failures in a row before giving up; a failure after this many new bytes is the first of a new row */
const MAX_FAILURES = 5
const NEW_ROW_BYTES = 8 << 20
const MAX_WAIT_MS = 60_000
/** there is no network or no such host: not worth a wait, unless it worked a moment ago */
const NO_NETWORK = ['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH']

export interface RetryOptions {
  /** for what is said of it */
  label: string
  /** wait after a first failure; it doubles with every one, or is what the server asks for */
  retryMs: number
  /** bytes there are of what is fetched: with many new ones, a failure is no sign that the next try fails too */
  arrivedBytes?: () => Promise<number>
}

/**
 * Try until it works, or until there is no point: statuses 408, 429 and 5xx, broken connections and stalls may pass.
 * @throws the last failure
 */
export async function retry<T>(
  attempt: () => Promise<T>,
  { label, retryMs, arrivedBytes = async () => 0 }: RetryOptions,
  { log, signal }: StepHandles,
): Promise<T> {
  let failures = 0
  let received = false
  for (;;) {
    const before = await arrivedBytes()
    try {
      return await attempt()
    } catch (error) {
      signal.throwIfAborted()
      const newBytes = (await arrivedBytes()) - before
      received ||= newBytes > 0
      failures = newBytes >= NEW_ROW_BYTES ? 1 : failures + 1
      const asked = error instanceof StatusError ? error.retryAfterMs : null
      const waitMs = asked ?? Math.min(MAX_WAIT_MS, retryMs * 2 ** (failures - 1))
      if (!mayPass(error, received) || failures >= MAX_FAILURES || waitMs > MAX_WAIT_MS) throw error
      log.warn(`${label}: ${briefly(error)}; trying again in ${Math.ceil(waitMs / 1000)} s`)
      await sleep(waitMs, undefined, { signal })
    }
  }
}

function mayPass(error: unknown, received: boolean): boolean {
  if (error instanceof StatusError) return error.status === 408 || error.status === 429 || error.status >= 500
  if (!(error instanceof ConnectionError) || error.isCertificate) return false
  return received || !NO_NETWORK.includes(error.code)
}

function briefly(error: unknown): string {
  return error instanceof StatusError ? `the server answered ${error.status}` : (error as Error).message
}
