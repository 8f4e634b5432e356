/// <reference path="../../functions/core/kernels/webassembly.d.ts" />
import type { NeighbourIndex } from '#core/format/neighbours.ts'
import { openTrainKernels } from '#core/kernels/train.ts'
import type { Model } from '#core/model.ts'
import type { BlendWeights } from '#core/schemas/config.ts'
import { recentItems } from '#core/scoring/next-scores.ts'
import type { Taste } from '#recommend/retrieve.ts'
import { layOut } from './rooms.ts'

/**
 * What item–item weights say, of the movies alone that they can speak for: the best known ones. Numbered among themselves
 * these targets' scores fit into a core's own cache (48 kB for 12,000), where a row of 87,000 movies does not.
 */

/** Bits of a target's number in an entry. */
const TARGET_BITS = 24

/** What a history says of the targets; until the next one is scored. */
export interface Spoken {
  /** score farthest from 0 of what was not seen; null where the source has nothing to go by */
  farthest: { next: number | null; neighbours: number | null }
  /** items of the largest weighted sums, in no order */
  best: Int32Array
  /** Put what is said of each of these items beside it. */
  look(items: Int32Array, next: Float32Array, neighbours: Float32Array): void
}

export interface TargetScores {
  /**
   * @param seen nothing is said of these
   * @param isAsked what is not asked for is null
   * @param count length of `best`
   */
  score(
    taste: Taste,
    seen: Int32Array,
    isAsked: { next: boolean; neighbours: boolean },
    weights: BlendWeights,
    count: number,
  ): Spoken
}

/**
 * @param module compiled train kernels
 * @param order all items: what is asked for most first, so that its rows lie together
 * @throws {TypeError} for weights that are not int8, as published ones are
 * @throws {RangeError} for more targets than an entry can name
 */
export function openTargetScores(
  module: WebAssembly.Module,
  { next, neighbours, catalog }: Model,
  order: Int32Array,
): TargetScores {
  const { numItems } = catalog
  const indices = [neighbours, ...next.map(({ weights }) => weights)]
  if (!indices.every(({ weights }) => weights instanceof Int8Array))
    throw new TypeError('batch: item–item weights in f32, expected int8, as published')
  const { items: itemOf, targetOf } = targetsOf(indices, numItems)
  const numTargets = itemOf.length
  if (numTargets > 2 ** TARGET_BITS)
    throw new RangeError(`batch: ${numTargets} movies have item–item weights, expected at most ${2 ** TARGET_BITS}`)
  const padded = Math.max(16, Math.ceil(numTargets / 16) * 16)
  const counts = indices.map(countEntries)
  const { place, makeMemory } = layOut()
  const at = {
    bounds: place(8 * numItems * indices.length),
    scales: place(4 * numItems * indices.length),
    entries: place(4 * counts.reduce((sum, count) => sum + count, 0)),
    byNext: place(4 * padded),
    byNeighbours: place(4 * padded),
    blocked: place(padded),
    rows: place(4 * 2),
    rowScales: place(8 * 2),
    farthest: place(4 * 2),
    items: place(4 * numItems),
    strengths: place(4 * numItems),
    heapScores: place(8 * padded),
    heapItems: place(4 * padded),
  }
  const memory = makeMemory()
  const { buffer } = memory
  const kernels = openTrainKernels(module, memory)
  let firstEntry = at.entries
  const [neighbourRows, ...nextRows] = indices.map((index, which) => {
    const rows = {
      bounds: at.bounds + 8 * numItems * which,
      scales: at.scales + 4 * numItems * which,
      entries: firstEntry,
    }
    new Float32Array(buffer, rows.scales, numItems).set(index.scales)
    const bounds = new Uint32Array(buffer, rows.bounds, 2 * numItems)
    putEntries(index, targetOf, order, bounds, new Uint32Array(buffer, firstEntry, counts[which]))
    firstEntry += 4 * counts[which]!
    return rows
  })
  const byNext = new Float32Array(buffer, at.byNext, padded)
  const byNeighbours = new Float32Array(buffer, at.byNeighbours, padded)
  const blocked = new Uint8Array(buffer, at.blocked, padded)
  // those that only fill the last sixteen up
  blocked.fill(1, numTargets)
  new Uint32Array(buffer, at.rows, 2).set([at.byNext, at.byNeighbours])
  const rowScales = new Float64Array(buffer, at.rowScales, 2)
  const farthest = new Float32Array(buffer, at.farthest, 2)
  const items = new Int32Array(buffer, at.items, numItems)
  const strengths = new Float32Array(buffer, at.strengths, numItems)

  return {
    score(taste, seen, isAsked, weights, count) {
      byNext.fill(0)
      byNeighbours.fill(0)
      const has = {
        next: taste.lastRated.length > 0 && isAsked.next,
        neighbours: taste.likesWithNeighbours.length > 0 && isAsked.neighbours,
      }
      if (has.next)
        for (const [scale, rows] of nextRows.entries()) {
          const recent = recentItems(next[scale]!, taste.lastRated, taste.lastRatedCounts)
          add(rows, recent.items, recent.strengths, at.byNext)
        }
      if (has.neighbours) add(neighbourRows!, taste.likesWithNeighbours, taste.neighbourStrengths, at.byNeighbours)
      mark(seen, 1)
      kernels.farthestFromZero(at.rows, 2, at.blocked, padded, at.farthest)
      // to divide by it, an empty row's is 1
      const sizes = [farthest[0] || 1, farthest[1] || 1] as const
      rowScales[0] = weights.next / sizes[0]
      rowScales[1] = weights.neighbours / sizes[1]
      const wanted = has.next || has.neighbours ? Math.min(count, numTargets) : 0
      // without a margin for rounding: the last candidate may be another of nearly the same sum
      const found =
        wanted === 0
          ? 0
          : kernels.blendBest(at.rows, at.rowScales, 2, at.blocked, padded, wanted, 0, at.heapScores, at.heapItems)
      mark(seen, 0)
      return {
        farthest: { next: has.next ? sizes[0] : null, neighbours: has.neighbours ? sizes[1] : null },
        best: new Int32Array(buffer, at.heapItems, found).map((target) => itemOf[target]!),
        look,
      }
    },
  }

  /** Adds what some items say, each with its strength. O(entries of the items). */
  function add(rows: EntryRows, some: Int32Array, theirStrengths: Float32Array, out: number): void {
    items.set(some)
    strengths.set(theirStrengths)
    kernels.addEntries(at.items, at.strengths, some.length, rows.bounds, rows.entries, rows.scales, out)
  }

  function mark(seen: Int32Array, flag: 0 | 1): void {
    for (let place = 0; place < seen.length; place++) {
      const target = targetOf[seen[place]!]!
      if (target >= 0) blocked[target] = flag
    }
  }

  function look(wanted: Int32Array, nextOf: Float32Array, neighboursOf: Float32Array): void {
    for (let place = 0; place < wanted.length; place++) {
      const target = targetOf[wanted[place]!]!
      nextOf[place] = target < 0 ? 0 : byNext[target]!
      neighboursOf[place] = target < 0 ? 0 : byNeighbours[target]!
    }
  }
}

/** Weights by the movie in a history, as addresses: kernels/train/lists.ts says what they hold. */
interface EntryRows {
  bounds: number
  entries: number
  scales: number
}

/** Item index by target, ascending, and target by item index, −1 where nothing speaks for it. */
function targetsOf(indices: readonly NeighbourIndex[], numItems: number) {
  const targetOf = new Int32Array(numItems).fill(-1)
  for (const index of indices)
    eachEntry(index, (item) => {
      targetOf[item] = 0
    })
  const items = Int32Array.from(targetOf.keys()).filter((item) => targetOf[item] === 0)
  for (const [target, item] of items.entries()) targetOf[item] = target
  return { items, targetOf }
}

function countEntries(index: NeighbourIndex): number {
  let count = 0
  eachEntry(index, () => {
    count++
  })
  return count
}

function putEntries(
  index: NeighbourIndex,
  targetOf: Int32Array,
  order: Int32Array,
  bounds: Uint32Array,
  entries: Uint32Array,
): void {
  let end = 0
  for (const row of order) {
    bounds[2 * row] = end
    eachOfRow(index, row, (item, weight) => {
      entries[end++] = (targetOf[item]! << 8) | (weight & 0xff)
    })
    bounds[2 * row + 1] = end
  }
}

function eachEntry(index: NeighbourIndex, visit: (item: number) => void): void {
  for (let row = 0; row < index.numItems; row++) eachOfRow(index, row, visit)
}

/** Every entry of a row that says something: one of weight 0 only crosses a wide gap. */
function eachOfRow(
  { offsets, gaps, weights }: NeighbourIndex,
  row: number,
  visit: (item: number, weight: number) => void,
): void {
  let item = 0
  for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
    item += gaps[entry]!
    if (weights[entry] !== 0) visit(item, weights[entry]!)
  }
}
