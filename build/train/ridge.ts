import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SparseRows } from './sparse-rows.ts'

/** Columns of the targets that are solved at once: their directions stay in the cache beside the rows. */
const BLOCK = 16
const MAX_STEPS = 200

/** Numbers as CSR. */
export interface SparseMatrix extends SparseRows {
  /** one an entry */
  values: Float32Array
  numColumns: number
}

export interface RidgeOptions {
  regularization: number
  tolerance: number
}

/**
 * Ridge regression of rows on sparse features: B = (XᵀX + λI)⁻¹XᵀY, by conjugate gradients preconditioned with the
 * diagonal. The features' product is never made, so that tens of thousands of them are no obstacle.
 * O(steps · entries · width), some tens of steps; four numbers of work space a feature and target of a block.
 * @param targets Y, row-major (rows of `features` × width)
 * @param regularization λ, above 0
 * @param tolerance of a column's first residual, in the preconditioner's norm: when it is that small, the column is done
 * @param onBlock after each block of targets, with its share of all of them
 * @returns B, row-major (numColumns × width)
 * @throws the signal's reason when aborted
 */
export async function ridge(
  features: SparseMatrix,
  targets: Float32Array,
  width: number,
  { regularization, tolerance }: RidgeOptions,
  signal: AbortSignal,
  onBlock: (done: number, total: number) => void = () => {},
): Promise<Float32Array> {
  const { numColumns } = features
  const diagonal = new Float64Array(numColumns).fill(regularization)
  for (const [entry, column] of features.indices.entries()) diagonal[column]! += features.values[entry]! ** 2
  const coefficients = new Float32Array(numColumns * width)
  for (let first = 0; first < width; first += BLOCK) {
    await nextTurn()
    signal.throwIfAborted()
    const size = Math.min(BLOCK, width - first)
    const solved = solveBlock(
      features,
      columnsOf(targets, width, first, size),
      size,
      { regularization, tolerance },
      diagonal,
    )
    for (let column = 0; column < numColumns; column++)
      for (let k = 0; k < size; k++) coefficients[column * width + first + k] = solved[column * size + k]!
    onBlock(first + size, width)
  }
  return coefficients
}

/** Rows times coefficients, as `ridge` found them. @param out width */
export function applyRow(
  { indptr, indices, values }: SparseMatrix,
  row: number,
  coefficients: Float32Array | Float64Array,
  width: number,
  out: Float64Array,
): Float64Array {
  out.fill(0)
  for (let entry = indptr[row]!; entry < indptr[row + 1]!; entry++) {
    const at = indices[entry]! * width
    const value = values[entry]!
    for (let k = 0; k < width; k++) out[k]! += value * coefficients[at + k]!
  }
  return out
}

function solveBlock(
  features: SparseMatrix,
  targets: Float64Array,
  size: number,
  { regularization, tolerance }: RidgeOptions,
  diagonal: Float64Array,
): Float64Array {
  const { numColumns } = features
  const solution = new Float64Array(numColumns * size)
  const residual = transposedProduct(
    features,
    (row, out) => out.set(targets.subarray(row * size, (row + 1) * size)),
    size,
  )
  const direction = new Float64Array(numColumns * size)
  let energy = energies(residual, diagonal, size)
  const enough = energy.map((value) => value * tolerance ** 2)
  const shares = new Float64Array(size)
  const lengths = new Float64Array(size)
  for (let step = 0; step < MAX_STEPS && energy.some((value, k) => value > enough[k]!); step++) {
    for (let column = 0; column < numColumns; column++)
      for (let k = 0, at = column * size; k < size; k++, at++)
        direction[at] = residual[at]! / diagonal[column]! + shares[k]! * direction[at]!
    const product = transposedProduct(features, (row, out) => applyRow(features, row, direction, size, out), size)
    const curvatures = new Float64Array(size)
    for (let column = 0; column < numColumns; column++)
      for (let k = 0, at = column * size; k < size; k++, at++) {
        product[at]! += regularization * direction[at]!
        curvatures[k]! += product[at]! * direction[at]!
      }
    // a column that is solved, or zeros, stays where it is
    for (let k = 0; k < size; k++) lengths[k] = energy[k]! > enough[k]! ? energy[k]! / curvatures[k]! : 0
    for (let column = 0; column < numColumns; column++)
      for (let k = 0, at = column * size; k < size; k++, at++) {
        solution[at]! += lengths[k]! * direction[at]!
        residual[at]! -= lengths[k]! * product[at]!
      }
    const before = energy
    energy = energies(residual, diagonal, size)
    for (let k = 0; k < size; k++) shares[k] = lengths[k]! > 0 ? energy[k]! / before[k]! : 0
  }
  return solution
}

/** Xᵀ times the rows that `rowOf` fills in. */
function transposedProduct(
  { indptr, indices, values, numColumns }: SparseMatrix,
  rowOf: (row: number, out: Float64Array) => void,
  size: number,
): Float64Array {
  const product = new Float64Array(numColumns * size)
  const row = new Float64Array(size)
  for (let at = 0; at + 1 < indptr.length; at++) {
    rowOf(at, row)
    for (let entry = indptr[at]!; entry < indptr[at + 1]!; entry++) {
      const to = indices[entry]! * size
      const value = values[entry]!
      for (let k = 0; k < size; k++) product[to + k]! += value * row[k]!
    }
  }
  return product
}

/** rᵀM⁻¹r of each column, M being the diagonal. */
function energies(residual: Float64Array, diagonal: Float64Array, size: number): Float64Array {
  const sums = new Float64Array(size)
  for (let column = 0; column < diagonal.length; column++)
    for (let k = 0; k < size; k++) sums[k]! += residual[column * size + k]! ** 2 / diagonal[column]!
  return sums
}

function columnsOf(rows: Float32Array, width: number, first: number, size: number): Float64Array {
  const block = new Float64Array((rows.length / width) * size)
  for (let row = 0; row * width < rows.length; row++)
    for (let k = 0; k < size; k++) block[row * size + k] = rows[row * width + first + k]!
  return block
}
