import type { HistoryEntry, Mark } from '../client/index.ts'
import { isId } from './history-store.ts'

/** What an anonymous viewer said of movies beside stars, kept in the browser; input like any other when it is read. */
export const MARKS_KEY = 'marquee.marks.v1'

/** marks kept, newest first; older ones fall off */
export const MAX_MARKS = 1000

const SNOOZE_SECONDS = 30 * 86_400

/** Times in seconds since 1970. */
export interface KeptMark {
  movieId: number
  kind: Mark
  timestamp: number
}

type Store = Pick<Storage, 'getItem' | 'setItem'>

const KINDS: readonly unknown[] = ['seen', 'liked', 'disliked', 'snoozed'] satisfies Mark[]

/** @returns the valid marks of the kept text, newest first, one a movie; none when there is no readable text */
export function parseMarks(text: string | null): KeptMark[] {
  let marks: KeptMark[] = []
  for (const entry of asArray(text).reverse()) if (isMark(entry)) marks = withMark(marks, entry)
  return marks
}

/** The marks with this one: newest first, an earlier one of the movie replaced. */
export function withMark(marks: KeptMark[], { movieId, kind, timestamp }: KeptMark): KeptMark[] {
  return [{ movieId, kind, timestamp }, ...marks.filter((entry) => entry.movieId !== movieId)].slice(0, MAX_MARKS)
}

/** @returns the stored marks; none where the browser allows no storage */
export function readMarks(store: () => Store): KeptMark[] {
  try {
    return parseMarks(store().getItem(MARKS_KEY))
  } catch {
    return []
  }
}

/** Keeps them where the browser lets it; else they last until the tab is closed. */
export function writeMarks(store: () => Store, marks: KeptMark[]): void {
  try {
    store().setItem(MARKS_KEY, JSON.stringify(marks))
  } catch {
    // storage switched off or full: the ratings say so already
  }
}

/** What a request without a userId says instead: likes of the history, and movies to leave out. */
export function asRequest(marks: KeptMark[], now: number): { likes: HistoryEntry[]; exclude: number[] } {
  const isOver = ({ kind, timestamp }: KeptMark) => kind === 'snoozed' && timestamp + SNOOZE_SECONDS <= now
  return {
    likes: marks.filter(({ kind }) => kind === 'liked').map(({ movieId, timestamp }) => ({ movieId, timestamp })),
    exclude: marks.filter((mark) => mark.kind !== 'liked' && !isOver(mark)).map(({ movieId }) => movieId),
  }
}

function isMark(entry: unknown): entry is KeptMark {
  if (typeof entry !== 'object' || entry === null) return false
  const { movieId, kind, timestamp } = entry as Record<string, unknown>
  return isId(movieId) && KINDS.includes(kind) && Number.isInteger(timestamp)
}

function asArray(text: string | null): unknown[] {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}
