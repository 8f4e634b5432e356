/// <reference path="../../functions/core/kernels/webassembly.d.ts" />
import { workerData } from 'node:worker_threads'
import { openTrainKernels, type ParallelKernel } from '#core/kernels/train.ts'
import { performTasks } from '../io/workers.ts'

export interface EngineWorkerData {
  module: WebAssembly.Module
  memory: WebAssembly.Memory
  /** address of the next chunk to claim, int32 */
  claim: number
  /** address of what only this worker writes */
  scratch: number
}

export interface KernelTask {
  kernel: ParallelKernel
  numRows: number
  rowsPerChunk: number
  rest: number[]
}

/** What the kernel returned for the chunks that this worker claimed; 0 for a kernel that returns nothing. */
export interface ChunkResults {
  chunks: number[]
  values: number[]
}

const { module, memory, claim, scratch } = workerData as EngineWorkerData
const kernels = openTrainKernels(module, memory)
const next = new Int32Array(memory.buffer, claim, 1)

// a chunk is a short call, so that V8 soon moves from its baseline code to its optimized one
performTasks<KernelTask, ChunkResults>(({ kernel, numRows, rowsPerChunk, rest }) => {
  const run = kernels[kernel] as (begin: number, end: number, scratch: number, ...rest: number[]) => number | undefined
  const results: ChunkResults = { chunks: [], values: [] }
  for (let begin = claimed(); begin < numRows; begin = claimed()) {
    const value = run(begin, Math.min(begin + rowsPerChunk, numRows), scratch, ...rest)
    results.chunks.push(begin / rowsPerChunk)
    results.values.push(value ?? 0)
  }
  return results

  function claimed(): number {
    return Atomics.add(next, 0, 1) * rowsPerChunk
  }
})
