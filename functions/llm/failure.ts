import type { LlmFailure } from '#recommend/handles.ts'

/** Why a call gave no reply; it does not leave this folder. */
export class LlmError extends Error {
  override name = 'LlmError'
  readonly reason: LlmFailure
  /** whether the server is to blame, so that others should not ask it either */
  readonly isServers: boolean

  constructor(reason: LlmFailure, isServers: boolean, cause?: unknown) {
    super(reason, { cause })
    this.reason = reason
    this.isServers = isServers
  }
}

/** Statuses that say nothing of this one call: no access, no such place, too much asked, broken. */
const OF_THE_SERVER = [401, 403, 404, 405, 408, 429]

/** For an answer that is none. */
export function failureOf(status: number): LlmError {
  return status >= 500 ? new LlmError('failed', true) : new LlmError('refused', OF_THE_SERVER.includes(status))
}

/** For the server's words, where they are not what was asked for. */
export function malformed(cause?: unknown): LlmError {
  return new LlmError('malformed', false, cause)
}
