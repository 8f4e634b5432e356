import { randomSource } from '#core/random.ts'
import { type Interactions, PART } from '../../nouns.ts'

/** Users, in an order of chance: a share of them is its first ones, so that every share holds the smaller ones. */
export type UserOrder = Int32Array

/** @returns by userIndex, its place in the order */
export function orderOfUsers(numUsers: number, seed: number): UserOrder {
  const { uniform } = randomSource(seed)
  const keys = Float64Array.from({ length: numUsers }, uniform)
  const users = Array.from({ length: numUsers }, (_, user) => user).sort((a, b) => keys[a]! - keys[b]! || a - b)
  const places = new Int32Array(numUsers)
  for (const [place, user] of users.entries()) places[user] = place
  return places
}

/**
 * What a split would be with a share of its users, and those judged always the same: the first `judged` of the order keep
 * their test part, the others of the share are only learned from, and the rest is not there.
 * @param share of the users, above 0 and at most 1
 * @param judged users whose test part stays
 */
export function shareOfUsers(
  interactions: Interactions,
  places: UserOrder,
  share: number,
  judged: number,
): (entry: number) => boolean {
  const { indptr, parts } = interactions
  const learned = Math.max(judged, Math.round(share * places.length))
  const kept = new Uint8Array(parts.length)
  for (const [user, place] of places.entries())
    if (place < learned)
      for (let entry = indptr[user]!; entry < indptr[user + 1]!; entry++)
        if (place < judged || parts[entry] !== PART.test) kept[entry] = 1
  return (entry) => kept[entry] === 1
}
