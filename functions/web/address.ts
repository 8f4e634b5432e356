import { isId } from './history-store.ts'

/** The view as it stands in the address bar, so that it can be shared and the Back button works. */
export interface Address {
  /** a known viewer, or null for a fresh start */
  userId: number | null
  /** movie whose drawer is open */
  movieId: number | null
  genres: string[]
  /** first year of the decade shown, 1990 for the nineties */
  decade: number | null
}

/** Reads `?user=1&movie=2&genres=Crime,Drama&decade=1990`; what is not valid is left out. */
export function parseAddress(search: string): Address {
  const params = new URLSearchParams(search)
  const decade = wholeNumber(params.get('decade'))
  return {
    userId: asId(params.get('user')),
    movieId: asId(params.get('movie')),
    genres: (params.get('genres') ?? '').split(',').filter((genre) => genre !== ''),
    decade: decade !== null && decade % 10 === 0 && decade >= 1870 && decade <= 2090 ? decade : null,
  }
}

/** The inverse of {@link parseAddress}: a path with its query, `/` for the bare view. */
export function formatAddress(address: Address): string {
  const params = new URLSearchParams()
  if (address.userId !== null) params.set('user', String(address.userId))
  if (address.movieId !== null) params.set('movie', String(address.movieId))
  if (address.genres.length > 0) params.set('genres', address.genres.join(','))
  if (address.decade !== null) params.set('decade', String(address.decade))
  return params.size === 0 ? '/' : `/?${params}`
}

/** @returns the id that a person typed or an address holds, null when it is none */
export function asId(text: string | null): number | null {
  const value = wholeNumber(text)
  return isId(value) ? value : null
}

const wholeNumber = (text: string | null): number | null =>
  /^\d{1,10}$/.test(text?.trim() ?? '') ? Number(text) : null
