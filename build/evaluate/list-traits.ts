import type { Model } from '#core/model.ts'
import { intraListDiversity, similarityOf } from '#recommend/diversify.ts'
import { type Interactions, PART } from '../nouns.ts'
import { countKnown } from './known-ratings.ts'

/** What a list is judged by besides what it finds. */
export const TRAITS = ['novelty', 'intraListDiversity'] as const
export type Trait = (typeof TRAITS)[number]

/** Of one list's first `cutoff` movies; 0 for an empty list. */
export type TraitAtK = (ranked: ArrayLike<number>, cutoff: number) => number

/**
 * - novelty: mean −log2 of the share of users who have the movie before the test part; one that nobody has counts as if
 *   one user had it (Vargas & Castells 2011)
 * - intraListDiversity: mean pairwise 1 − cosine of the factors as served, of the texts where one movie has no factors
 */
export function traitsOf(model: Model, interactions: Interactions): Record<Trait, TraitAtK> {
  const surprises = surprisesOf(interactions, model.catalog.numItems)
  return {
    novelty(ranked, cutoff) {
      const length = Math.min(cutoff, ranked.length)
      let sum = 0
      for (let at = 0; at < length; at++) sum += surprises[ranked[at]!]!
      return length > 0 ? sum / length : 0
    },
    intraListDiversity(ranked, cutoff) {
      const items = Int32Array.from({ length: Math.min(cutoff, ranked.length) }, (_, at) => ranked[at]!)
      return intraListDiversity(items.length, similarityOf(items, model))
    },
  }
}

/** −log2 of the share of users who have each item. */
function surprisesOf(interactions: Interactions, numItems: number): Float64Array {
  const users = countUsers(interactions)
  return Float64Array.from(countKnown(interactions, numItems), (count) => Math.log2(users / Math.max(1, count)))
}

/** Users who have anything before the test part, at least 1. */
function countUsers({ indptr, parts }: Interactions): number {
  let users = 0
  for (let user = 0; user + 1 < indptr.length; user++)
    if (parts.subarray(indptr[user]!, indptr[user + 1]!).some((part) => part !== PART.test)) users++
  return Math.max(1, users)
}
