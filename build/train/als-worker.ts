/// <reference path="../../functions/core/kernels/webassembly.d.ts" />
import { workerData } from 'node:worker_threads'
import { openTrainKernels } from '#core/kernels/train.ts'
import { performTasks } from '../io/workers.ts'
import { type AlsMemory, GRAMIAN_PARTS, ROWS_PER_CLAIM } from './als-memory.ts'

export interface AlsWorkerData {
  module: WebAssembly.Module
  memory: WebAssembly.Memory
  layout: AlsMemory
  /** index of this worker's scratch */
  thread: number
}

/** `solved` is the side whose rows change; the other one is fixed. */
export interface AlsTask {
  phase: 'gramian' | 'whiten' | 'gradients' | 'exact'
  solved: 'users' | 'items'
  /** conjugate-gradient steps a row, for `gradients` */
  steps: number
}

const { module, memory, layout, thread } = workerData as AlsWorkerData
const { factors, whitened, gramianParts, g, u, v } = layout
const scratch = layout.scratch[thread]!
const kernels = openTrainKernels(module, memory)
const claim = new Int32Array(memory.buffer, layout.claim, 1)
const losses = new Float64Array(
  memory.buffer,
  layout.losses,
  Math.ceil(Math.max(layout.users.numRows, layout.items.numRows) / ROWS_PER_CLAIM),
)

performTasks<AlsTask>(({ phase, solved, steps }) => {
  const side = layout[solved]
  const fixed = layout[solved === 'users' ? 'items' : 'users']
  if (phase === 'gramian') {
    const rowsPerPart = Math.ceil(fixed.numRows / GRAMIAN_PARTS)
    eachClaimed(fixed.numRows, rowsPerPart, GRAMIAN_PARTS, (part, begin, end) => {
      kernels.gramianOfRows(fixed.rows, begin, end, factors, gramianParts + part * factors * factors * 4)
    })
    return
  }
  const { numRows } = phase === 'whiten' ? fixed : side
  eachClaimed(numRows, ROWS_PER_CLAIM, Math.ceil(numRows / ROWS_PER_CLAIM), (chunk, begin, end) => {
    const { indptr, indices, rows } = side
    if (phase === 'whiten') kernels.whitenRows(fixed.rows, begin, end, factors, v, whitened)
    else if (phase === 'exact')
      losses[chunk] = kernels.solveExactly(begin, end, indptr, indices, fixed.rows, rows, factors, g, scratch)
    else
      losses[chunk] = kernels.solveByGradients(
        begin,
        end,
        indptr,
        indices,
        whitened,
        rows,
        factors,
        u,
        v,
        steps,
        scratch,
      )
  })
})

/** Claims chunks until none is left; short calls also let V8 move from its baseline to its optimized code. */
function eachClaimed(
  numRows: number,
  rowsPerChunk: number,
  chunks: number,
  work: (chunk: number, begin: number, end: number) => void,
): void {
  for (let chunk = Atomics.add(claim, 0, 1); chunk < chunks; chunk = Atomics.add(claim, 0, 1)) {
    work(chunk, Math.min(chunk * rowsPerChunk, numRows), Math.min((chunk + 1) * rowsPerChunk, numRows))
  }
}
