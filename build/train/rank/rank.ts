import { panelsOf, USERS_PER_CHUNK } from '#core/kernels/train/rank.ts'
import { type Engine, type MemoryPlan, memoryPlan, openEngine } from '../engine.ts'
import { checkSparseRows, type SparseRows } from '../sparse-rows.ts'
import {
  checkLength,
  type ListPlan,
  planRanking,
  planScoreRanking,
  rankInPlace,
  rankScoresInPlace,
  type SeenAt,
} from './rank-in-place.ts'

export interface RankShape {
  numUsers: number
  numItems: number
  /** length of the lists */
  k: number
}

export interface RankOptions {
  /** 1 for each item that nobody gets, one without factors for instance; null: none */
  unranked?: Uint8Array | null
}

/** Every user's list: best first, equal scores by item index; −1 and −∞ where fewer than k items are left. */
export interface Ranked {
  k: number
  /** numUsers × k */
  items: Int32Array
  /** numUsers × k */
  scores: Float32Array
}

/** A ranking in a memory of its own, on whatever machine. */
export interface Ranker {
  /**
   * @param userFactors numUsers × factors; @param itemFactors numItems × factors; @param seen users × items, what must not come
   * @returns copies; @throws {RangeError} when a length or an index of `seen` is not of the shape
   */
  rank(userFactors: Float32Array, itemFactors: Float32Array, seen: SparseRows, options?: RankOptions): Promise<Ranked>
  close(): Promise<void>
}

/**
 * @param shape any number of factors; `numSeen` is the most entries that a `seen` may have
 * @throws {RangeError} when this is beyond 4 GiB, or beyond what the machine has
 */
export function openRanker(
  shape: RankShape & { factors: number; numSeen: number },
  signal: AbortSignal,
  threads: number,
): Ranker {
  const { numUsers, numItems, factors, numSeen, k } = shape
  const plan = memoryPlan()
  const ranking = planRanking(plan, { numUsers, numItems, factors, k })
  const userRows = plan.place(numUsers * factors * 4)
  const itemRows = plan.place(numItems * factors * 4)
  const seenAt = planSeen(plan, numUsers, numSeen)
  const engine = openOwnEngine(
    plan,
    ranking,
    `rank: ${numUsers} users, ${numItems} items, ${factors} factors`,
    signal,
    threads,
  )
  return {
    async rank(userFactors, itemFactors, seen, options) {
      checkLength('userFactors', userFactors, numUsers * factors)
      checkLength('itemFactors', itemFactors, numItems * factors)
      putSeen(engine, seenAt, seen, shape)
      engine.f32(userRows, userFactors.length).set(userFactors)
      engine.f32(itemRows, itemFactors.length).set(itemFactors)
      return copied(await rankInPlace(engine, ranking, { userRows, itemRows, seen: seenAt }, options))
    },
    close: () => engine.close(),
  }
}

/** A ranking of scores from any model, a block of users at a time; the last block may be smaller. */
export interface ScoreRanker {
  /** @param scores row-major, a row for each of the users of `seen`; @returns and throws as `Ranker.rank` */
  rank(scores: Float32Array, seen: SparseRows, options?: RankOptions): Promise<Ranked>
  close(): Promise<void>
}

/** @param shape numUsers is that of the largest block; @throws as `openRanker` */
export function openScoreRanker(
  shape: RankShape & { numSeen: number },
  signal: AbortSignal,
  threads: number,
): ScoreRanker {
  const { numUsers, numItems, numSeen, k } = shape
  const width = panelsOf(numItems) * 8
  const plan = memoryPlan()
  const ranking = planScoreRanking(plan, { numUsers, numItems, k })
  const rows = plan.place(numUsers * width * 4)
  const seenAt = planSeen(plan, numUsers, numSeen)
  const engine = openOwnEngine(plan, ranking, `rank: ${numUsers} users, scores of ${numItems} items`, signal, threads)
  return {
    async rank(scores, seen, options) {
      const users = seen.indptr.length - 1
      if (users > numUsers) throw new RangeError(`rank: ${users} users, room was made for ${numUsers}`)
      checkLength('scores', scores, users * numItems)
      putSeen(engine, seenAt, seen, { ...shape, numUsers: users })
      for (let user = 0; user < users; user++) {
        const row = scores.subarray(user * numItems, (user + 1) * numItems)
        engine.f32(rows + user * width * 4, numItems).set(row)
      }
      return copied(await rankScoresInPlace(engine, ranking, { rows, numUsers: users, seen: seenAt }, options))
    },
    close: () => engine.close(),
  }
}

function openOwnEngine(
  plan: MemoryPlan,
  { numUsers, scratchBytes }: ListPlan,
  what: string,
  signal: AbortSignal,
  threads: number,
): Engine {
  const chunks = Math.max(1, Math.ceil(numUsers / USERS_PER_CHUNK))
  return openEngine(plan, { what, scratchBytes, threads: Math.min(threads, chunks), signal })
}

function planSeen(plan: MemoryPlan, numUsers: number, numSeen: number): SeenAt {
  return { indptr: plan.place((numUsers + 1) * 4), indices: plan.place(numSeen * 4) }
}

function putSeen(
  engine: Engine,
  { indptr, indices }: SeenAt,
  seen: SparseRows,
  { numUsers, numItems, numSeen }: { numUsers: number; numItems: number; numSeen: number },
): void {
  checkLength('seen.indptr', seen.indptr, numUsers + 1)
  checkSparseRows(seen, numItems)
  if (seen.indices.length > numSeen)
    throw new RangeError(`rank: seen has ${seen.indices.length} entries, room was made for ${numSeen}`)
  engine.u32(indptr, seen.indptr.length).set(seen.indptr)
  engine.i32(indices, seen.indices.length).set(seen.indices)
}

function copied({ k, items, scores }: Ranked): Ranked {
  return { k, items: items.slice(), scores: scores.slice() }
}
