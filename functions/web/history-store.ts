import type { MovieSummary } from '../client/index.ts'

/**
 * An anonymous viewer's ratings, kept in the browser and sent along with each request. Text that was kept is
 * input like any other: an older page, another tab or a curious person may have written it.
 */
export const HISTORY_KEY = 'marquee.history.v1'

/** entries kept, newest first; older ones fall off */
export const MAX_ENTRIES = 1000

/** A rated movie, with what a card needs to show it. `timestamp` is in seconds since 1970. */
export interface RatedMovie extends Pick<MovieSummary, 'movieId' | 'title' | 'localTitle' | 'year' | 'genres'> {
  rating: number
  timestamp: number
}

type Store = Pick<Storage, 'getItem' | 'setItem'>

/** @returns the valid entries of the kept text, newest first, one a movie; none when there is no readable text */
export function parseHistory(text: string | null): RatedMovie[] {
  const movies = new Map<number, RatedMovie>()
  for (const entry of asArray(text)) {
    const movie = asRatedMovie(entry)
    if (movie !== null && !movies.has(movie.movieId)) movies.set(movie.movieId, movie)
  }
  return [...movies.values()].slice(0, MAX_ENTRIES)
}

/** The history with this movie rated so: newest first, an earlier rating of it replaced. */
export function withRating(history: RatedMovie[], movie: RatedMovie): RatedMovie[] {
  return [movie, ...history.filter((entry) => entry.movieId !== movie.movieId)].slice(0, MAX_ENTRIES)
}

/** @returns the stored history; none where the browser allows no storage */
export function readHistory(store: () => Store): RatedMovie[] {
  try {
    return parseHistory(store().getItem(HISTORY_KEY))
  } catch {
    return []
  }
}

/** @returns false when the browser refused: storage switched off or full */
export function writeHistory(store: () => Store, history: RatedMovie[]): boolean {
  try {
    store().setItem(HISTORY_KEY, JSON.stringify(history))
    return true
  } catch {
    return false
  }
}

/** Stars the API accepts: 0.5 to 5 in halves. */
export const isStars = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0.5 && value <= 5 && Number.isInteger(value * 2)

/** Ids the API accepts: 1 to 2³¹ − 1. */
export const isId = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 0x7fff_ffff

function asArray(text: string | null): unknown[] {
  if (text === null) return []
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}

function asRatedMovie(entry: unknown): RatedMovie | null {
  if (typeof entry !== 'object' || entry === null) return null
  const { movieId, title, localTitle, year, genres, rating, timestamp } = entry as Record<string, unknown>
  if (!isId(movieId) || !isStars(rating) || typeof title !== 'string') return null
  return {
    movieId,
    title,
    ...(typeof localTitle === 'string' && { localTitle }),
    rating,
    year: typeof year === 'number' && Number.isInteger(year) ? year : null,
    genres: Array.isArray(genres) ? genres.filter((genre) => typeof genre === 'string') : [],
    timestamp: typeof timestamp === 'number' && Number.isInteger(timestamp) && timestamp >= 0 ? timestamp : 0,
  }
}
