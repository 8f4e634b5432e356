import { availableParallelism } from 'node:os'
import type { CfConfig } from '#core/schemas/config.ts'
import type { StepHandles } from '../io/handles.ts'
import { openAls } from './als-session.ts'
import { checkSparseRows, type SparseRows } from './sparse-rows.ts'

/** No half-step can raise the loss but by rounding; more than this share is a numerical breakdown. */
const LARGEST_RISE = 0.01

export interface AlsResult {
  /** numItems × factors, row-major; zeros for an item without likes */
  itemFactors: Float32Array
  /** numUsers × factors; zeros for a user without likes */
  userFactors: Float32Array
  /** the objective divided by numUsers · numItems, after each iteration */
  losses: number[]
}

/**
 * Implicit ALS on the objective in kernels/train.ts. Every half-step starts from the last one's rows and takes
 * `cgSteps` conjugate-gradient steps; the last two are exact, so the item factors solve their side given the users'.
 * The same input and seed give the same bytes whatever the number of threads.
 * Cost of an iteration: O(likes · f · cgSteps + (users + items) · f²), divided by the threads.
 * Without likes all factors are zeros and there is no iteration.
 * @param likes users × items
 * @throws {RangeError} on an index or number out of its range, or data beyond 4 GiB
 * @throws {Error} when the loss rises or is not a number; the signal's reason when aborted
 */
export async function trainAls(
  likes: SparseRows,
  numItems: number,
  config: CfConfig,
  seed: number,
  handles: StepHandles,
  threads: number = availableParallelism(),
): Promise<AlsResult> {
  checkSparseRows(likes, numItems)
  checkConfig(config, threads)
  handles.signal.throwIfAborted()
  const { factors, iterations } = config
  const numUsers = likes.indptr.length - 1
  const numLikes = likes.indices.length
  if (numLikes === 0) {
    return {
      itemFactors: new Float32Array(numItems * factors),
      userFactors: new Float32Array(numUsers * factors),
      losses: [],
    }
  }

  const als = openAls(likes, numItems, config, seed, handles.signal, threads)
  try {
    const losses: number[] = []
    for (let iteration = 1; iteration <= iterations; iteration++) {
      handles.progress.update('train factors', iteration - 1, iterations)
      const exact = iteration === iterations
      await als.halfStep('users', exact)
      const loss = (await als.halfStep('items', exact)) / (numUsers * numItems)
      checkLoss(loss, losses.at(-1), iteration, config)
      losses.push(loss)
      handles.log.debug(`als: iteration ${iteration} of ${iterations}, loss ${loss.toPrecision(6)} a pair`)
    }
    handles.progress.update('train factors', iterations, iterations)
    return { itemFactors: als.factorsOf('items'), userFactors: als.factorsOf('users'), losses }
  } finally {
    await als.close()
  }
}

function checkConfig(
  { factors, iterations, regularization, unobservedWeight, cgSteps }: CfConfig,
  threads: number,
): void {
  if (!Number.isInteger(factors) || factors < 8 || factors % 8 !== 0)
    throw new RangeError(`factors is ${factors}, expected a multiple of 8`)
  for (const [name, value] of Object.entries({ iterations, cgSteps, threads })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${name} is ${value}, expected a whole number from 1 up`)
  }
  for (const [name, value] of Object.entries({ regularization, unobservedWeight })) {
    if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`${name} is ${value}, expected a number above 0`)
  }
}

function checkLoss(loss: number, before: number | undefined, iteration: number, { regularization }: CfConfig): void {
  if (Number.isFinite(loss) && !(before !== undefined && loss > before * (1 + LARGEST_RISE))) return
  throw new Error(
    `als: loss ${loss} after iteration ${iteration}, ${before ?? 'none'} before it; it must fall. ` +
      `Single precision does not hold regularization ${regularization} on this data: raise it`,
  )
}
