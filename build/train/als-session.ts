/// <reference path="../../functions/core/kernels/webassembly.d.ts" />
import { openTrainKernels } from '#core/kernels/train.ts'
import { randomSource } from '#core/random.ts'
import type { CfConfig } from '#core/schemas/config.ts'
import { compileKernel } from '../io/kernels.ts'
import { startWorkers } from '../io/workers.ts'
import { GRAMIAN_PARTS, layOutMemory, ROWS_PER_CLAIM, type Side } from './als-memory.ts'
import type { AlsTask, AlsWorkerData } from './als-worker.ts'
import { type SparseRows, transposed } from './sparse-rows.ts'

const PAGE_BYTES = 65_536

/** A factorization under way: its shared memory and its workers. */
export interface AlsSession {
  /** Solves one side given the other; gives the objective after that. */
  halfStep(solved: AlsTask['solved'], exact: boolean): Promise<number>
  /** a copy */
  factorsOf(side: AlsTask['solved']): Float32Array
  /** Ends the workers, in mid-task if need be. */
  close(): Promise<void>
}

/**
 * Lays out the memory, fills it, and starts the workers. Item factors are random at first, user factors zeros.
 * @param likes users × items, checked
 * @throws {RangeError} when the data is beyond 4 GiB
 */
export function openAls(
  likes: SparseRows,
  numItems: number,
  config: CfConfig,
  seed: number,
  signal: AbortSignal,
  threads: number,
): AlsSession {
  const { factors, unobservedWeight, regularization, cgSteps: steps } = config
  const numUsers = likes.indptr.length - 1
  const mostChunks = Math.ceil(Math.max(numUsers, numItems) / ROWS_PER_CLAIM)
  const numLikes = likes.indices.length
  const layout = layOutMemory({ numUsers, numItems, numLikes, factors, threads: Math.min(threads, mostChunks) })
  const pages = Math.ceil(layout.sizeBytes / PAGE_BYTES)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  const likers = transposed(likes, numItems)
  putRows(memory, layout.users, likes)
  putRows(memory, layout.items, likers)
  initialize(new Float32Array(memory.buffer, layout.items.rows, numItems * factors), likers, factors, seed)

  const module = compileKernel('train')
  const kernels = openTrainKernels(module, memory)
  const workerData = layout.scratch.map((_, thread): AlsWorkerData => ({ module, memory, layout, thread }))
  const workers = startWorkers<AlsTask>(new URL('./als-worker.ts', import.meta.url), workerData, signal)
  const claim = new Int32Array(memory.buffer, layout.claim, 1)
  const losses = new Float64Array(memory.buffer, layout.losses, mostChunks)
  const gramianValues = new Float32Array(memory.buffer, layout.gramian, factors * factors)

  return {
    async halfStep(solved, exact) {
      const run = (phase: AlsTask['phase']) => {
        Atomics.store(claim, 0, 0)
        return workers.run({ phase, solved, steps })
      }
      const { gramianParts, gramian, g, u, v } = layout
      await run('gramian')
      kernels.sumGramians(gramianParts, GRAMIAN_PARTS, factors, gramian)
      const failed = kernels.whitening(gramian, factors, unobservedWeight, regularization, g, u, v)
      if (failed >= 0)
        throw new Error(
          `als: pivot ${failed} is not above 0; regularization ${regularization} is too small for the data`,
        )
      if (exact) await run('exact')
      else {
        await run('whiten')
        await run('gradients')
      }
      // the solvers' losses lack only λ‖fixed side‖², the trace of its Gramian
      let loss = 0
      for (let k = 0; k < factors; k++) loss += regularization * gramianValues[k * factors + k]!
      const chunks = Math.ceil(layout[solved].numRows / ROWS_PER_CLAIM)
      for (let chunk = 0; chunk < chunks; chunk++) loss += losses[chunk]!
      return loss
    },
    factorsOf(side) {
      const { rows, numRows } = layout[side]
      return new Float32Array(memory.buffer, rows, numRows * factors).slice()
    },
    close: () => workers.close(),
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
