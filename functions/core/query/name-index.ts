import { firstFrom } from '../sorted.ts'

/** Names by their hash; who looks one up compares it with the name itself. */
export interface NameIndex {
  /** numbers of the names with that hash, ascending */
  numbersOf(hash: number): number[]
  sizeBytes: number
}

/** Numbers stay below: 2³² hashes and these are all that a double counts exactly. */
const NUMBERS = 2 ** 21

/** Collects names, several of which may have the same number; 8 bytes each. */
export function collectNames(): { add(hash: number, number: number): void; index(): NameIndex } {
  const packed: number[] = []
  return {
    add(hash, number) {
      packed.push(hash * NUMBERS + number)
    },
    index: () => openIndex(Float64Array.from(packed).sort()),
  }
}

/** O(log n) a look-up. @param sorted hash · 2²¹ + number */
function openIndex(sorted: Float64Array): NameIndex {
  return {
    sizeBytes: sorted.byteLength,
    numbersOf(hash) {
      const found: number[] = []
      for (let at = firstFrom(sorted.length, (at) => sorted[at]! < hash * NUMBERS); at < sorted.length; at++) {
        const number = sorted[at]! - hash * NUMBERS
        if (number >= NUMBERS) break
        if (found.at(-1) !== number) found.push(number)
      }
      return found
    },
  }
}

export const HASH_OF_NOTHING = 0x811c9dc5

/** FNV-1a of UTF-16 units, 32 bits. @param before the hash of what stands in front */
export function hashOf(text: string, before = HASH_OF_NOTHING): number {
  let hash = before
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
