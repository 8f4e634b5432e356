/// <reference path="../../functions/core/kernels/webassembly.d.ts" />
import { openTable } from '#core/format/open-table.ts'
import { FACTORS } from '#core/format/tables.ts'
import type { History } from '#core/history.ts'
import { listCapacity, panelsOf, rankScratchBytes, USERS_PER_CHUNK } from '#core/kernels/train/rank.ts'
import { openTrainKernels } from '#core/kernels/train.ts'
import type { Model } from '#core/model.ts'
import { topK } from '#core/scoring/top-k.ts'
import { tasteOf } from '#recommend/retrieve.ts'
import { layOut } from './rooms.ts'

/**
 * The best items of many users by the factors alone: one product of matrices for a chunk of users instead of a scan a
 * user. The served int8 rows, as f32, lie once in a memory that all threads share.
 */

/**
 * Of the places in some users' lists, the share that lies among the items that are ranked for everybody. Those have the
 * longest rows; little-known movies have short ones and come to nobody's list, so that most of a large catalogue is left out.
 */
const REACHED = 0.98

/** Users that are ranked together. */
export const CHUNK_USERS = USERS_PER_CHUNK

/** The rows of a model's factors.arrow. */
export interface ServedFactors {
  numItems: number
  factors: number
  /** numItems × factors; an item's factors are its row times its scale */
  quantized: Int8Array
  /** 0 for an item without factors */
  scales: Float32Array
}

export function openFactors(bytes: Uint8Array): ServedFactors {
  const table = openTable('factors.arrow', bytes, FACTORS)
  const { values, size } = table.fixed<Int8Array>('quantized')
  return { numItems: table.numRows, factors: size, quantized: values, scales: table.numbers('scale') }
}

/** What goes to every thread: the memory with the items in it, and where things are. */
export interface FactorPlan {
  memory: WebAssembly.Memory
  numItems: number
  /** those that are ranked: the ones of the longest rows */
  numRanked: number
  factors: number
  /** length of the lists */
  length: number
  order: number
  positions: number
  norms: number
  packed: number
  /** one block a thread, of what only this thread writes */
  blocks: { users: number; indptr: number; seen: number; items: number; scores: number; scratch: number }[]
}

/**
 * @param histories of some users, to find how many items are worth ranking
 * @throws {RangeError} when it is more than a WebAssembly memory holds
 */
export function planFactorLists(
  served: ServedFactors,
  length: number,
  threads: number,
  model: Model,
  histories: readonly History[],
): FactorPlan {
  const { numItems, factors } = served
  const { place, makeMemory } = layOut()
  const at = {
    order: place(panelsOf(numItems) * 8 * 4),
    positions: place(numItems * 4),
    norms: place(numItems * 8),
    packed: place(panelsOf(numItems) * 8 * factors * 4),
    blocks: Array.from({ length: threads }, () => ({
      users: place(CHUNK_USERS * factors * 4),
      indptr: place((CHUNK_USERS + 1) * 4),
      seen: place(CHUNK_USERS * numItems * 4),
      items: place(CHUNK_USERS * length * 4),
      scores: place(CHUNK_USERS * length * 4),
      scratch: place(rankScratchBytes(numItems, factors, length)),
    })),
  }
  const memory = makeMemory()
  const places = putItems(memory, served, at)
  return { memory, numItems, numRanked: reachOf(model, histories, length, places), factors, length, ...at }
}

/**
 * Items as the kernel streams them: longest rows first, in panels of 8, `packed[panel][factor][lane]`.
 * @returns the place of each item in this order; numItems of one without factors
 */
function putItems(
  { buffer }: WebAssembly.Memory,
  { numItems, factors, quantized, scales }: ServedFactors,
  at: Pick<FactorPlan, 'order' | 'positions' | 'norms' | 'packed'>,
): Int32Array {
  const norms = new Float64Array(buffer, at.norms, numItems)
  for (let item = 0; item < numItems; item++) {
    let sum = 0
    for (let k = item * factors; k < (item + 1) * factors; k++) sum += (scales[item]! * quantized[k]!) ** 2
    norms[item] = Math.sqrt(sum)
  }
  const items = Array.from(norms.keys())
  const ranked = items.filter((item) => scales[item]! > 0).sort((a, b) => norms[b]! - norms[a]! || a - b)
  const order = new Int32Array(buffer, at.order, numItems)
  order.set(ranked)
  order.set(
    items.filter((item) => !(scales[item]! > 0)),
    ranked.length,
  )
  const positions = new Int32Array(buffer, at.positions, numItems)
  const packed = new Float32Array(buffer, at.packed, panelsOf(numItems) * 8 * factors).fill(Number.NaN)
  for (const [position, item] of order.entries()) {
    positions[item] = position
    if (position >= ranked.length) continue
    const to = Math.floor(position / 8) * 8 * factors + (position % 8)
    for (let k = 0; k < factors; k++) packed[to + 8 * k] = scales[item]! * quantized[item * factors + k]!
  }
  return positions.map((position) => (position < ranked.length ? position : numItems))
}

/** How many items, the longest rows first, hold nearly all that stands in these users' lists: whole panels, not more than have factors. */
function reachOf(model: Model, histories: readonly History[], length: number, places: Int32Array): number {
  const withFactors = places.reduce((count, place) => count + (place < places.length ? 1 : 0), 0)
  const found: number[] = []
  for (const history of histories) {
    const { foldedItems, foldedWeights } = tasteOf(history, model)
    if (foldedItems.length === 0) continue
    const scores = model.kernels.scan(model.kernels.foldIn(foldedItems, foldedWeights)).slice()
    for (const item of history.itemIndices) scores[item] = Number.NaN
    for (const item of topK(scores, length).items) found.push(places[item]!)
  }
  if (found.length === 0) return withFactors
  found.sort((a, b) => a - b)
  const reach = 1 + found[Math.ceil(REACHED * found.length) - 1]!
  return Math.min(withFactors, Math.max(length, Math.ceil(reach / 8) * 8))
}

/** The lists of a chunk; views that the next chunk overwrites. */
export interface FactorLists {
  /** users × length, best first; −1 behind the last */
  items: Int32Array
  scores: Float32Array
}

/** One thread's end. */
export interface FactorRanker {
  /**
   * @param vectors a folded-in user each, at most CHUNK_USERS; zeros for one without likes, whose list means nothing
   * @param seen of each user, item indices that do not come
   */
  rank(vectors: readonly Float32Array[], seen: readonly Int32Array[]): FactorLists
}

/** @param module compiled train kernels */
export function openFactorRanker(module: WebAssembly.Module, plan: FactorPlan, thread: number): FactorRanker {
  const { memory, numItems, numRanked, factors, length, order, positions, norms, packed } = plan
  const { buffer } = memory
  const block = plan.blocks[thread]!
  const kernels = openTrainKernels(module, memory)
  const users = new Float32Array(buffer, block.users, CHUNK_USERS * factors)
  const indptr = new Uint32Array(buffer, block.indptr, CHUNK_USERS + 1)
  const seenItems = new Int32Array(buffer, block.seen, CHUNK_USERS * numItems)
  const items = new Int32Array(buffer, block.items, CHUNK_USERS * length)
  const scores = new Float32Array(buffer, block.scores, CHUNK_USERS * length)
  return {
    rank(vectors, seen) {
      let end = 0
      for (const [user, vector] of vectors.entries()) {
        users.set(vector, user * factors)
        seenItems.set(seen[user]!, end)
        end += seen[user]!.length
        indptr[user + 1] = end
      }
      kernels.rankItems(
        0,
        vectors.length,
        block.scratch,
        block.users,
        packed,
        order,
        positions,
        norms,
        numItems,
        numRanked,
        factors,
        block.indptr,
        block.seen,
        length,
        listCapacity(length),
        block.items,
        block.scores,
      )
      return { items, scores }
    },
  }
}
