/**
 * A Worker has six connections that wait for headers; the rest is for the bucket and the database. Calls of one request
 * beyond these wait for each other.
 */
const PER_REQUEST = 4

/** Calls under way in an isolate. One of a cancelled request is never given back, and counts until it must be over. */
export class Places {
  #takenAt = new Map<number, number>()
  #next = 0

  /** @returns what gives the place back, or null when all are taken */
  take(now: number, most: number, longestMs: number): (() => void) | null {
    for (const [place, takenAt] of this.#takenAt) if (now - takenAt > longestMs) this.#takenAt.delete(place)
    if (this.#takenAt.size >= most) return null
    const place = this.#next++
    this.#takenAt.set(place, now)
    return () => this.#takenAt.delete(place)
  }
}

/** Lets so many calls of one request pass; the others follow in their order. */
export class Line {
  #passed = 0
  #waiting: (() => void)[] = []

  /** Waits for its turn; who passed says `leave`. */
  async enter(): Promise<void> {
    if (this.#passed < PER_REQUEST) this.#passed++
    // its turn is handed over by the one that leaves
    else await new Promise<void>((pass) => this.#waiting.push(pass))
  }

  leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#passed--
  }
}
