import { MarqueeError } from './error.ts'

/** first pause at most, doubled with every further failure */
const BASE_MS = 300
const LONGEST_MS = 5000

/**
 * How long to wait until a failed call is sent again. After "too many requests" and "not now" (429, 503) as long as the
 * server asks; always a random part more, so that the apps which failed together do not come back together.
 * @param failures of this call so far, 1 or more
 * @param isIdempotent whether a call that may have arrived may be sent again; a 429 says that it was not carried out
 * @param random 0 to below 1
 * @returns null for a failure that another try would not mend
 */
export function retryWaitMs(
  error: unknown,
  failures: number,
  isIdempotent: boolean,
  random: () => number = Math.random,
): number | null {
  if (!(error instanceof MarqueeError)) return null
  const isRefused = error.status === 429
  const isPassing = error.status === 503 || error.code === 'network'
  if (!isRefused && !(isPassing && isIdempotent)) return null
  return (error.retryAfterMs ?? 0) + random() * Math.min(LONGEST_MS, BASE_MS * 2 ** (failures - 1))
}

/** `Retry-After`: seconds or a date. @returns null where it is neither */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null || header.trim() === '') return null
  if (/^\d+$/.test(header.trim())) return 1000 * Number(header)
  const date = Date.parse(header)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}
