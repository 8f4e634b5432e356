import { listCapacity, panelsOf, rankScratchBytes, USERS_PER_CHUNK } from '#core/kernels/train/rank.ts'
import type { Engine, MemoryPlan } from '../engine.ts'
import type { Ranked, RankOptions, RankShape } from './rank.ts'

/** Items that a worker measures or lays out at a time. */
const ITEMS_PER_CHUNK = 512

/** Blocks of the lists in a memory that may hold a learner's rows as well. */
export interface ListPlan extends RankShape {
  /** which item is where */
  order: number
  items: number
  scores: number
  /** each worker's scratch must hold this */
  scratchBytes: number
}

export interface RankPlan extends ListPlan {
  factors: number
  positions: number
  norms: number
  /** the item rows, laid out for scoring */
  packed: number
}

export interface ScoreRankPlan extends ListPlan {
  unranked: number
}

/** Addresses of what each user has seen. */
export interface SeenAt {
  indptr: number
  indices: number
}

export function planRanking(plan: MemoryPlan, shape: RankShape & { factors: number }): RankPlan {
  const { numItems, factors } = shape
  return {
    ...planLists(plan, shape, factors),
    factors,
    positions: plan.place(numItems * 4),
    norms: plan.place(numItems * 8),
    packed: plan.place(panelsOf(numItems) * 8 * factors * 4),
  }
}

export function planScoreRanking(plan: MemoryPlan, shape: RankShape): ScoreRankPlan {
  return { ...planLists(plan, shape, 0), unranked: plan.place(wordsOf(shape.numItems) * 4) }
}

function planLists(plan: MemoryPlan, { numUsers, numItems, k }: RankShape, factors: number): ListPlan {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`k is ${k}, expected a whole number from 1 up`)
  return {
    numUsers,
    numItems,
    k,
    order: plan.place(panelsOf(numItems) * 8 * 4),
    items: plan.place(numUsers * k * 4),
    scores: plan.place(numUsers * k * 4),
    scratchBytes: rankScratchBytes(numItems, factors, k),
  }
}

/**
 * Ranks all items for all users by xᵀy where the rows are: a learner's session plans the blocks in its own memory and
 * validates between iterations without a copy. O(numUsers · numItems · factors).
 * @param at addresses of the rows (numUsers × factors and numItems × factors)
 * @returns views that the next ranking overwrites
 */
export async function rankInPlace(
  engine: Engine,
  plan: RankPlan,
  at: { userRows: number; itemRows: number; seen: SeenAt },
  options: RankOptions = {},
): Promise<Ranked> {
  const { numUsers, numItems, factors, k, order, positions, norms, packed, items, scores } = plan
  await engine.run('rowNorms', { numRows: numItems, rowsPerChunk: ITEMS_PER_CHUNK }, at.itemRows, factors, norms)
  const numRanked = putOrder(engine, plan, options)
  const panels = { numRows: panelsOf(numRanked), rowsPerChunk: ITEMS_PER_CHUNK / 8 }
  await engine.run('packItems', panels, at.itemRows, order, numRanked, factors, packed)
  await engine.run(
    'rankItems',
    { numRows: numUsers, rowsPerChunk: USERS_PER_CHUNK },
    at.userRows,
    packed,
    order,
    positions,
    norms,
    numItems,
    numRanked,
    factors,
    at.seen.indptr,
    at.seen.indices,
    k,
    listCapacity(k),
    items,
    scores,
  )
  return rankedOf(engine, plan, numUsers)
}

/** Longest rows first, what is not to be ranked behind them. @returns how many items are ranked */
function putOrder(engine: Engine, plan: RankPlan, { unranked = null }: RankOptions): number {
  const { numItems } = plan
  if (unranked) checkLength('unranked', unranked, numItems)
  const norms = engine.f64(plan.norms, numItems)
  // a row with NaN has no score that ranks
  const isRanked = (item: number) => !unranked?.[item] && !Number.isNaN(norms[item])
  const items = Array.from(norms.keys())
  const ranked = items.filter(isRanked).sort((a, b) => norms[b]! - norms[a]! || a - b)
  const order = engine.i32(plan.order, numItems)
  order.set(ranked)
  order.set(
    items.filter((item) => !isRanked(item)),
    ranked.length,
  )
  const positions = engine.i32(plan.positions, numItems)
  for (const [position, item] of order.entries()) positions[item] = position
  return ranked.length
}

/**
 * The same for scores that are there, of as many users as the plan has or fewer: each row of `rows` takes
 * `panelsOf(numItems)` · 8 floats.
 */
export async function rankScoresInPlace(
  engine: Engine,
  plan: ScoreRankPlan,
  at: { rows: number; numUsers: number; seen: SeenAt },
  { unranked = null }: RankOptions = {},
): Promise<Ranked> {
  const { numItems, k, order, items, scores } = plan
  if (unranked) checkLength('unranked', unranked, numItems)
  const words = engine.u32(plan.unranked, wordsOf(numItems)).fill(0)
  for (let item = 0; item < words.length * 32; item++) {
    if (item >= numItems || unranked?.[item]) words[item >> 5]! |= 1 << (item & 31)
  }
  engine.i32(order, panelsOf(numItems) * 8).forEach((_, position, places) => {
    places[position] = position
  })
  await engine.run(
    'rankScores',
    { numRows: at.numUsers, rowsPerChunk: USERS_PER_CHUNK },
    at.rows,
    order,
    numItems,
    plan.unranked,
    at.seen.indptr,
    at.seen.indices,
    k,
    listCapacity(k),
    items,
    scores,
  )
  return rankedOf(engine, plan, at.numUsers)
}

/** A bit an item. */
function wordsOf(numItems: number): number {
  return Math.ceil(numItems / 32)
}

/** @throws {RangeError} naming what has another length */
export function checkLength(name: string, { length }: { length: number }, expected: number): void {
  if (length !== expected) throw new RangeError(`rank: ${name} has length ${length}, expected ${expected}`)
}

function rankedOf(engine: Engine, { k, items, scores }: ListPlan, numUsers: number): Ranked {
  return { k, items: engine.i32(items, numUsers * k), scores: engine.f32(scores, numUsers * k) }
}
