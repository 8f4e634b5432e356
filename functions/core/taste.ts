import { pushVarint } from './varints.ts'

/** One movie of a taste, whatever catalogue knows it. */
export interface TasteEntry {
  movieId: number
  /** stars × 2, 1 to 10; 0: liked, without stars */
  halfStars: number
}

/** Entries a taste holds. */
export const MAX_TASTE_ENTRIES = 1000

/**
 * A taste as few bytes, in the order of time: of each entry the movieId's difference to the one before, zigzag
 * (0, −1, 1, −2 … → 0, 1, 2, 3 …), × 16 + halfStars, as a varint of 7 bits a byte, the lowest first. About 3 bytes a
 * rating: MovieLens ids lie close, and half of all ratings are of the lowest ones.
 */
export function encodeTaste(entries: readonly TasteEntry[]): Uint8Array {
  const bytes: number[] = []
  let before = 0
  for (const { movieId, halfStars } of entries) {
    const difference = movieId - before
    before = movieId
    // up to 2³⁷
    pushVarint(bytes, (difference < 0 ? -2 * difference - 1 : 2 * difference) * 16 + halfStars)
  }
  return Uint8Array.from(bytes)
}

/** @returns null for bytes that `encodeTaste` does not write */
export function decodeTaste(bytes: Uint8Array): TasteEntry[] | null {
  const entries: TasteEntry[] = []
  let movieId = 0
  let value = 0
  let unit = 1
  for (const byte of bytes) {
    value += (byte % 128) * unit
    unit *= 128
    if (byte >= 128) {
      if (unit > 2 ** 42) return null
      continue
    }
    const zigzag = Math.floor(value / 16)
    movieId += zigzag % 2 === 1 ? -(zigzag + 1) / 2 : zigzag / 2
    const halfStars = value % 16
    if (movieId < 1 || movieId > 0x7fff_ffff || halfStars > 10) return null
    entries.push({ movieId, halfStars })
    value = 0
    unit = 1
  }
  return unit === 1 ? entries : null
}
