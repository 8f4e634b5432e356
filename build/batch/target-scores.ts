import type { NeighbourIndex } from '#core/format/neighbours.ts'
import { openServeKernels, type ServeKernels } from '#core/kernels/serve.ts'
import type { Model } from '#core/model.ts'
import type { BlendWeights } from '#core/schemas/config.ts'
import { recentItems } from '#core/scoring/next-scores.ts'
import type { Taste } from '#recommend/retrieve.ts'
import { compileKernel } from '../io/kernels.ts'

/**
 * What item–item weights say, of the movies alone that they can speak for: the best known ones. Numbered among themselves
 * these targets' scores fit into a core's own cache (48 kB for 12,000), where a row of 87,000 movies does not.
 */

/** What a history says of the targets; until the next one is scored. */
export interface Spoken {
  /** score farthest from 0 of what was not seen; null where the source has nothing to go by */
  farthest: { next: number | null; neighbours: number | null }
  /** items of the largest weighted sums */
  best: Int32Array
  /** Put what is said of these items into rows by item index. */
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

/** Weights by the movie in a history: entry e of item i speaks for `targets[e]` by `weights[e] · scales[i]`. */
interface TargetRows {
  /** numItems + 1 */
  offsets: Int32Array
  targets: Uint16Array | Uint32Array
  weights: Int8Array | Float32Array
  scales: Float32Array
}

export function openTargetScores({ next, neighbours, catalog }: Model): TargetScores {
  const { items, targetOf } = targetsOf([neighbours, ...next.map(({ weights }) => weights)], catalog.numItems)
  const neighbourRows = targetRows(neighbours, items.length, targetOf)
  const scales = next.map(({ weights, ...memory }) => ({
    memory,
    rows: targetRows(weights, items.length, targetOf),
  }))
  const kernels = blendKernels(items.length)
  const [byNext, byNeighbours] = kernels.rooms() as [Float32Array, Float32Array]
  const blocked = new Uint8Array(items.length)

  return {
    score(taste, seen, isAsked, weights, count) {
      byNext.fill(0)
      byNeighbours.fill(0)
      const has = {
        next: taste.lastRated.length > 0 && isAsked.next,
        neighbours: taste.likesWithNeighbours.length > 0 && isAsked.neighbours,
      }
      if (has.next)
        for (const { memory, rows } of scales) {
          const recent = recentItems(memory, taste.lastRated, taste.lastRatedCounts)
          addScores(rows, recent.items, recent.strengths, byNext)
        }
      if (has.neighbours) addScores(neighbourRows, taste.likesWithNeighbours, taste.neighbourStrengths, byNeighbours)
      mark(seen, 1)
      const { farthest, items: best } = kernels.blendBest(
        [byNext, byNeighbours],
        [weights.next, weights.neighbours],
        blocked,
        has.next || has.neighbours ? count : 0,
      )!
      mark(seen, 0)
      return {
        // an empty row's is 1, as to divide by it
        farthest: { next: has.next ? farthest[0]! : null, neighbours: has.neighbours ? farthest[1]! : null },
        best: best.map((target) => items[target]!),
        look,
      }
    },
  }

  function mark(seen: Int32Array, flag: 0 | 1): void {
    for (let at = 0; at < seen.length; at++) if (targetOf[seen[at]!]! >= 0) blocked[targetOf[seen[at]!]!] = flag
  }

  function look(wanted: Int32Array, next: Float32Array, neighbours: Float32Array): void {
    for (let place = 0; place < wanted.length; place++) {
      const item = wanted[place]!
      const target = targetOf[item]!
      next[item] = target < 0 ? 0 : byNext[target]!
      neighbours[item] = target < 0 ? 0 : byNeighbours[target]!
    }
  }
}

/** The Worker's blend, over so many rows and without factors: it wants at least eight. */
function blendKernels(numItems: number): ServeKernels {
  const factors = 8
  return openServeKernels(compileKernel('serve'), {
    numItems,
    factors,
    quantized: new Int8Array(numItems * factors),
    scales: new Float32Array(numItems),
    gramian: new Float32Array(factors * factors),
    unobservedWeight: 1,
    regularization: 1,
  })
}

/** out[target] += strength · weight, of every item with its strength. O(entries of the items). */
function addScores(
  { offsets, targets, weights, scales }: TargetRows,
  items: Int32Array,
  strengths: Float32Array,
  out: Float32Array,
): void {
  for (let position = 0; position < items.length; position++) {
    const item = items[position]!
    const scale = scales[item]! * strengths[position]!
    const end = offsets[item + 1]!
    for (let entry = offsets[item]!; entry < end; entry++) out[targets[entry]!]! += scale * weights[entry]!
  }
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

function targetRows(index: NeighbourIndex, numTargets: number, targetOf: Int32Array): TargetRows {
  const offsets = new Int32Array(index.numItems + 1)
  eachEntry(index, (_, row) => {
    offsets[row + 1]! += 1
  })
  for (let row = 0; row < index.numItems; row++) offsets[row + 1]! += offsets[row]!
  const numEntries = offsets[index.numItems]!
  const targets = numTargets <= 0x1_0000 ? new Uint16Array(numEntries) : new Uint32Array(numEntries)
  const weights = index.weights instanceof Int8Array ? new Int8Array(numEntries) : new Float32Array(numEntries)
  let at = 0
  eachEntry(index, (item, _, weight) => {
    targets[at] = targetOf[item]!
    weights[at++] = weight
  })
  return { offsets, targets, weights, scales: index.scales }
}

/** Every entry that says something: one of weight 0 only crosses a wide gap. */
function eachEntry(
  { numItems, offsets, gaps, weights }: NeighbourIndex,
  visit: (item: number, row: number, weight: number) => void,
): void {
  for (let row = 0; row < numItems; row++) {
    let item = 0
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
      item += gaps[entry]!
      if (weights[entry] !== 0) visit(item, row, weights[entry]!)
    }
  }
}
