import { decodeBase64Url, encodeBase64Url } from '#core/base64url.ts'
import { pushGaps, pushVarint, varintReader } from '#core/varints.ts'

/**
 * Where a list goes on, in base64url. A list by score names the movies that were shown, so that none comes twice, whatever
 * model answers next; a search holds its position.
 *
 * | bytes | hold                                                                     |
 * |-------|--------------------------------------------------------------------------|
 * | 1     | version                                                                  |
 * | 1     | kind                                                                     |
 * | 8     | id of the model that answered                                            |
 * | …     | varints: shown: how many, then the gaps of ascending movieIds; position  |
 * | 4     | FNV-1a of all before, little-endian: damage is found, not forgery        |
 *
 * 20 movies of 87,000 make about 70 characters, 2,000 about 5,000.
 */
const VERSION = 1
const KINDS = ['shown', 'position'] as const
const HEAD_BYTES = 10
const CHECK_BYTES = 4

/** Movies that the pages of one list may hold together: more would not fit into an address. */
export const MAX_SHOWN = 2000

export type Cursor =
  | { kind: 'shown'; modelId: string; movieIds: Int32Array }
  | { kind: 'position'; modelId: string; position: number }

/** @param cursor its modelId is 16 hexadecimal digits, its movieIds are in any order */
export function writeCursor(cursor: Cursor): string {
  const bytes = [VERSION, KINDS.indexOf(cursor.kind)]
  for (let at = 0; at < 16; at += 2) bytes.push(Number.parseInt(cursor.modelId.slice(at, at + 2), 16))
  if (cursor.kind === 'position') pushVarint(bytes, cursor.position)
  else {
    pushVarint(bytes, cursor.movieIds.length)
    pushGaps(bytes, cursor.movieIds.toSorted())
  }
  const check = fnv1a(bytes)
  for (let byte = 0; byte < CHECK_BYTES; byte++) bytes.push((check >>> (8 * byte)) & 255)
  return encodeBase64Url(Uint8Array.from(bytes))
}

/** @returns null for what is no whole cursor of this version */
export function readCursor(text: string): Cursor | null {
  const bytes = decodeBase64Url(text)
  if (!bytes || bytes.length < HEAD_BYTES + CHECK_BYTES || bytes[0] !== VERSION) return null
  const body = bytes.subarray(0, -CHECK_BYTES)
  const check = bytes.subarray(-CHECK_BYTES).reduceRight((sum, byte) => sum * 256 + byte, 0)
  if (fnv1a(body) !== check) return null

  const modelId = Array.from(body.subarray(2, HEAD_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const next = varintReader(body.subarray(HEAD_BYTES))
  const kind = KINDS[body[1]!]
  const first = next()
  if (first === null) return null
  if (kind === 'position') return { kind, modelId, position: first }
  if (kind !== 'shown' || first > MAX_SHOWN) return null
  let movieId = 0
  const movieIds = Int32Array.from({ length: first }, () => {
    movieId += next() ?? Number.NaN
    return movieId
  })
  return Number.isNaN(movieId) ? null : { kind, modelId, movieIds }
}

/**
 * A list as it goes on behind what was shown.
 * @param best best first, shown ones among the others; by one longer than both together, where there is so much
 */
export function behind<Entry extends { itemIndex: number }>(
  best: Entry[],
  shown: Int32Array,
  length: number,
): { list: Entry[]; hasMore: boolean } {
  const before = new Set(shown)
  const rest = best.filter(({ itemIndex }) => !before.has(itemIndex))
  return { list: rest.slice(0, length), hasMore: rest.length > length }
}

/** 32 bits, http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(bytes: Iterable<number>): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
