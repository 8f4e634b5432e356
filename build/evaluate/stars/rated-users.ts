import type { History } from '#core/history.ts'
import type { Interactions, Part } from '../../nouns.ts'
import { historyBefore } from '../judged-users.ts'

/** Ratings of one user that are to be predicted, and what was known of the user before. */
export interface RatedUser {
  userIndex: number
  history: History
  itemIndices: Int32Array
  /** stars */
  ratings: Float32Array
  /** of the first of them, in seconds since 1970; null in a split that is not by time */
  time: number | null
}

/**
 * Every user with ratings in the part: all of them, liked or not. Where any history goes on after the first of its
 * ratings, no request ever knew so much, and nobody has a time.
 */
export function ratedUsers(interactions: Interactions, part: Part): RatedUser[] {
  const { indptr, parts, itemIndices, ratings, timestamps } = interactions
  const users: (RatedUser & { time: number })[] = []
  for (let userIndex = 0; userIndex + 1 < indptr.length; userIndex++) {
    const [from, to] = [indptr[userIndex]!, indptr[userIndex + 1]!]
    const ofUser = parts.subarray(from, to)
    const first = ofUser.indexOf(part)
    if (first < 0) continue
    const isPart = (_: number, at: number) => ofUser[at] === part
    const history = historyBefore(interactions, userIndex, part)
    const time = timestamps[from + first]!
    users.push({
      userIndex,
      history,
      itemIndices: itemIndices.subarray(from, to).filter(isPart),
      ratings: ratings.subarray(from, to).filter(isPart),
      time,
    })
  }
  const isByTime = users.every(({ history, time }) => (history.timestamps.at(-1) ?? 0) <= time)
  return isByTime ? users : users.map((user) => ({ ...user, time: null }))
}
