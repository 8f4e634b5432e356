/// <reference path="../../functions/core/kernels/webassembly.d.ts" />
import { availableParallelism } from 'node:os'
import { openTrainKernels } from '#core/kernels/train.ts'
import { randomSource } from '#core/random.ts'
import type { CfConfig } from '#core/schemas/config.ts'
import type { StepHandles } from '../io/handles.ts'
import { compileKernel } from '../io/kernels.ts'
import { startWorkers, type Workers } from '../io/workers.ts'
import { type AlsMemory, GRAMIAN_PARTS, layOutMemory, ROWS_PER_CLAIM, type Side } from './als-memory.ts'
import type { AlsTask, AlsWorkerData } from './als-worker.ts'
import { checkSparseRows, type SparseRows, transposed } from './sparse-rows.ts'

const PAGE_BYTES = 65_536
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

  const layout = layOutMemory({ numUsers, numItems, numLikes, factors, threads })
  const pages = Math.ceil(layout.sizeBytes / PAGE_BYTES)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  const likers = transposed(likes, numItems)
  putRows(memory, layout.users, likes)
  putRows(memory, layout.items, likers)
  initialize(new Float32Array(memory.buffer, layout.items.rows, numItems * factors), likers, factors, seed)

  const module = compileKernel('train')
  const workerData = layout.scratch.map((_, thread): AlsWorkerData => ({ module, memory, layout, thread }))
  const workers = startWorkers<AlsTask>(new URL('./als-worker.ts', import.meta.url), workerData, handles.signal)
  try {
    const halfStep = halfStepper(module, memory, layout, config, workers)
    const losses: number[] = []
    for (let iteration = 1; iteration <= iterations; iteration++) {
      handles.progress.update('train factors', iteration - 1, iterations)
      const exact = iteration === iterations
      await halfStep('users', exact)
      const loss = (await halfStep('items', exact)) / (numUsers * numItems)
      checkLoss(loss, losses.at(-1), iteration, config)
      losses.push(loss)
      handles.log.debug(`als: iteration ${iteration} of ${iterations}, loss ${loss.toPrecision(6)} a pair`)
    }
    handles.progress.update('train factors', iterations, iterations)
    return {
      itemFactors: new Float32Array(memory.buffer, layout.items.rows, numItems * factors).slice(),
      userFactors: new Float32Array(memory.buffer, layout.users.rows, numUsers * factors).slice(),
      losses,
    }
  } finally {
    await workers.close()
  }
}

/** Solves one side given the other; what it returns gives the objective after that. */
function halfStepper(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  layout: AlsMemory,
  { unobservedWeight, regularization, cgSteps: steps }: CfConfig,
  workers: Workers<AlsTask>,
): (solved: AlsTask['solved'], exact: boolean) => Promise<number> {
  const { factors, gramian, gramianParts, g, u, v } = layout
  const kernels = openTrainKernels(module, memory)
  const claim = new Int32Array(memory.buffer, layout.claim, 1)
  const gramianValues = new Float32Array(memory.buffer, gramian, factors * factors)

  return async (solved, exact) => {
    const run = (phase: AlsTask['phase']) => {
      Atomics.store(claim, 0, 0)
      return workers.run({ phase, solved, steps })
    }
    await run('gramian')
    kernels.sumGramians(gramianParts, GRAMIAN_PARTS, factors, gramian)
    const failed = kernels.whitening(gramian, factors, unobservedWeight, regularization, g, u, v)
    if (failed >= 0)
      throw new Error(`als: pivot ${failed} is not above 0; regularization ${regularization} is too small for the data`)
    if (exact) await run('exact')
    else {
      await run('whiten')
      await run('gradients')
    }
    // the solver's losses lack only λ‖fixed side‖², the trace of its Gramian
    let loss = 0
    for (let k = 0; k < factors; k++) loss += regularization * gramianValues[k * factors + k]!
    const chunks = Math.ceil(layout[solved].numRows / ROWS_PER_CLAIM)
    for (const chunkLoss of new Float64Array(memory.buffer, layout.losses, chunks)) loss += chunkLoss
    return loss
  }
}

function putRows(memory: WebAssembly.Memory, side: Side, { indptr, indices }: SparseRows): void {
  new Uint32Array(memory.buffer, side.indptr, indptr.length).set(indptr)
  new Int32Array(memory.buffer, side.indices, indices.length).set(indices)
}

/** Rows of length about 1; an item without likes stays at 0, which is its solution. */
function initialize(itemFactors: Float32Array, { indptr }: SparseRows, factors: number, seed: number): void {
  const random = randomSource(seed)
  const scale = 1 / Math.sqrt(factors)
  for (let item = 0; item + 1 < indptr.length; item++) {
    if (indptr[item] === indptr[item + 1]) continue
    for (let at = item * factors; at < (item + 1) * factors; at++) itemFactors[at] = scale * random.normal()
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
