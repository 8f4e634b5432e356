import { useRef } from 'preact/hooks'
import type { Recommendations } from '#core/schemas/api.ts'
import type { Address } from '../address.ts'
import type { Client, ListFilter } from '../client.ts'
import { type Movement, rankMovements } from '../rank-movement.ts'
import { type Load, useLoad } from './use-load.ts'
import type { Ratings } from './use-ratings.ts'

export interface RankedList {
  answer: Recommendations
  movements: Map<number, Movement>
}

/** The viewer's list, asked again whenever a rating or a filter changes, with what moved since the answer before. */
export function useRecommendations(
  client: Client,
  address: Address,
  ratings: Ratings,
  onUpdate: (list: RankedList) => void,
): Load<RankedList> {
  const { userId } = address
  const filter = listFilter(address)
  const scope = viewerScope(userId)
  // movement is told only between answers to the same question
  const question = JSON.stringify([scope, filter])
  const before = useRef<{ question: string; movieIds: number[] } | null>(null)
  const latestRatings = useRef(ratings)
  latestRatings.current = ratings

  const hasTaste = userId !== null || ratings.items.length > 0
  return useLoad(scope, hasTaste ? `${question}${ratings.version}` : null, async (signal) => {
    const answer =
      userId === null
        ? await client.recommendForHistory(asHistory(ratings), filter, signal)
        : await client.recommendForUser(userId, filter, signal)
    const movieIds = answer.items.map(({ movieId }) => movieId)
    const rated = new Set(latestRatings.current.items.map(({ movieId }) => movieId))
    const last = before.current?.question === question ? before.current.movieIds : null
    const movements =
      last === null
        ? new Map()
        : rankMovements(
            last.filter((movieId) => !rated.has(movieId)),
            movieIds,
          )
    before.current = { question, movieIds }
    const list = { answer, movements }
    onUpdate(list)
    return list
  })
}

export const viewerScope = (userId: number | null) => (userId === null ? 'fresh' : `user ${userId}`)

function listFilter({ genres, decade }: Address): ListFilter {
  return {
    ...(genres.length > 0 && { genres }),
    ...(decade !== null && { yearFrom: decade, yearTo: decade + 9 }),
  }
}

/** Oldest first, as the API reads a history. */
const asHistory = (ratings: Ratings) =>
  ratings.items.map(({ movieId, rating, timestamp }) => ({ movieId, rating, timestamp })).reverse()
