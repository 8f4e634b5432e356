import { availableParallelism } from 'node:os'
import { NEXT_FIELDS } from '#core/kernels/train/sequence.ts'
import type { StepHandles } from '../../io/handles.ts'
import type { ItemWeights } from '../../nouns.ts'
import { memoryPlan, openEngine, ROWS_PER_CHUNK } from '../engine.ts'
import { checkSolved } from '../item-item/ridge-options.ts'
import { checkSparseRows, rowLengths, type SparseRows, transposed } from '../sparse-rows.ts'
import { type NextScale, type Places, placesByItem, type ScaleTables, scaleTables } from './features.ts'

/** What is told of a scale here: there is no matrix of all features that could grow too large. */
export type NearestScale = Pick<NextScale, 'length' | 'recencyHalfLife' | 'regularization'>

export interface NearestNextOptions {
  scales: readonly NearestScale[]
  /** features that an item is regressed on, which are the weights it gets: items at scales, those before it most */
  neighbours: number
}

type Placed = Int32Array | Uint32Array | Float32Array | Float64Array

/**
 * The regression of `trainNext` (sequence/next.ts) for each item by itself, on the `neighbours` features f that go before
 * it most, by their correlation |x_fᵀy| / √(x_fᵀx_f + λ): to it what fsSLIM is to EASE. Every item may speak and be
 * recommended: time grows with the items, not with the cube of those that speak.
 * @param histories users × items, each user's in the order of time
 * @returns for each scale what an item of the history says about the next one
 * @throws {RangeError} on an index or option out of its range, or data beyond 4 GiB
 * @throws {Error} when single precision does not hold a regression
 */
export async function trainNearestNext(
  histories: SparseRows,
  numItems: number,
  { scales, neighbours }: NearestNextOptions,
  handles: StepHandles,
  threads: number = availableParallelism(),
): Promise<ItemWeights[]> {
  checkSparseRows(histories, numItems)
  const numUsers = histories.indptr.length - 1
  const byItem = placesByItem(histories, numItems)
  const occurrences = rowLengths(byItem)
  const tables = scaleTables(scales)
  const most = Math.min(neighbours, scales.length * numItems)

  const plan = memoryPlan()
  const placed: { address: number; array: Placed }[] = []
  const put = (array: Placed): number => {
    const address = plan.place(array.byteLength)
    placed.push({ address, array })
    return address
  }
  const fields: Record<(typeof NEXT_FIELDS)[number], number> = {
    userIndptr: put(histories.indptr),
    userItems: put(histories.indices),
    placeIndptr: put(byItem.indptr),
    places: put(byItem.indices),
    placeUsers: put(byItem.users),
    norms: put(normsOf(histories, byItem, scales, tables)),
    numUsers,
    numItems,
    numScales: scales.length,
    lengths: put(Int32Array.from(scales, ({ length }) => length)),
    ridges: put(Float64Array.from(scales, ({ regularization }) => regularization)),
    powers: put(tables.powers),
    sums: put(tables.sums),
    reach: tables.reach,
  }
  const at = put(Int32Array.from(NEXT_FIELDS, (field) => fields[field] | 0))
  const kept = {
    features: plan.place(numItems * most * 4),
    weights: plan.place(numItems * most * 4),
    counts: plan.place(numItems * 4),
  }
  const engine = openEngine(plan, {
    what: `next: ${numItems} items, ${numUsers} users, ${histories.indices.length} places, ${most} neighbours`,
    scratchBytes: scratchOf(occurrences, scales.length, numUsers, most),
    threads,
    signal: handles.signal,
  })
  try {
    for (const { address, array } of placed) {
      const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
      engine.u8(address, array.byteLength).set(bytes)
    }
    const failed = await engine.run(
      'nearestNextRows',
      {
        ...{ numRows: numItems, rowsPerChunk: ROWS_PER_CHUNK },
        onRows: (done) => handles.progress.update('train next', done, numItems),
      },
      at,
      most,
      kept.features,
      kept.weights,
      kept.counts,
    )
    checkSolved('next', failed, numItems, 'raise the regularization of the scales')
    const rowsOf = {
      most,
      features: engine.i32(kept.features, numItems * most),
      weights: engine.f32(kept.weights, numItems * most),
      counts: engine.i32(kept.counts, numItems),
    }
    return scales.map((_, scale) => weightsOf(rowsOf, scale))
  } finally {
    await engine.close()
  }
}

/** Rows of up to `most` weights of an item, as the kernel leaves them: item r's start at r · most. */
interface KeptFeatures {
  most: number
  features: Int32Array
  weights: Float32Array
  counts: Int32Array
}

/** Those of one scale, by the item that speaks. */
function weightsOf({ most, features, weights, counts }: KeptFeatures, scale: number): ItemWeights {
  const numItems = counts.length
  const first = scale * numItems
  const isOfScale = (feature: number) => feature >= first && feature < first + numItems
  const entries = counts.reduce((sum, count) => sum + count, 0)
  const byTarget = { indptr: new Uint32Array(numItems + 1), indices: new Int32Array(entries) }
  const values = new Float32Array(entries)
  let end = 0
  for (let item = 0; item < numItems; item++) {
    for (let entry = item * most; entry < item * most + counts[item]!; entry++) {
      if (!isOfScale(features[entry]!)) continue
      byTarget.indices[end] = features[entry]! - first
      values[end++] = weights[entry]!
    }
    byTarget.indptr[item + 1] = end
  }
  const ofScale = { ...byTarget, indices: byTarget.indices.subarray(0, end) }
  const { values: moved, ...bySource } = transposed(ofScale, numItems, values.subarray(0, end))
  return { ...bySource, weights: moved }
}

/** 1 / √(x_fᵀx_f + λ) of each feature, as if no item came twice in a history. */
function normsOf(
  { indptr }: SparseRows,
  { indptr: starts, indices: places, users }: Places,
  scales: readonly NearestScale[],
  { reach, sums }: ScaleTables,
): Float32Array {
  const numItems = starts.length - 1
  return Float32Array.from({ length: scales.length * numItems }, (_, feature) => {
    const scale = Math.floor(feature / numItems)
    const item = feature % numItems
    const { length, regularization } = scales[scale]!
    const own = scale * (scales.length + 1) * (reach + 1)
    let square = regularization
    for (let at = starts[item]!; at < starts[item + 1]!; at++)
      square += sums[own + Math.min(length, indptr[users[at]! + 1]! - 1 - places[at]!)]!
    return 1 / Math.sqrt(square)
  })
}

/** What `nearestNextRows` asks for: an entry a place of as many features as a regression can be on. */
function scratchOf(occurrences: Float32Array, numScales: number, numUsers: number, most: number): number {
  const width = Math.ceil(most / 8) * 8
  const ofMost = occurrences
    .toSorted()
    .subarray(Math.max(0, occurrences.length - Math.ceil(most / numScales)))
    .reduce((sum, count) => sum + count, 0)
  const features = numScales * occurrences.length
  const numbers = 3 * features + Math.ceil(features / 32) + most + numUsers + width * (width + 1)
  return 4 * numbers + 16 + 12 * numScales * ofMost
}
