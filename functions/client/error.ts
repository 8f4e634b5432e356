import type { ApiError } from './types.ts'

/** The API's own codes, and three for when none of its answers came: network, timeout and bad_answer. */
export type MarqueeErrorCode = ApiError['error']['code'] | 'network' | 'timeout' | 'bad_answer'

interface Details {
  /** HTTP status; 0 when no answer came */
  status: number
  path?: string | undefined
  requestId?: string | null
  retryAfterMs?: number | null
  cause?: unknown
}

/** Anything but a good answer. A call that its own signal aborted throws the signal's reason instead. */
export class MarqueeError extends Error {
  override readonly name = 'MarqueeError'
  readonly code: MarqueeErrorCode
  readonly status: number
  /** field of the request that is at fault, such as `history.0.rating` */
  readonly path: string | undefined
  /** what the server's log knows the request by; null when no answer came */
  readonly requestId: string | null
  /** how long the server asks to wait; null where it does not say */
  readonly retryAfterMs: number | null

  /** @param message the API's own where it gave one, meant for developers rather than for viewers */
  constructor(code: MarqueeErrorCode, message: string, { status, path, requestId, retryAfterMs, cause }: Details) {
    super(message, { cause })
    this.code = code
    this.status = status
    this.path = path
    this.requestId = requestId ?? null
    this.retryAfterMs = retryAfterMs ?? null
  }
}
