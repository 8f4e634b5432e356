/** Whole numbers in seven bits a byte, the lowest first; the high bit says that more follow (LEB128). */

/** @param value 0 to 2³² − 1 */
export function pushVarint(bytes: number[], value: number): void {
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
}

/** Ascending numbers as their gaps; the first is its gap from 0. */
export function pushGaps(bytes: number[], ascending: Iterable<number>): void {
  let before = 0
  for (const value of ascending) {
    pushVarint(bytes, value - before)
    before = value
  }
}

/**
 * Reads one number after the other.
 * @returns null where the bytes end within one, or it is beyond 2³² − 1
 */
export function varintReader(bytes: Uint8Array): () => number | null {
  let at = 0
  return () => {
    let value = 0
    for (let scale = 1; scale < 2 ** 35 && at < bytes.length; scale *= 128) {
      const byte = bytes[at++]!
      value += (byte % 128) * scale
      if (byte < 128) return value < 2 ** 32 ? value : null
    }
    return null
  }
}
