import { availableParallelism } from 'node:os'
import { TILE } from '#core/kernels/train/inverse.ts'
import type { StepHandles } from '../../io/handles.ts'
import type { ItemWeights } from '../../nouns.ts'
import { MAX_BYTES, memoryPlan, openEngine, ROWS_PER_CHUNK } from '../engine.ts'
import { invert, planTiledMatrix, tiledMatrixBytes } from '../item-item/inverse.ts'
import { checkSparseRows, rowLengths, type SparseRows } from '../sparse-rows.ts'
import { placeArguments } from './arguments.ts'
import { featuresOf, mostFrequent, type NextScale, placesByItem } from './features.ts'
import { LONGEST_ROW, weightsOfScale } from './kept-rows.ts'
import { probeOf } from './probe.ts'

export interface NextOptions {
  scales: readonly NextScale[]
  /** most frequent items that are recommended; null: every one that occurs. Others get no score */
  maxItems: number | null
  /** that an item needs to speak: with few it says little that is sure, and takes as much time as any other */
  minOccurrences: number
}

const F32 = 4

/**
 * What people take up next: the ridge regression of the item at each position of each history on the items before it,
 *   B = (XᵀX + Λ)⁻¹·XᵀY,
 * where Y has a one for the item, and X, scale beside scale, 2^(−(lag − 1) / half-life) for each item before it, up to
 * the scale's length (kin: SLIST, Choe et al. 2021). A history's score is the sum over its lags and the scales of these
 * powers × B's rows, so the order counts, and the last items count most.
 *
 * Restricting the items that speak at a scale, and those recommended, makes a large catalogue fit: time O(pairs of
 * places within a length + f³ + f²·n), memory f²/2 + f·n f32, for f features and n recommended items. The result does
 * not depend on the number of threads.
 * @param histories users × items, each user's in the order of time; an item may come again
 * @returns for each scale what an item of the history says about the next one
 * @throws {RangeError} on an index or option out of its range, or more features than fit, saying what would
 * @throws {Error} when single precision does not hold the problem; the signal's reason when aborted
 */
export async function trainNext(
  histories: SparseRows,
  numItems: number,
  options: NextOptions,
  handles: StepHandles,
  threads: number = availableParallelism(),
): Promise<ItemWeights[]> {
  checkSparseRows(histories, numItems)
  checkOptions(options)
  const { scales } = options
  const byItem = placesByItem(histories, numItems)
  const occurrences = rowLengths(byItem)
  const features = featuresOf(scales, occurrences, options.minOccurrences)
  const targets = mostFrequent(occurrences, options.maxItems, 1)
  const size = features.items.length
  const most = Math.min(
    targets.length,
    Math.max(...scales.map(({ neighbours }) => LONGEST_ROW * (neighbours ?? targets.length))),
  )
  if (size === 0) return scales.map(() => noWeights(numItems))
  checkFits(size, targets.length, most, histories.indices.length, threads)

  const plan = memoryPlan()
  const data = placeArguments(plan, { histories, byItem, features, targets, scales })
  const matrix = planTiledMatrix(plan, size, F32)
  const { tiles, numTiles } = matrix
  const numTargetTiles = Math.ceil(targets.length / TILE)
  const answers = plan.place(numTiles * numTargetTiles * TILE * TILE * F32)
  const kept = {
    indices: plan.place(size * most * 4),
    weights: plan.place(size * most * F32),
    counts: plan.place(size * 4),
  }
  const what = `next: ${size} features, ${targets.length} items, ${histories.indices.length} places`
  const engine = openEngine(plan, {
    what,
    scratchBytes: scratchOf(size, targets.length, most),
    threads,
    signal: handles.signal,
  })
  try {
    data.fill(engine)
    const tell = (done: number) => handles.progress.update('train next', done, numTiles + 2)
    tell(0)
    await engine.run(
      'nextItemRows',
      { numRows: size, rowsPerChunk: ROWS_PER_CHUNK },
      ...data.arguments,
      tiles,
      numTiles,
      answers,
      numTargetTiles,
    )
    const probe = probeOf(engine, matrix)
    const failed = await invert(engine, matrix, (block) => tell(1 + block))
    if (failed >= 0) throw new Error(`next: pivot ${failed} is not above 0; ${ADVICE}`)
    probe.check(ADVICE)
    tell(1 + numTiles)
    await engine.run(
      'nextItemWeights',
      { numRows: numTiles, rowsPerChunk: 1 },
      tiles,
      numTiles,
      answers,
      numTargetTiles,
      targets.length,
      most,
      kept.indices,
      kept.weights,
      kept.counts,
    )
    tell(2 + numTiles)
    const rows = {
      most,
      indices: engine.i32(kept.indices, size * most),
      weights: engine.f32(kept.weights, size * most),
      counts: engine.i32(kept.counts, size),
    }
    return scales.map(({ neighbours }, scale) => {
      const ofScale = features.columns.subarray(scale * numItems, (scale + 1) * numItems)
      return weightsOfScale({ rows, features: ofScale, occurrences, neighbours }, targets)
    })
  } finally {
    await engine.close()
  }
}

const ADVICE = 'raise the regularization of the scales: single precision does not hold the problem'

function noWeights(numItems: number): ItemWeights {
  return { indptr: new Uint32Array(numItems + 1), indices: new Int32Array(0), weights: new Float32Array(0) }
}

/** What the larger of the two kernels needs. */
function scratchOf(size: number, numTargets: number, most: number): number {
  const columns = size + Math.ceil(numTargets / TILE) * TILE
  return Math.max(columns * 8, columns * TILE * F32 + (numTargets + most) * F32)
}

function checkFits(size: number, numTargets: number, most: number, numPlaces: number, threads: number): void {
  const bytesOf = (features: number) =>
    tiledMatrixBytes(features, F32) +
    features * F32 * (numTargets + TILE + 2 * most) +
    threads * scratchOf(features, numTargets, most) +
    numPlaces * 20
  if (bytesOf(size) <= MAX_BYTES) return
  let fitting = size
  while (fitting > TILE && bytesOf(fitting) > MAX_BYTES) fitting -= TILE
  throw new RangeError(
    `next: ${size} features and ${numTargets} items take ${(bytesOf(size) / 2 ** 30).toFixed(1)} GiB, a WebAssembly ` +
      `memory holds 4; set maxItems of the scales to ${fitting} in all, or fewer maxItems`,
  )
}

function checkOptions({ scales, maxItems, minOccurrences }: NextOptions): void {
  if (scales.length === 0) throw new RangeError('next: no scales, expected at least one')
  checkCount('maxItems', maxItems)
  if (!(Number.isInteger(minOccurrences) && minOccurrences >= 1))
    throw new RangeError(`next: minOccurrences is ${minOccurrences}, expected a whole number from 1 up`)
  for (const [number, { length, recencyHalfLife, regularization, ...counts }] of scales.entries()) {
    const scale = `of scale ${number + 1}`
    if (!(Number.isInteger(length) && length >= 1))
      throw new RangeError(`next: length ${scale} is ${length}, expected a whole number from 1 up`)
    for (const [name, value] of Object.entries({ recencyHalfLife, regularization }))
      if (!(value > 0 && Number.isFinite(value)))
        throw new RangeError(`next: ${name} ${scale} is ${value}, expected a number above 0`)
    for (const [name, value] of Object.entries(counts)) checkCount(`${name} ${scale}`, value)
  }
}

function checkCount(name: string, value: number | null): void {
  if (value !== null && !(Number.isInteger(value) && value >= 1))
    throw new RangeError(`next: ${name} is ${value}, expected a whole number from 1 up, or null for all`)
}
