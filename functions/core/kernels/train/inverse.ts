/**
 * The inverse of a symmetric positive definite matrix in place: a sweep a block of TILE rows, three calls each, leaves −A⁻¹
 * where A was. The upper triangle is kept in tiles of TILE × TILE numbers of `bytes` 8 (f64) or 4 (f32), row-major each,
 * in the order (0,0), (0,1), …, (1,1), …; `numTiles` a side.
 */
export interface InverseKernels {
  /**
   * Begins the sweep of block `step` with its diagonal tile; the strips at `corner` take a tile's size.
   * @returns −1, or the first row whose pivot is not above 0
   */
  sweepCorner(tiles: number, numTiles: number, step: number, corner: number, bytes: number): number
}

export interface ParallelInverseKernels {
  /** Then the other tiles of the block, a row of this kernel each; `left` and `right` take numTiles tiles. */
  sweepPanel(
    begin: number,
    end: number,
    scratch: number,
    tiles: number,
    numTiles: number,
    step: number,
    corner: number,
    left: number,
    right: number,
    bytes: number,
  ): undefined
  /** Then all tiles outside the block, a row of this kernel each. */
  sweepTiles(
    begin: number,
    end: number,
    scratch: number,
    tiles: number,
    numTiles: number,
    step: number,
    left: number,
    right: number,
    bytes: number,
  ): undefined
}

/** Rows of a tile, as assembly/inverse.ts has it. */
export const TILE = 128
