import type { AlsKernels, ParallelAlsKernels } from './train/als.ts'
import type { ParallelBprKernels } from './train/bpr.ts'
import type { InverseKernels, ParallelInverseKernels } from './train/inverse.ts'
import type { ParallelItemItemKernels } from './train/item-item.ts'
import type { ListKernels } from './train/lists.ts'
import type { ParallelNeuralKernels } from './train/neural.ts'
import type { ParallelRankKernels } from './train/rank.ts'
import type { ParallelRatingNetworkKernels } from './train/rating-network.ts'
import type { ParallelRatingsKernels } from './train/ratings.ts'
import type { ParallelSequenceKernels } from './train/sequence.ts'

/** Exports of train.wasm that workers run side by side, each on rows of its own: (begin, end, scratch, …). */
interface ParallelKernels
  extends ParallelAlsKernels,
    ParallelBprKernels,
    ParallelInverseKernels,
    ParallelItemItemKernels,
    ParallelNeuralKernels,
    ParallelRankKernels,
    ParallelRatingNetworkKernels,
    ParallelRatingsKernels,
    ParallelSequenceKernels {}

/** What learners compute with, on one shared memory. An interface a learner, with its docstrings, in train/. */
export interface TrainKernels extends ParallelKernels, AlsKernels, InverseKernels, ListKernels {}

export type ParallelKernel = keyof ParallelKernels

/** What a parallel kernel wants after begin, end and scratch. */
export type RestOf<Kernel extends ParallelKernel> =
  Parameters<ParallelKernels[Kernel]> extends [number, number, number, ...infer Rest extends number[]] ? Rest : never

/** @param module compiled train.wasm or train-relaxed.wasm; @param memory shared, with a maximum */
export function openTrainKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): TrainKernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as TrainKernels
}
