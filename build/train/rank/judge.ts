import { randomSource } from '#core/random.ts'
import type { ModelConfig } from '#core/schemas/config.ts'
import { type Interactions, PART } from '../../nouns.ts'
import type { AlsState } from '../als/als-problem.ts'
import { likesOf, seenOf } from '../likes.ts'
import { pickedRows, type SparseRows } from '../sparse-rows.ts'
import { openRanker } from './rank.ts'
import { ndcgOf } from './validate.ts'

/** Length of the lists that an iteration is judged by. */
export const CUTOFF = 10
/** More users would change the verdict little, and ranking a large catalogue for each takes longer than an iteration. */
const MAX_USERS = 10_000

/** How good factors are in the middle of training. */
export interface Judge {
  /** mean NDCG@10 of the factors' own lists of movies not seen before, on the likes of the validation part */
  ndcg(state: Pick<AlsState, 'userFactors' | 'itemFactors'>): Promise<number>
  close(): Promise<void>
}

/**
 * @param seed draws the users when there are many
 * @returns null when the validation part has nobody to judge by
 */
export function openJudge(
  { interactions, numItems, model, seed }: JudgedData,
  signal: AbortSignal,
  threads: number,
): Judge | null {
  const { factors } = model.cf
  const { users, relevant, seen } = usersToJudge({ interactions, model, seed }, MAX_USERS)
  if (users.length === 0) return null
  const shape = { numUsers: users.length, numItems, factors, k: CUTOFF, numSeen: seen.indices.length }
  const ranker = openRanker(shape, signal, threads)
  const rows = new Float32Array(users.length * factors)
  return {
    async ndcg({ userFactors, itemFactors }) {
      for (const [position, user] of users.entries())
        rows.set(userFactors.subarray(user * factors, (user + 1) * factors), position * factors)
      return ndcgOf(await ranker.rank(rows, itemFactors, seen), relevant, CUTOFF)
    },
    close: () => ranker.close(),
  }
}

export interface JudgedData {
  interactions: Interactions
  numItems: number
  model: ModelConfig
  seed: number
}

/** Users who like something of the validation part, what that is, and what their lists must not hold: a row each. */
export function usersToJudge(
  { interactions, model, seed }: Omit<JudgedData, 'numItems'>,
  most: number,
): { users: number[]; relevant: SparseRows; seen: SparseRows } {
  const relevant = likesOf(interactions, [PART.validation], model.likedFrom)
  const all = [...relevant.indptr.keys()].filter((user) => relevant.indptr[user]! < relevant.indptr[user + 1]!)
  const users = drawn(all, most, seed)
  return {
    users,
    relevant: pickedRows(relevant, users),
    seen: pickedRows(seenOf(interactions, [PART.validation]), users),
  }
}

function drawn(users: number[], most: number, seed: number): number[] {
  if (users.length <= most) return users
  const { uniform } = randomSource(seed)
  const ordered = users.map((user) => ({ user, order: uniform() })).sort((a, b) => a.order - b.order)
  return ordered.slice(0, most).map(({ user }) => user)
}
