/// <reference path="../../functions/core/kernels/webassembly.d.ts" />
import { openTrainKernels, type ParallelKernel, type RestOf, type TrainKernels } from '#core/kernels/train.ts'
import { compileTrainKernels } from '../io/kernels.ts'
import { startWorkers } from '../io/workers.ts'
import type { ChunkResults, EngineWorkerData, KernelTask } from './engine-worker.ts'

/** Rows a worker claims at a time: few enough that it ends with the others, enough that claiming costs nothing. */
export const ROWS_PER_CHUNK = 16

/** Every block starts on one, so that no vector load crosses a cache line. */
const ALIGNMENT = 64
const PAGE_BYTES = 65_536
const TELL_EVERY_MS = 1000
/** What a WebAssembly memory holds. */
export const MAX_BYTES = 2 ** 32

/** Which rows a kernel does, and how many of them a worker claims at a time. */
export interface RowChunks {
  numRows: number
  rowsPerChunk: number
  /** told from time to time how many rows have been claimed, and at the end */
  onRows?(done: number): void
}

/** One shared memory and a worker a thread, which run kernels on it: what every learner computes with. */
export interface Engine {
  threads: number
  /** on the calling thread */
  kernels: TrainKernels
  /**
   * Do all rows. Workers claim chunks until none is left, so the order of the work depends on the threads and the
   * results do not: each kernel computes a row from what no other row writes.
   * @returns what the kernel returned, by chunk; rejects with the signal's reason when aborted
   */
  run<Kernel extends ParallelKernel>(kernel: Kernel, rows: RowChunks, ...rest: RestOf<Kernel>): Promise<Float64Array>
  u8(address: number, length: number): Uint8Array
  f32(address: number, length: number): Float32Array
  f64(address: number, length: number): Float64Array
  i32(address: number, length: number): Int32Array
  u32(address: number, length: number): Uint32Array
  /** Ends the workers, in mid-chunk if need be. */
  close(): Promise<void>
}

/** Addresses in a memory that is not there yet, so that its size is known, and refused, before any work. */
export interface MemoryPlan {
  place(sizeBytes: number): number
  sizeBytes(): number
}

/** The first page is the module's own, for its constants: address 0 is nobody's, and may say that there is no block. */
export function memoryPlan(): MemoryPlan {
  let end = PAGE_BYTES
  return {
    place(sizeBytes) {
      const start = end
      end = Math.ceil((end + sizeBytes) / ALIGNMENT) * ALIGNMENT
      return start
    },
    sizeBytes: () => end,
  }
}

export interface EngineOptions {
  /** who asks for how much, for the message when it is too much: `als: 9 users, 9 items, …` */
  what: string
  /** each worker's own */
  scratchBytes: number
  threads: number
  signal: AbortSignal
}

/**
 * @param plan takes the engine's own blocks too: it is finished with this call
 * @throws {RangeError} when the memory would be beyond the 4 GiB of WebAssembly, or the machine has less
 */
export function openEngine(plan: MemoryPlan, { what, scratchBytes, threads, signal }: EngineOptions): Engine {
  if (!Number.isInteger(threads) || threads < 1)
    throw new RangeError(`threads is ${threads}, expected a whole number from 1 up`)
  const claimAt = plan.place(4)
  const scratchAt = Array.from({ length: threads }, () => plan.place(scratchBytes))
  const memory = allocate(plan.sizeBytes(), what)
  const module = compileTrainKernels()
  const workers = startWorkers<KernelTask, ChunkResults>(
    new URL('./engine-worker.ts', import.meta.url),
    scratchAt.map((scratch): EngineWorkerData => ({ module, memory, claim: claimAt, scratch })),
    signal,
  )
  const claim = new Int32Array(memory.buffer, claimAt, 1)
  return {
    threads,
    kernels: openTrainKernels(module, memory),
    async run(kernel, { numRows, rowsPerChunk, onRows }, ...rest) {
      const chunks = Math.ceil(numRows / rowsPerChunk)
      Atomics.store(claim, 0, 0)
      const results = new Float64Array(chunks)
      const claimed = () => Math.min(numRows, Atomics.load(claim, 0) * rowsPerChunk)
      const timer = onRows && setInterval(() => onRows(claimed()), TELL_EVERY_MS)
      onRows?.(0)
      try {
        for (const { chunks, values } of await workers.run({ kernel, numRows, rowsPerChunk, rest }))
          for (const [position, chunk] of chunks.entries()) results[chunk] = values[position]!
      } finally {
        clearInterval(timer)
      }
      onRows?.(numRows)
      return results
    },
    u8: (address, length) => new Uint8Array(memory.buffer, address, length),
    f32: (address, length) => new Float32Array(memory.buffer, address, length),
    f64: (address, length) => new Float64Array(memory.buffer, address, length),
    i32: (address, length) => new Int32Array(memory.buffer, address, length),
    u32: (address, length) => new Uint32Array(memory.buffer, address, length),
    close: () => workers.close(),
  }
}

function allocate(sizeBytes: number, what: string): WebAssembly.Memory {
  const needed = `${what} take ${(sizeBytes / 2 ** 30).toFixed(1)} GiB`
  if (sizeBytes > MAX_BYTES) throw new RangeError(`${needed}, a WebAssembly memory holds 4`)
  const pages = Math.ceil(sizeBytes / PAGE_BYTES)
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  } catch (cause) {
    throw new RangeError(`${needed}, more than this machine gives now`, { cause })
  }
}
