import { useRef, useState } from 'preact/hooks'
import type { HistoryEntry, ModelAnswer, QueryRequest, Recommendations, RecommendOptions } from '../../client/index.ts'
import type { Address } from '../address.ts'
import type { Client } from '../client.ts'
import { asRequest } from '../mark-store.ts'
import { type Movement, rankMovements } from '../rank-movement.ts'
import { inLanguage } from '../strings.ts'
import { type Load, useLoad } from './use-load.ts'
import type { Marks } from './use-marks.ts'
import type { Ratings } from './use-ratings.ts'

/** Who a request is for. */
export type Viewer = Pick<QueryRequest, 'userId' | 'history' | 'exclude'>

export interface RankedList {
  answer: Recommendations
  movements: Map<number, Movement>
}

/** The list, and how to ask for a longer one; null where it has all that there are, or as many as the server gives. */
export interface GrowingList extends Load<RankedList> {
  more: (() => void) | null
}

/**
 * The viewer's list, asked again whenever a rating or a filter changes, with what moved since the answer before.
 * @param limits how many movies a list has at first and at most; null while they are not known
 * @param above movies in sight already, which a list for nobody in particular leaves out; null while they are not known
 */
export function useRecommendations(
  client: Client,
  address: Address,
  ratings: Ratings,
  marks: Marks,
  limits: ModelAnswer['api'] | null,
  above: readonly number[] | null,
  onUpdate: (list: RankedList) => void,
): GrowingList {
  const { userId } = address
  const filter = { ...listFilter(address), ...inLanguage() }
  const scope = viewerScope(userId)
  const isFresh = userId === null && !knowsMe(ratings, marks)
  // movement is told only between answers to the same question
  const subject = JSON.stringify([scope, isFresh, filter])
  const [grown, setGrown] = useState({ subject, k: 0 })
  const length = grown.subject === subject && grown.k > 0 ? { k: grown.k } : {}
  const question = JSON.stringify([subject, length])
  const before = useRef<{ question: string; movieIds: number[] } | null>(null)
  const latest = useRef({ ratings, marks })
  latest.current = { ratings, marks }

  const isAsked = showsOwnList(address) && (!isFresh || above !== null)
  const key = isAsked ? `${question}${ratings.version};${marks.version}` : null
  const list = useLoad(scope, key, async (signal) => {
    const { history = [], exclude = [] } = viewerRequest(userId, ratings, marks)
    const answer =
      userId === null
        ? await client.recommendForHistory(
            { history, ...filter, ...length, exclude: isFresh ? [...exclude, ...(above ?? [])] : exclude },
            { signal },
          )
        : await client.recommendForUser(userId, { ...filter, ...length }, { signal })
    const movieIds = answer.items.map(({ movieId }) => movieId)
    const said = new Set([...latest.current.ratings.items, ...latest.current.marks.items].map(({ movieId }) => movieId))
    const last = before.current?.question === question ? before.current.movieIds : null
    const movements =
      last === null
        ? new Map()
        : rankMovements(
            last.filter((movieId) => !said.has(movieId)),
            movieIds,
          )
    before.current = { question, movieIds }
    const ranked = { answer, movements }
    onUpdate(ranked)
    return ranked
  })
  const shown = list.value?.answer.items.length ?? 0
  const canGrow = limits !== null && list.value?.answer.nextCursor != null && shown < limits.maxK
  const more = () => setGrown({ subject, k: Math.min(shown + (limits?.defaultK ?? 0), limits?.maxK ?? 0) })
  return { ...list, more: canGrow ? more : null }
}

/** Who asks: a known viewer, or what was rated and marked in this browser. */
export function viewerRequest(userId: number | null, ratings: Ratings, marks: Marks): Viewer {
  if (userId !== null) return { userId }
  const { likes, exclude } = asRequest(marks.items, Date.now() / 1000)
  return { history: asHistory(ratings, likes), exclude }
}

/** Whether anything is known of who sits before this browser. */
export const knowsMe = (ratings: Ratings, marks: Marks) =>
  ratings.items.length > 0 || marks.items.some(({ kind }) => kind === 'liked')

/** Neither a group's, nor one for a wish, nor the page about the model. */
export const showsOwnList = ({ group, wish, aboutModel }: Address) => group === null && wish === null && !aboutModel

export const viewerScope = (userId: number | null) => (userId === null ? 'fresh' : `user ${userId}`)

/** What the address narrows and tunes a list by. */
export function listFilter({ genres, decade, diversity, weights }: Address): RecommendOptions {
  return {
    ...(genres.length > 0 && { genres }),
    ...(diversity > 0 && { diversity }),
    ...(weights !== null && { weights }),
    ...(decade !== null && { yearFrom: decade, yearTo: decade + 9 }),
  }
}

/** Oldest first, as the API reads a history; stars say more than a like without any. */
function asHistory(ratings: Ratings, likes: HistoryEntry[]): HistoryEntry[] {
  const rated = ratings.items.map(({ movieId, rating, timestamp }) => ({ movieId, rating, timestamp })).reverse()
  return [...likes.filter(({ movieId }) => !rated.some((entry) => entry.movieId === movieId)), ...rated]
}
