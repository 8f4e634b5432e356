import { useEffect, useRef, useState } from 'preact/hooks'
import type { MovieSummary } from '../../client/index.ts'
import type { Client } from '../client.ts'
import { HISTORY_KEY, parseHistory, type RatedMovie, readHistory, withRating, writeHistory } from '../history-store.ts'

export type RateableMovie = Pick<MovieSummary, 'movieId' | 'title' | 'localTitle' | 'year' | 'genres'>

/** The viewer's ratings as far as the page knows them, changed at once and saved behind. */
export interface Ratings {
  /** newest first: the whole history of a fresh viewer, this visit's ratings of a known one */
  items: RatedMovie[]
  /** changes whenever the server would answer differently */
  version: string
  /** false when the browser refused to keep them */
  kept: boolean
  /** stars set a rating, null removes it. @throws {MarqueeError} when it was not saved, and then it is taken back */
  set(movie: RateableMovie, stars: number | null): Promise<void>
  clear(): void
  restore(items: RatedMovie[]): void
}

const browserStore = () => localStorage

/** A fresh viewer's ratings live in this browser; a known viewer's go to the API. */
export function useRatings(client: Client, userId: number | null): Ratings {
  const fresh = useFreshRatings()
  const known = useKnownRatings(client, userId ?? 0)
  return userId === null ? fresh : known
}

function useFreshRatings(): Ratings {
  const [items, setItems] = useState(() => readHistory(browserStore))
  const [kept, setKept] = useState(true)
  // an undo or a resting star slider may call later than the render that made it
  const latest = useRef(items)
  const show = (next: RatedMovie[]) => {
    latest.current = next
    setItems(next)
  }

  useEffect(() => {
    // another tab of this page changed the history
    const follow = (event: StorageEvent) => {
      if (event.key === HISTORY_KEY) show(parseHistory(event.newValue))
    }
    addEventListener('storage', follow)
    return () => removeEventListener('storage', follow)
  }, [])

  const restore = (next: RatedMovie[]) => {
    show(next)
    setKept(writeHistory(browserStore, next))
  }
  return {
    items,
    kept,
    version: items.map(({ movieId, rating }) => `${movieId}:${rating}`).join(),
    set: async (movie, stars) => restore(changed(latest.current, movie, stars)),
    clear: () => restore([]),
    restore,
  }
}

function useKnownRatings(client: Client, userId: number): Ratings {
  const [byUser, setByUser] = useState<Record<number, RatedMovie[]>>({})
  const [saves, setSaves] = useState(0)
  // one change after another: an undo must not overtake the rating it undoes
  const queue = useRef<Promise<unknown>>(Promise.resolve())
  const items = byUser[userId] ?? []

  const change = (movie: RateableMovie, stars: number | null) =>
    setByUser((all) => ({ ...all, [userId]: changed(all[userId] ?? [], movie, stars) }))

  const set = async (movie: RateableMovie, stars: number | null) => {
    const before = items.find(({ movieId }) => movieId === movie.movieId)?.rating ?? null
    change(movie, stars)
    const save = queue.current.then(
      (): Promise<unknown> =>
        stars === null ? client.removeRating(userId, movie.movieId) : client.rate(userId, movie.movieId, stars),
    )
    queue.current = save.catch(() => undefined)
    try {
      await save
      setSaves((count) => count + 1)
    } catch (failure) {
      change(movie, before)
      throw failure
    }
  }
  return { items, kept: true, version: String(saves), set, clear: () => undefined, restore: () => undefined }
}

function changed(items: RatedMovie[], movie: RateableMovie, stars: number | null): RatedMovie[] {
  if (stars === null) return items.filter(({ movieId }) => movieId !== movie.movieId)
  const { movieId, title, localTitle, year, genres } = movie
  const names = { title, ...(localTitle !== undefined && { localTitle }) }
  return withRating(items, { movieId, ...names, year, genres, rating: stars, timestamp: Math.floor(Date.now() / 1000) })
}
