import { randomSource } from '#core/random.ts'
import type { CfConfig } from '#core/schemas/config.ts'
import { rowLengths, type SparseRows } from '../sparse-rows.ts'

/** Liked movies with the stars they got. */
export interface Likes extends SparseRows {
  /** stars of each, in the order of `indices` */
  ratings: Float32Array
}

/** What a factorization solves, on whatever machine; kernels/train/als.ts has the objective. */
export interface AlsProblem {
  /** users × items */
  likes: SparseRows
  numItems: number
  factors: number
  /** w of each like in the order of likes.indices; null: all 1 */
  weights: Float32Array | null
  bias: number
  /** α₀ */
  unobservedWeight: number
  /** λ_r, one a row */
  regularization: { users: Float32Array; items: Float32Array }
  /** numItems × factors; users start at zeros */
  initialItemFactors: Float32Array
}

export type Side = 'users' | 'items'

/** How a half-step solves its rows: steps from where they are, whitened or as implicit takes them, or exactly. */
export type HalfStep = { solver: 'whitenedCg' | 'cg'; steps: number } | { solver: 'exact' }

/** A factorization under way. */
export interface AlsSession {
  /** y ← y + share·(y − y of the last call), and remembers the y that it found; only that on the first call. */
  extrapolateItems(share: number): Promise<void>
  /** Solves one side given the other; gives the whole objective after that. */
  halfStep(solved: Side, how: HalfStep): Promise<number>
  /** copies */
  state(): Promise<AlsState>
  /** Goes on from there instead of the start. */
  load(state: AlsState): Promise<void>
  close(): Promise<void>
}

/** All that a factorization goes on from; rows of `factors` numbers. */
export interface AlsState {
  userFactors: Float32Array
  itemFactors: Float32Array
  /** as the last `extrapolateItems` found them */
  previousItemFactors: Float32Array
}

/** Its blocks in the order of a checkpoint. */
export const ALS_STATE = ['userFactors', 'itemFactors', 'previousItemFactors'] as const satisfies (keyof AlsState)[]

/**
 * @param likes users × items, checked
 * @throws {RangeError} when a like weighs less than an entry nobody rated, or its stars are not a number
 */
export function alsProblem(likes: Likes, numItems: number, config: CfConfig, seed: number): AlsProblem {
  const { factors, unobservedWeight, confidence, initialScale } = config
  const perUser = rowLengths(likes)
  const perItem = likesPerItem(likes, numItems)
  return {
    likes,
    numItems,
    factors,
    weights: confidence === 'constant' ? null : likeWeights(likes.ratings, config),
    bias: confidence === 'constant' ? 0 : unobservedWeight,
    unobservedWeight,
    regularization: {
      users: perUser.map((count) => regularizationOf(count, numItems, config)),
      items: perItem.map((count) => regularizationOf(count, perUser.length, config)),
    },
    initialItemFactors: randomRows(perItem, factors, initialScale, seed),
  }
}

/** λ_r = λ·(n_r + α₀·N)^ν for a row with n_r likes beside N rows on the other side (Rendle et al. 2021, eq. 14). */
function regularizationOf(
  likes: number,
  others: number,
  { regularization, unobservedWeight, regularizationExponent }: CfConfig,
): number {
  return regularization * (likes + unobservedWeight * others) ** regularizationExponent
}

/** w = c − α₀, with c = 1 + alpha·r or alpha·r. */
function likeWeights(ratings: Float32Array, { confidence, alpha, unobservedWeight }: CfConfig): Float32Array {
  const base = confidence === 'linear' ? 1 : 0
  const weights = ratings.map((rating) => base + alpha * rating - unobservedWeight)
  const wrong = weights.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)))
  if (wrong < 0) return weights
  const found = `like ${wrong}: rating ${ratings[wrong]} with alpha ${alpha} gives confidence ${base + alpha * ratings[wrong]!}`
  throw new RangeError(`als: ${found}, expected a finite number from unobservedWeight, ${unobservedWeight}, up`)
}

function likesPerItem({ indices }: SparseRows, numItems: number): Float32Array {
  const counts = new Float32Array(numItems)
  for (const item of indices) counts[item]! += 1
  return counts
}

/** Rows of length about `scale`; an item without likes stays at 0, which is its solution. */
function randomRows(perItem: Float32Array, factors: number, scale: number, seed: number): Float32Array {
  const random = randomSource(seed)
  const rows = new Float32Array(perItem.length * factors)
  for (const [item, count] of perItem.entries()) {
    if (count === 0) continue
    for (let at = item * factors; at < (item + 1) * factors; at++)
      rows[at] = (scale / Math.sqrt(factors)) * random.normal()
  }
  return rows
}
