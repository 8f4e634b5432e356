import { availableParallelism } from 'node:os'
import { TILE } from '#core/kernels/train/inverse.ts'
import type { StepHandles } from '../../io/handles.ts'
import type { ItemWeights } from '../../nouns.ts'
import { MAX_BYTES, memoryPlan, openEngine, ROWS_PER_CHUNK } from '../engine.ts'
import { checkSparseRows, rowLengths, type SparseRows } from '../sparse-rows.ts'
import { entryOf, invert, planTiledMatrix, tiledMatrixBytes } from './inverse.ts'
import { type LikesOfItems, likesOfMostLiked, weightsOfAll } from './item-weights.ts'
import { checkRidge, type Ridge } from './ridge-options.ts'

/** Of a number. */
const BYTES = { single: 4, double: 8 } as const

/** How far a row of (XᵀX + Λ)·P may be from the identity's: beyond, the weights have fewer than two digits. */
const LARGEST_RESIDUAL = 0.01

export interface EaseOptions extends Ridge {
  /** strongest weights kept of a liked item; null: all */
  neighbours: number | null
  /** most liked items that get weights; null: every liked one. Others get none */
  maxItems: number | null
  /**
   * Of the inverse. single: half the time and memory; on a million ratings its weights differ from double's by two
   * millionths of the largest, and NDCG@10 is the same. double: where λ is small beside the number of users
   */
  precision: 'single' | 'double'
}

/**
 * EASE^R (Steck 2019): the item–item weights B of the ridge regression of X, zeros and ones, on itself with a diagonal
 * of zeros,
 *   P = (XᵀX + Λ)⁻¹,   B_ij = −P_ij / P_jj.
 * The scores of a history x are xᵀB. Of each row the `neighbours` weights farthest from 0 are kept: cutting what a liked
 * item says loses less than cutting what speaks for a recommended one (NDCG@10 on a million ratings, validation, 100
 * kept: 0.0987 against 0.0960, all: 0.0993). Time O(Σ likes of a user² + n³), memory n²/2 numbers, for n items. The
 * result does not depend on the number of threads.
 * @param likes users × items
 * @throws {RangeError} on an index or option out of its range, or more items than fit, saying how many do
 * @throws {Error} when the precision does not hold the problem; the signal's reason when aborted
 */
export async function trainEase(
  likes: SparseRows,
  numItems: number,
  options: EaseOptions,
  handles: StepHandles,
  threads: number = availableParallelism(),
): Promise<ItemWeights> {
  checkSparseRows(likes, numItems)
  checkOptions(options)
  const chosen = likesOfMostLiked(likes, numItems, options.maxItems)
  const size = chosen.items.length
  if (size === 0) return weightsOfAll(chosen.items, numItems, NOTHING)
  const most = Math.min(options.neighbours ?? size, size - 1)
  const numUsers = likes.indptr.length - 1
  const numLikes = chosen.likes.indices.length

  const bytes = BYTES[options.precision]
  const padded = Math.ceil(size / TILE) * TILE
  const plan = memoryPlan()
  const users = { indptr: plan.place((numUsers + 1) * 4), indices: plan.place(numLikes * 4) }
  const items = { indptr: plan.place((padded + 1) * 4), indices: plan.place(numLikes * 4) }
  const diagonal = plan.place(size * 4)
  const kept = {
    indices: plan.place(size * most * 4),
    weights: plan.place(size * most * 4),
    counts: plan.place(size * 4),
  }
  const scratchBytes = (padded + most) * 4
  checkFits(size, options, (numUsers + 1 + 2 * numLikes) * 4 + (scratchBytes + 64) * threads)
  const matrix = planTiledMatrix(plan, size, bytes)
  const { tiles, numTiles } = matrix
  const what = `ease: ${size} items, ${numUsers} users, ${numLikes} likes`
  const engine = openEngine(plan, { what, scratchBytes, threads, signal: handles.signal })
  try {
    engine.u32(users.indptr, numUsers + 1).set(chosen.likes.indptr)
    engine.i32(users.indices, numLikes).set(chosen.likes.indices)
    engine
      .u32(items.indptr, padded + 1)
      .fill(numLikes)
      .set(chosen.likers.indptr)
    engine.i32(items.indices, numLikes).set(chosen.likers.indices)
    const { regularization, dropout } = options
    await engine.run(
      'gramRows',
      { numRows: padded, rowsPerChunk: ROWS_PER_CHUNK },
      items.indptr,
      items.indices,
      users.indptr,
      users.indices,
      regularization,
      dropout / (1 - dropout),
      tiles,
      numTiles,
      bytes,
    )
    const failed = await invert(engine, matrix, (block) => handles.progress.update('train ease', block, numTiles))
    if (failed >= 0)
      throw new Error(
        `ease: pivot ${failed} is not above 0; regularization ${regularization} is too small for the data`,
      )
    handles.progress.update('train ease', numTiles, numTiles)
    const inverse = (row: number, column: number) => -entryOf(engine, matrix, row, column)
    checkResidual(chosen, options, inverse)
    engine.f32(diagonal, size).set(Float32Array.from({ length: size }, (_, item) => inverse(item, item)))
    await engine.run(
      'regressionRows',
      { numRows: size, rowsPerChunk: ROWS_PER_CHUNK },
      tiles,
      numTiles,
      bytes,
      size,
      diagonal,
      most,
      kept.indices,
      kept.weights,
      kept.counts,
    )
    return weightsOfAll(chosen.items, numItems, {
      most,
      indices: engine.i32(kept.indices, size * most),
      weights: engine.f32(kept.weights, size * most),
      counts: engine.i32(kept.counts, size),
    })
  } finally {
    await engine.close()
  }
}

/** No rows: for data without likes. */
const NOTHING = { most: 0, indices: new Int32Array(0), weights: new Float32Array(0), counts: new Int32Array(0) }

/** @param otherBytes what is needed besides the matrix and the weights that are kept */
function checkFits(size: number, { neighbours, precision }: EaseOptions, otherBytes: number): void {
  const bytesOf = (items: number) =>
    tiledMatrixBytes(items, BYTES[precision]) + 8 * items * (Math.min(neighbours ?? items, items) + 2) + otherBytes
  if (bytesOf(size) <= MAX_BYTES) return
  let most = size
  while (most > TILE && bytesOf(most) > MAX_BYTES) most -= TILE
  const found = `ease: ${size} items take ${(bytesOf(size) / 2 ** 30).toFixed(1)} GiB, a WebAssembly memory holds 4`
  const advice = [`maxItems to at most ${most}`]
  if (neighbours === null) advice.push('neighbours to fewer than all')
  if (precision === 'double') advice.push('precision to single')
  throw new RangeError(`${found}; set ${advice.join(', or ')}`)
}

/** Multiplies the inverse's column of the most liked item by XᵀX + Λ, which must give a unit vector; O(likes). */
function checkResidual(
  { likes, likers }: LikesOfItems,
  { regularization, dropout, precision }: EaseOptions,
  inverse: (row: number, column: number) => number,
): void {
  const counts = rowLengths(likers)
  const probed = counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0))
  const column = Float64Array.from(counts, (_, item) => inverse(item, probed))
  const product = column.map((value, item) => value * (regularization + (dropout / (1 - dropout)) * counts[item]!))
  for (let user = 0; user + 1 < likes.indptr.length; user++) {
    const liked = likes.indices.subarray(likes.indptr[user]!, likes.indptr[user + 1]!)
    let sum = 0
    for (const item of liked) sum += column[item]!
    for (const item of liked) product[item]! += sum
  }
  product[probed]! -= 1
  const residual = product.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  if (residual <= LARGEST_RESIDUAL) return
  const advice = precision === 'single' ? 'set precision to double or raise it' : 'raise it'
  throw new Error(
    `ease: the inverse is off by ${residual.toPrecision(2)}, at most ${LARGEST_RESIDUAL} will do; ` +
      `${precision} precision does not hold regularization ${regularization} on this data: ${advice}`,
  )
}

function checkOptions({ neighbours, maxItems, ...ridge }: EaseOptions): void {
  checkRidge('ease', ridge)
  for (const [name, value] of Object.entries({ neighbours, maxItems })) {
    if (value !== null && !(Number.isInteger(value) && value >= 1))
      throw new RangeError(`ease: ${name} is ${value}, expected a whole number from 1 up, or null for all`)
  }
}
