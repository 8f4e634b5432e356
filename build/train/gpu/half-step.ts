/// <reference types="@webgpu/types" />
import type { Batch, Block, GpuSide } from './als-side.ts'
import { compile, type Dispatch, type GpuMemory, type Kernel, MAX_GROUPS, readShader } from './compute.ts'
import type { GpuHandle } from './open-gpu.ts'
import { type SolveShape, solveShader } from './solve-shader.ts'

/** Parts that a Gramian is summed in, at most: enough to fill a GPU, few enough to be summed quickly. */
const MOST_SLABS = 64
/** Rows that are worth a part of their own. */
const LEAST_ROWS_PER_SLAB = 256
/** Rows whose regularization one workgroup sums. */
const ROWS_PER_PENALTY = 64

export interface GramianPass {
  dispatches: Dispatch[]
  /** YᵀY, 64 × 64 tiles on and above the diagonal */
  gramian: GPUBuffer
  /** Σ λ_r|y|² of a few rows each */
  penalties: GPUBuffer
}

/** What a half-step wants to know of the side that is fixed. */
export async function prepareGramian(
  gpu: GpuHandle,
  memory: GpuMemory,
  { blocks, rowsPerBlock }: GpuSide,
  quads: number,
): Promise<GramianPass> {
  const code = readShader('gramian.wgsl', { QUADS: quads })
  const products = await compile(gpu, code, 'addOuterProducts')
  const sums = await compile(gpu, code, 'sumPartials')
  const squares = await compile(gpu, code, 'addPenalties')

  const sizeBytes = quads * quads * 64
  const mostSlabs = Math.min(MOST_SLABS, Math.floor(gpu.maxBindingBytes / sizeBytes)) / blocks.length
  const slabsPerBlock = Math.max(1, Math.floor(Math.min(mostSlabs, rowsPerBlock / LEAST_ROWS_PER_SLAB)))
  const penaltiesOf = ({ numRows }: Block) => Math.ceil(numRows / ROWS_PER_PENALTY)
  const partials = memory.place(slabsPerBlock * blocks.length * sizeBytes)
  const gramian = memory.place(sizeBytes)
  const penalties = memory.place(blocks.reduce((count, block) => count + penaltiesOf(block), 0) * 4)

  const tiles = Math.ceil(quads / 16)
  let firstPenalty = 0
  const dispatches = blocks.flatMap((block, index) => {
    const { numRows, rows, lambdas } = block
    const rowsPerSlab = Math.ceil(numRows / slabsPerBlock)
    const slabs = memory.uniform(Uint32Array.of(numRows, rowsPerSlab, index * slabsPerBlock, 0))
    const ranges = memory.uniform(Uint32Array.of(numRows, ROWS_PER_PENALTY, firstPenalty, 0))
    firstPenalty += penaltiesOf(block)
    return [
      products.dispatch([slabs, rows, partials], tiles, tiles, slabsPerBlock),
      squares.dispatch([ranges, rows, lambdas, penalties], penaltiesOf(block)),
    ]
  })
  const all = memory.uniform(Uint32Array.of(0, 0, 0, slabsPerBlock * blocks.length))
  dispatches.push(sums.dispatch([all, partials, gramian], Math.ceil((quads * quads) / 16)))
  return { dispatches, gramian, penalties }
}

/** A side's rows into a basis: `inBasis` = rows · matrix; or back: rows = `inBasis` · matrix. */
export async function prepareChange(
  gpu: GpuHandle,
  memory: GpuMemory,
  { blocks }: GpuSide,
  quads: number,
): Promise<(direction: 'to' | 'from', matrix: GPUBuffer) => Dispatch[]> {
  const product = await compile(gpu, readShader('product.wgsl', { ORDERED: false }), 'multiply')
  const shapes = blocks.map(({ numRows }) => memory.uniform(Uint32Array.of(numRows, quads, quads, quads, 0)))
  return (direction, matrix) =>
    blocks.map(({ numRows, rows, inBasis }, block) => {
      const [source, target] = direction === 'to' ? [rows, inBasis] : [inBasis, rows]
      const buffers = [shapes[block]!, source, matrix, target]
      return product.dispatch(buffers, Math.ceil(numRows / 64), Math.ceil(quads / 16))
    })
}

export interface SolveInput {
  solved: GpuSide
  fixed: GpuSide
  /** `How` of solve-shader.ts */
  how: GPUBuffer
  diagonal: GPUBuffer
  shape: Omit<SolveShape, 'teams' | 'fixedBlocks' | 'fixedRowsPerBlock'>
}

/** @throws {RangeError} when the fixed side lies in more buffers than the device binds */
export async function prepareSolve(
  gpu: GpuHandle,
  { solved, fixed, how, diagonal, shape }: SolveInput,
): Promise<Dispatch[]> {
  const ownBuffers = shape.hasWeights ? 5 : 4
  const bindable = gpu.maxStorageBuffers - ownBuffers
  if (fixed.blocks.length > bindable) {
    const size = `${fixed.blocks.length} buffers of up to ${(gpu.maxBindingBytes / 2 ** 20).toFixed(1)} MiB`
    throw new RangeError(`als: ${fixed.numRows} fixed rows lie in ${size}, ${gpu.name} binds ${bindable} at a time`)
  }
  const kernels = new Map<number, Kernel>()
  for (const { teams } of solved.blocks.flatMap(({ batches }) => batches)) {
    const { length: fixedBlocks } = fixed.blocks
    const code = solveShader({ ...shape, teams, fixedBlocks, fixedRowsPerBlock: fixed.rowsPerBlock })
    kernels.set(teams, await compile(gpu, code, 'solveRow'))
  }
  const dispatch = ({ order, liked, inBasis, losses, weights }: Block, { teams, uniform, width, count }: Batch) => {
    const own = [uniform, how, diagonal, order, liked, inBasis, losses, ...(weights ? [weights] : [])]
    const buffers = [...own, ...fixed.blocks.map(({ inBasis }) => inBasis)]
    return kernels.get(teams)!.dispatch(buffers, width, Math.ceil(count / width))
  }
  return solved.blocks.flatMap((block) => block.batches.map((batch) => dispatch(block, batch)))
}

/** @param previous a buffer a block; @param share a uniform of one float */
export async function prepareExtrapolation(
  gpu: GpuHandle,
  { blocks }: GpuSide,
  previous: readonly GPUBuffer[],
  share: GPUBuffer,
): Promise<Dispatch[]> {
  const kernel = await compile(gpu, readShader('extrapolate.wgsl'), 'extrapolate')
  return blocks.map(({ rows }, block) =>
    kernel.dispatch([share, rows, previous[block]!], Math.min(MAX_GROUPS, Math.ceil(rows.size / 1024))),
  )
}
