import { ndcgAtK } from '#core/metrics.ts'
import type { SparseRows } from '../sparse-rows.ts'
import type { Ranked } from './rank.ts'

/**
 * Mean NDCG@k of all users' lists, by core/metrics.ts: users with nothing relevant are left out.
 * @param relevant users × items, what a good list holds; @param cutoff k, not above the lists' length
 * @returns NaN when no user has anything relevant
 */
export function ndcgOf({ k, items }: Pick<Ranked, 'k' | 'items'>, relevant: SparseRows, cutoff: number): number {
  if (!Number.isInteger(cutoff) || cutoff < 1 || cutoff > k)
    throw new RangeError(`NDCG@${cutoff} of lists of ${k}, expected a cutoff from 1 to ${k}`)
  const numUsers = relevant.indptr.length - 1
  if (items.length !== numUsers * k)
    throw new RangeError(`${items.length} ranked items, expected ${k} for each of ${numUsers} users`)
  // instead of a Set a user: the last user for whom an item was relevant
  const relevantTo = new Int32Array(relevant.indices.reduce((most, item) => Math.max(most, item), -1) + 1).fill(-1)
  let sum = 0
  let judged = 0
  for (let user = 0; user < numUsers; user++) {
    const [begin, end] = [relevant.indptr[user]!, relevant.indptr[user + 1]!]
    if (begin === end) continue
    for (let at = begin; at < end; at++) relevantTo[relevant.indices[at]!] = user
    const isRelevant = { size: end - begin, has: (item: number) => relevantTo[item] === user }
    sum += ndcgAtK(items.subarray(user * k, user * k + cutoff), isRelevant, cutoff)
    judged++
  }
  return sum / judged
}
