import { LlmError } from './failure.ts'

/** An end that comes whatever the other side does. */
export interface Deadline {
  /** for what can be stopped */
  readonly signal: AbortSignal
  remainingMs(): number
  /** ends so many ms from now instead, but not after `latest` */
  restart(ms: number): void
  /** wait for work, which may go on unheard. @throws {LlmError} late */
  wait<Result>(work: Promise<Result>): Promise<Result>
  /** what was under way is stopped */
  end(): void
}

/**
 * @param ms until it ends
 * @param latest it never ends after this time (Date.now)
 * @param stopped ends it before, such as a client that left
 */
export function startDeadline(ms: number, latest: number, stopped: AbortSignal): Deadline {
  const controller = new AbortController()
  const signal = AbortSignal.any([controller.signal, stopped])
  let endsAt = 0
  let timer: ReturnType<typeof setTimeout> | null = null
  const late = new Promise<never>((_, reject) => {
    const refuse = () => reject(new LlmError('late', !stopped.aborted))
    if (signal.aborted) refuse()
    else signal.addEventListener('abort', refuse, { once: true })
  })
  late.catch(() => {}) // nobody may be waiting when it comes

  const deadline: Deadline = {
    signal,
    remainingMs: () => Math.max(0, endsAt - Date.now()),
    restart(restMs) {
      endsAt = Math.min(Date.now() + restMs, latest)
      clearTimeout(timer)
      timer = setTimeout(() => controller.abort(), Math.max(0, endsAt - Date.now()))
    },
    wait: (work) => Promise.race([late, work]),
    end() {
      clearTimeout(timer)
      controller.abort()
    },
  }
  deadline.restart(ms)
  return deadline
}
