import type { SparseRows } from '../sparse-rows.ts'
import { type GpuMemory, MAX_GROUPS } from './compute.ts'
import type { GpuHandle } from './open-gpu.ts'

/**
 * Workgroups for rows of up to so many likes. A long row must not be the last one to end, nor a short one keep lanes idle;
 * the rows of a dispatch go from the longest to the shortest, so that the long ones start first.
 */
const WORKGROUPS = [
  { lanes: 32, mostLikes: 64 },
  { lanes: 256, mostLikes: 2048 },
  { lanes: 1024, mostLikes: Number.POSITIVE_INFINITY },
]

/** The kernels that do 64 rows a workgroup go along one axis. */
const MOST_ROWS = 64 * MAX_GROUPS

/** Rows of one block that are solved by workgroups of one size. */
export interface Batch {
  teams: number
  count: number
  /** of the dispatch: count = width × height, but for the end of the last line */
  width: number
  /** `Batch` of solve-shader.ts */
  uniform: GPUBuffer
}

/** Rows that lie in buffers of their own, each below what the device binds. */
export interface Block {
  firstRow: number
  numRows: number
  rows: GPUBuffer
  /** the same in the basis of a half-step */
  inBasis: GPUBuffer
  lambdas: GPUBuffer
  /** `Row` of solve-shader.ts, the longest first */
  order: GPUBuffer
  liked: GPUBuffer
  weights: GPUBuffer | null
  /** the objective's terms of each row, but the fixed side's */
  losses: GPUBuffer
  batches: Batch[]
}

export interface GpuSide {
  numRows: number
  rowsPerBlock: number
  blocks: Block[]
}

export interface SideInput {
  likes: SparseRows
  weights: Float32Array | null
  lambdas: Float32Array
  /** of a padded row */
  quads: number
  /** teams of a workgroup with so many lanes, as far as the device has them */
  teamsOf: (lanes: number) => number
}

/** Cuts a side into blocks and puts it on the device, with rows of zeros. */
export function placeSide(gpu: GpuHandle, memory: GpuMemory, input: SideInput): GpuSide {
  const { indptr } = input.likes
  const numRows = indptr.length - 1
  const rowsPerBlock = rowsThatFit(indptr, input.quads * 16, gpu.maxBindingBytes)
  const blocks: Block[] = []
  for (let first = 0; first < numRows; first += rowsPerBlock)
    blocks.push(placeBlock(memory, input, first, Math.min(first + rowsPerBlock, numRows)))
  return { numRows, rowsPerBlock, blocks }
}

/** Most rows whose factors, and whose likes in every block, stay below the limit. */
function rowsThatFit(indptr: Uint32Array, rowBytes: number, maxBytes: number): number {
  const numRows = indptr.length - 1
  let rows = Math.max(1, Math.min(numRows, MOST_ROWS, Math.floor(maxBytes / rowBytes)))
  while (rows > 1 && mostLikes(indptr, rows) * 4 > maxBytes) rows = Math.ceil(rows / 2)
  return rows
}

function mostLikes(indptr: Uint32Array, rowsPerBlock: number): number {
  const numRows = indptr.length - 1
  let most = 0
  for (let first = 0; first < numRows; first += rowsPerBlock)
    most = Math.max(most, indptr[Math.min(first + rowsPerBlock, numRows)]! - indptr[first]!)
  return most
}

function placeBlock(memory: GpuMemory, input: SideInput, begin: number, end: number): Block {
  const { likes, weights, lambdas, quads } = input
  const { indptr, indices } = likes
  const numRows = end - begin
  const [firstLike, lastLike] = [indptr[begin]!, indptr[end]!]
  const likesOf = (row: number) => indptr[begin + row + 1]! - indptr[begin + row]!
  const order = Uint32Array.from({ length: numRows }, (_, row) => row).sort((a, b) => likesOf(b) - likesOf(a) || a - b)
  const bits = new Uint32Array(numRows * 4)
  const floats = new Float32Array(bits.buffer)
  for (const [position, row] of order.entries()) {
    bits.set([row, indptr[begin + row]! - firstLike, likesOf(row)], position * 4)
    floats[position * 4 + 3] = lambdas[begin + row]!
  }
  return {
    firstRow: begin,
    numRows,
    rows: memory.place(numRows * quads * 16),
    inBasis: memory.place(numRows * quads * 16),
    lambdas: memory.holding(lambdas.subarray(begin, end)),
    order: memory.holding(bits),
    liked: memory.holding(indices.subarray(firstLike, lastLike)),
    weights: weights && memory.holding(weights.subarray(firstLike, lastLike)),
    losses: memory.place(numRows * 4),
    batches: batchesOf(memory, Array.from(order, likesOf), input.teamsOf),
  }
}

/** @param lengths likes of each row, falling */
function batchesOf(memory: GpuMemory, lengths: number[], teamsOf: SideInput['teamsOf']): Batch[] {
  const batches: Batch[] = []
  let first = 0
  for (const [index, { lanes }] of [...WORKGROUPS.entries()].reverse()) {
    const shorter = WORKGROUPS[index - 1]?.mostLikes ?? -1
    const end = lengths.findIndex((length) => length <= shorter)
    const count = (end < 0 ? lengths.length : end) - first
    if (count === 0) continue
    const width = Math.min(count, MAX_GROUPS)
    batches.push({ teams: teamsOf(lanes), count, width, uniform: memory.uniform(Uint32Array.of(first, count, width)) })
    first += count
  }
  return batches
}
