import { TILE } from '#core/kernels/train/inverse.ts'
import type { Engine, MemoryPlan } from '../engine.ts'

/** A symmetric matrix in an engine's memory, as train/inverse.ts keeps it: padded to whole tiles, the upper triangle. */
export interface TiledMatrix {
  numTiles: number
  /** of a number: 8 is f64, 4 is f32 */
  bytes: 8 | 4
  tiles: number
  corner: number
  left: number
  right: number
}

/** What the matrix and its inversion take. */
export function tiledMatrixBytes(size: number, bytes: 8 | 4): number {
  const numTiles = Math.ceil(size / TILE)
  return ((numTiles * (numTiles + 1)) / 2 + 2 * numTiles + 1) * TILE * TILE * bytes
}

export function planTiledMatrix(plan: MemoryPlan, size: number, bytes: 8 | 4): TiledMatrix {
  const numTiles = Math.ceil(size / TILE)
  const tileBytes = TILE * TILE * bytes
  return {
    numTiles,
    bytes,
    tiles: plan.place(((numTiles * (numTiles + 1)) / 2) * tileBytes),
    corner: plan.place(tileBytes),
    left: plan.place(numTiles * tileBytes),
    right: plan.place(numTiles * tileBytes),
  }
}

/**
 * A → −A⁻¹ in place, a block of TILE rows at a time: n³ operations, and the rest of the matrix once through memory a block.
 * The padding must be positive on the diagonal too.
 * @param onBlock before each block, with its number
 * @returns −1, or the first row whose pivot is not above 0: then A is not positive definite, or not in these numbers
 */
export async function invert(
  engine: Engine,
  { numTiles, bytes, tiles, corner, left, right }: TiledMatrix,
  onBlock: (block: number) => void,
): Promise<number> {
  const panel = { numRows: numTiles, rowsPerChunk: 1 }
  const rest = { numRows: (numTiles * (numTiles + 1)) / 2, rowsPerChunk: 4 }
  for (let block = 0; block < numTiles; block++) {
    onBlock(block)
    const failed = engine.kernels.sweepCorner(tiles, numTiles, block, corner, bytes)
    if (failed >= 0) return failed
    await engine.run('sweepPanel', panel, tiles, numTiles, block, corner, left, right, bytes)
    await engine.run('sweepTiles', rest, tiles, numTiles, block, left, right, bytes)
  }
  return -1
}

/** Number (row, column) of the matrix. */
export function entryOf(engine: Engine, { numTiles, bytes, tiles }: TiledMatrix, row: number, column: number): number {
  const [above, below] = row < column ? [row, column] : [column, row]
  const i = Math.floor(above / TILE)
  const tile = i * numTiles - (i * (i - 1)) / 2 + Math.floor(below / TILE) - i
  // within a diagonal tile both halves are kept
  const address = tiles + ((tile * TILE + (above % TILE)) * TILE + (below % TILE)) * bytes
  return (bytes === 8 ? engine.f64(address, 1) : engine.f32(address, 1))[0]!
}
