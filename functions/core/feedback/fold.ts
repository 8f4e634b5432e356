import type { Mark } from '../schemas/api.ts'

/** One thing that a user said through the API. */
export interface LiveEvent {
  /** the order in which it was written */
  version: number
  /** 0 with erased, which is about all movies */
  movieId: number
  kind: 'rated' | 'unrated' | 'erased' | Mark
  /** stars × 2, of rated */
  halfStars: number | null
  /** seconds since 1970, of snoozed */
  until: number | null
  /** seconds since 1970 */
  at: number
}

export type MarkEvent = LiveEvent & { kind: Mark }

/** What a user's events come to for one movie; null where nothing was said. */
export interface LiveMovie {
  movieId: number
  /** the last of rated and unrated */
  rating: LiveEvent | null
  /** the last of seen, liked and disliked */
  opinion: MarkEvent | null
  /** the last snoozed that is not over */
  snooze: MarkEvent | null
  /** the later of the two: what the user sees as the movie's mark */
  mark: MarkEvent | null
}

export interface LiveState {
  /** the published history does not count any more */
  isErased: boolean
  /** in the order of what was last said of each: times of one second tell none */
  movies: Map<number, LiveMovie>
}

const MARKS: readonly string[] = ['seen', 'liked', 'disliked', 'snoozed'] satisfies Mark[]

export function isMark(event: LiveEvent): event is MarkEvent {
  return MARKS.includes(event.kind)
}

/**
 * Events → where each movie stands. The last write holds: among the ratings, and among seen, liked and disliked. A snooze
 * lies over these while it lasts. Times only ever go on: where a clock was set back, an event takes the time before it.
 * @param events of one user, in the order of their versions
 * @param now seconds since 1970
 */
export function foldEvents(events: readonly LiveEvent[], now: number): LiveState {
  const state: LiveState = { isErased: false, movies: new Map() }
  let latest = 0
  for (const written of events) {
    latest = Math.max(latest, written.at)
    const event = { ...written, at: latest }
    const { movieId } = event
    if (event.kind === 'erased') {
      // what was said before is gone from the database; a copy made meanwhile may still have some of it
      state.isErased = true
      state.movies.clear()
      continue
    }
    const movie = state.movies.get(movieId) ?? { movieId, rating: null, opinion: null, snooze: null, mark: null }
    state.movies.delete(movieId)
    state.movies.set(movieId, movie)
    if (!isMark(event)) movie.rating = event
    else if (event.kind !== 'snoozed') {
      // a new opinion also ends the wait
      movie.snooze = null
      movie.opinion = event
      movie.mark = event
    } else if (event.until! > now) {
      movie.snooze = event
      movie.mark = event
    }
  }
  return state
}
