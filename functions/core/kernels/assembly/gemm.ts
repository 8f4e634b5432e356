import { multiplyAdd } from './rows'

/** Products of f32 matrices. Strides are in bytes. */

/**
 * Rows of a register tile, which is two vectors wide: twelve sums hide the latency of two multipliers, and with a row of the
 * right factor and a number of the left one they fill the registers. A core of an EPYC (Zen 3) does 45 to 50 GFLOP/s so, with
 * tiles of four rows 32 to 35, and unrolled by four 24 to 39.
 */
const TILE_ROWS: usize = 6
const TILE_COLUMNS: usize = 8

/** Of the depth, in L1 at a time: a product of columns that are far apart, 512 deep, takes 0.70 ms so, and 0.84 in one. */
const DEPTH_TOGETHER: usize = 64

/**
 * C = A·B, or C += A·B.
 * @param a rows × depth: `aRow` from row to row and `aStep` from column to column, so that it may be stored transposed
 * @param b depth × columns, in panels of eight columns: `bPanel` from one to the next, and `bStep` from row to row of it
 * @param rows even; @param columns a multiple of 8
 */
export function multiply(
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  bPanel: usize,
  c: usize,
  cRow: usize,
  rows: usize,
  depth: usize,
  columns: usize,
  adds: bool = false,
): void {
  for (let done: usize = 0; done < depth; done += DEPTH_TOGETHER) {
    const part = min(DEPTH_TOGETHER, depth - done)
    const from = a + done * aStep
    let panel = b + done * bStep
    for (let column: usize = 0; column < columns; column += TILE_COLUMNS) {
      const to = c + (column << 2)
      let row: usize = 0
      for (; row + TILE_ROWS <= rows; row += TILE_ROWS)
        multiplySix(from + row * aRow, aRow, aStep, panel, bStep, to + row * cRow, cRow, part, adds)
      for (; row < rows; row += 2)
        multiplyTwo(from + row * aRow, aRow, aStep, panel, bStep, to + row * cRow, cRow, part, adds)
      panel += bPanel
    }
    adds = true
  }
}

// the sums are locals and not an array, so that they stay in registers
function multiplySix(
  a0: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cRow: usize,
  depth: usize,
  adds: bool,
): void {
  let a1 = a0 + aRow
  let a2 = a1 + aRow
  let a3 = a2 + aRow
  let a4 = a3 + aRow
  let a5 = a4 + aRow
  let low0 = f32x4.splat(0)
  let high0 = low0
  let low1 = low0
  let high1 = low0
  let low2 = low0
  let high2 = low0
  let low3 = low0
  let high3 = low0
  let low4 = low0
  let high4 = low0
  let low5 = low0
  let high5 = low0
  for (const last = b + depth * bStep; b < last; b += bStep) {
    const low = v128.load(b)
    const high = v128.load(b, 16)
    let x = v128.load32_splat(a0)
    low0 = multiplyAdd(x, low, low0)
    high0 = multiplyAdd(x, high, high0)
    x = v128.load32_splat(a1)
    low1 = multiplyAdd(x, low, low1)
    high1 = multiplyAdd(x, high, high1)
    x = v128.load32_splat(a2)
    low2 = multiplyAdd(x, low, low2)
    high2 = multiplyAdd(x, high, high2)
    x = v128.load32_splat(a3)
    low3 = multiplyAdd(x, low, low3)
    high3 = multiplyAdd(x, high, high3)
    x = v128.load32_splat(a4)
    low4 = multiplyAdd(x, low, low4)
    high4 = multiplyAdd(x, high, high4)
    x = v128.load32_splat(a5)
    low5 = multiplyAdd(x, low, low5)
    high5 = multiplyAdd(x, high, high5)
    a0 += aStep
    a1 += aStep
    a2 += aStep
    a3 += aStep
    a4 += aStep
    a5 += aStep
  }
  put(c, low0, high0, adds)
  put(c + cRow, low1, high1, adds)
  put(c + 2 * cRow, low2, high2, adds)
  put(c + 3 * cRow, low3, high3, adds)
  put(c + 4 * cRow, low4, high4, adds)
  put(c + 5 * cRow, low5, high5, adds)
}

function multiplyTwo(
  a0: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  c: usize,
  cRow: usize,
  depth: usize,
  adds: bool,
): void {
  let a1 = a0 + aRow
  let low0 = f32x4.splat(0)
  let high0 = low0
  let low1 = low0
  let high1 = low0
  for (const last = b + depth * bStep; b < last; b += bStep) {
    const low = v128.load(b)
    const high = v128.load(b, 16)
    const x0 = v128.load32_splat(a0)
    const x1 = v128.load32_splat(a1)
    low0 = multiplyAdd(x0, low, low0)
    high0 = multiplyAdd(x0, high, high0)
    low1 = multiplyAdd(x1, low, low1)
    high1 = multiplyAdd(x1, high, high1)
    a0 += aStep
    a1 += aStep
  }
  put(c, low0, high0, adds)
  put(c + cRow, low1, high1, adds)
}

// @ts-ignore: decorator
@inline
function put(c: usize, low: v128, high: v128, adds: bool): void {
  if (adds) {
    low = f32x4.add(low, v128.load(c))
    high = f32x4.add(high, v128.load(c, 16))
  }
  // one after the other, as V8 joins neighbours into one of eight numbers (io/kernels.ts)
  v128.store(c, low)
  v128.store(c, high, 16)
}
