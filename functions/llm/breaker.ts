/** So many failures in so long a time, and the server is left alone for a while; then one call tries it. */
const FAILURES = 5
const WINDOW_MS = 20_000
const REST_MS = 15_000
/** A try whose request was cancelled never ends, and counts for so long only. */
const TRY_MS = 5000

/** Keeps requests from waiting for a server that does not work. One an isolate; `now` is Date.now(). */
export class Breaker {
  #failedAt: number[] = []
  /** 0: it works, as far as is known */
  #restsUntil = 0
  #triedAt = Number.NEGATIVE_INFINITY

  /** Whether a call may be made now; who gets a yes, makes it. */
  mayAsk(now: number): boolean {
    if (this.#restsUntil === 0) return true
    if (now < this.#restsUntil || now - this.#triedAt < TRY_MS) return false
    this.#triedAt = now
    return true
  }

  /** Whether it is left alone now, but for a try. */
  isResting(): boolean {
    return this.#restsUntil > 0
  }

  worked(): void {
    this.#failedAt = []
    this.#restsUntil = 0
    this.#triedAt = Number.NEGATIVE_INFINITY
  }

  failed(now: number): void {
    this.#failedAt = [...this.#failedAt.filter((at) => now - at < WINDOW_MS), now]
    // of calls that were under way when it began to rest, none prolongs the rest; the try does
    const wasTry = this.#restsUntil > 0 && now >= this.#restsUntil
    if (!wasTry && (this.#restsUntil > 0 || this.#failedAt.length < FAILURES)) return
    this.#restsUntil = now + REST_MS
    this.#triedAt = Number.NEGATIVE_INFINITY
  }
}
