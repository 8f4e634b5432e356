import { expect, test } from 'vitest'
import { MarqueeError } from '../../functions/client/error.ts'
import { parseRetryAfter, retryWaitMs } from '../../functions/client/retry.ts'

const failure = (status: number, retryAfterMs: number | null = null) =>
  new MarqueeError(status === 0 ? 'network' : 'unavailable', 'no', { status, retryAfterMs })
const half = () => 0.5

test('pauses double with every failure, up to 5 s, and chance takes a part of each', () => {
  // 300 · 2^(n − 1), halved by this chance
  expect([1, 2, 3, 9].map((failures) => retryWaitMs(failure(503), failures, true, half))).toEqual([150, 300, 600, 2500])
})

test('what the server asks for comes on top', () => {
  expect(retryWaitMs(failure(429, 2000), 1, true, half)).toBe(2150)
})

test('only what was refused is sent again when sending twice does harm', () => {
  expect([0, 429, 503].map((status) => retryWaitMs(failure(status), 1, false, half))).toEqual([null, 150, null])
})

test('Retry-After is seconds or a date; anything else says nothing', () => {
  const now = Date.UTC(2026, 0, 1)
  expect(parseRetryAfter('5', now)).toBe(5000)
  expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30_000)
  expect(parseRetryAfter('Thu, 01 Jan 2025 00:00:30 GMT', now)).toBe(0)
  expect([null, '', 'soon'].map((header) => parseRetryAfter(header, now))).toEqual([null, null, null])
})
