/** The end of a call's time, and what its caller wants, as one signal. */
export interface Deadline {
  signal: AbortSignal
  /** of the time, not of the caller's patience */
  isOver(): boolean
  remainingMs(): number
  /** the time begins anew, as with every part of a stream */
  restart(): void
  stop(): void
}

/**
 * As `AbortSignal.any([signal, AbortSignal.timeout(ms)])`, which React Native lacks.
 * @param signal the caller's
 */
export function startDeadline(timeoutMs: number, signal: AbortSignal | undefined): Deadline {
  const controller = new AbortController()
  const abort = () => controller.abort(signal?.reason)
  let isOver = false
  let endsAt = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const restart = () => {
    clearTimeout(timer)
    endsAt = Date.now() + timeoutMs
    timer = setTimeout(() => {
      isOver = true
      controller.abort()
    }, timeoutMs)
  }
  if (signal?.aborted) abort()
  else signal?.addEventListener('abort', abort, { once: true })
  restart()
  return {
    signal: controller.signal,
    isOver: () => isOver,
    remainingMs: () => endsAt - Date.now(),
    restart,
    stop() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    },
  }
}

/** @throws what the signal was aborted with; an AbortError where the platform keeps no reason */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return
  throw signal.reason ?? Object.assign(new Error('the call was aborted'), { name: 'AbortError' })
}

/** Resolves after a time, or at once when the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    if (signal.aborted) done()
    else signal.addEventListener('abort', done)
  })
}
