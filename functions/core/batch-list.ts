import { decodeBase64Url, encodeBase64Url } from './base64url.ts'
import { pushVarint, varintReader } from './varints.ts'

/** A list that was computed beforehand, as D1 keeps it: movieIds in their order as varints, in base64url. 50 take 170 characters. */
export function encodeMovieIds(movieIds: Iterable<number>): string {
  const bytes: number[] = []
  for (const movieId of movieIds) pushVarint(bytes, movieId)
  return encodeBase64Url(Uint8Array.from(bytes))
}

/** @returns null for what `encodeMovieIds` does not write */
export function decodeMovieIds(text: string): number[] | null {
  const bytes = decodeBase64Url(text)
  if (!bytes) return null
  const next = varintReader(bytes)
  const count = bytes.filter((byte) => byte < 128).length
  const movieIds = Array.from({ length: count }, () => next() ?? 0)
  const isWhole = bytes.length === 0 || bytes.at(-1)! < 128
  return isWhole && movieIds.every((movieId) => movieId > 0) ? movieIds : null
}
