import { type History, seenItems } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import type { DiversityReceipt, GroupOptions, Rung } from '#core/schemas/api.ts'
import type { BlendWeights } from '#core/schemas/config.ts'
import { topK } from '#core/scoring/top-k.ts'
import { scoreAll, weightsFor } from './blend.ts'
import { blockedItems, blockGenres } from './constraints.ts'
import { diversify, poolSize } from './diversify.ts'
import { rungOf } from './index.ts'
import { behind } from './page.ts'
import { cfTogether, retrieve, type Taste, tasteOf } from './retrieve.ts'

/** What a member gave so few stars is vetoed, even where others' seen movies may come. */
const VETOED_UP_TO = 2

export interface Member {
  history: History
  /** in averages */
  weight: number
  /** movieIds */
  vetoMovies: number[]
  vetoGenres: string[]
}

/** A movie for the group; the lists are in the order of the members. */
export interface GroupEntry {
  itemIndex: number
  score: number
  /** 0 to 1: 1 is what fits the member best of all allowed movies */
  fits: number[]
  /** what each member gave to the score; they sum to it */
  shares: number[]
}

export interface GroupRanking {
  members: { rung: Rung; weights: BlendWeights; likes: number; seen: Set<number> }[]
  list: GroupEntry[]
  diversity: DiversityReceipt | null
  hasMore: boolean
}

/**
 * One list for several viewers (Masthoff 2015, “Group Recommender Systems”): every member's own scores, as they alone would
 * be asked, become fits, and the strategy makes a score of them. One retrieval a member, the factors scanned once.
 * @param shown items of the pages before
 * @throws {UnknownNameError} for a genre that no movie has
 */
export function rankGroup(
  members: readonly Member[],
  options: GroupOptions,
  k: number,
  model: Model,
  shown: Int32Array = new Int32Array(0),
): GroupRanking {
  const { diversity: asked = 0 } = options
  const seen = members.map(({ history }) => new Set(seenItems(history)))
  const blocked = blockedForGroup(members, seen, options, model)
  const tastes = members.map(({ history }) => tasteOf(history, model))
  const cf = cfTogether(tastes, model)
  const scored = tastes.map((taste, member) => fitsOf(taste, cf[member]!, options, blocked, model))

  const sum = members.reduce((total, { weight }) => total + weight, 0)
  const weights = members.map(({ weight }) => weight / sum)
  const scores = groupScores(
    scored.map(({ fits }) => fits),
    weights,
    options,
    blocked,
  )

  const wanted = Math.max(poolSize(k, asked), k + 1)
  const best = topK(scores, wanted + shown.length)
  const entries = Array.from(best.items, (itemIndex, position): GroupEntry => {
    const fits = scored.map((member) => member.fits[itemIndex]!)
    // of equally small fits the first member's is the least
    const least = fits.indexOf(Math.min(...fits))
    const isLeastMisery = options.strategy === 'leastMisery'
    return {
      itemIndex,
      score: best.scores[position]!,
      fits,
      shares: fits.map((fit, member) => (isLeastMisery ? (member === least ? fit : 0) : weights[member]! * fit)),
    }
  })
  const { list: pool } = behind(entries, shown, wanted)
  const { list, price } = asked > 0 ? diversify(pool, k, asked, model, shown) : { list: pool.slice(0, k), price: null }
  return {
    members: scored.map(({ rung, weights: own, likes }, member) => ({
      rung,
      weights: own,
      likes,
      seen: seen[member]!,
    })),
    list,
    diversity: price && { asked, ...price },
    hasMore: pool.length > k,
  }
}

/**
 * The members' fits by the strategy, a pass each; NaN where blocked or, without misery, where one fit is too small.
 * @param fitsOfMembers numItems each
 * @param weights one a member, 1 together
 */
export function groupScores(
  fitsOfMembers: readonly Float64Array[],
  weights: readonly number[],
  { strategy, threshold }: Pick<GroupOptions, 'strategy' | 'threshold'>,
  blocked: Uint8Array,
): Float64Array {
  const scores = new Float64Array(blocked.length).fill(strategy === 'leastMisery' ? 1 : 0)
  for (const [member, fits] of fitsOfMembers.entries()) {
    const weight = weights[member]!
    if (strategy === 'leastMisery')
      for (let item = 0; item < scores.length; item++) scores[item] = Math.min(scores[item]!, fits[item]!)
    else for (let item = 0; item < scores.length; item++) scores[item]! += weight * fits[item]!
    if (strategy === 'averageWithoutMisery')
      for (let item = 0; item < scores.length; item++) if (fits[item]! < threshold) scores[item] = Number.NaN
  }
  for (let item = 0; item < scores.length; item++) if (blocked[item] === 1) scores[item] = Number.NaN
  return scores
}

/** What nobody is to get: by the options, seen by any or by all, and every member's vetoes. */
function blockedForGroup(
  members: readonly Member[],
  seen: readonly Set<number>[],
  options: GroupOptions,
  model: Model,
): Uint8Array {
  const [first, ...others] = seen
  const seenItemsOfGroup =
    options.seenBy === 'any'
      ? seen.flatMap((items) => [...items])
      : [...first!].filter((item) => others.every((items) => items.has(item)))
  const vetoMovies = members.flatMap((member) => member.vetoMovies)
  const disliked = members.flatMap(({ history: { itemIndices, ratings } }) =>
    Array.from(itemIndices).filter((_, position) => ratings[position]! <= VETOED_UP_TO),
  )
  const blocked = blockedItems(model, Int32Array.from([...seenItemsOfGroup, ...disliked]), {
    ...options,
    exclude: [...(options.exclude ?? []), ...vetoMovies],
  })
  for (const [member, { vetoGenres }] of members.entries())
    blockGenres(model, `members.${member}.vetoGenres`, vetoGenres, blocked)
  return blocked
}

/** A member's blended scores in parts of their best one, 0 to 1; below 0 becomes 0. */
function fitsOf(
  taste: Taste,
  cf: Float32Array | null,
  options: GroupOptions,
  blocked: Uint8Array,
  model: Model,
): { rung: Rung; weights: BlendWeights; likes: number; fits: Float64Array } {
  const weights = options.weights ?? weightsFor(model.blend, taste.likes.length)
  const sources = retrieve(taste, model, { reuse: true, cf })
  const rung = rungOf(sources, weights, options.genres ?? [])
  const { scores: fits } = scoreAll(sources, weights, blocked, model.kernels, true)
  return { rung, weights, likes: taste.likes.length, fits }
}
