/** Zeros and ones as CSR: row r holds indices[indptr[r]] … indices[indptr[r + 1] − 1]. */
export interface SparseRows {
  /** numRows + 1, ascending from 0 */
  indptr: Uint32Array
  indices: Int32Array
}

/** @throws {RangeError} naming the first row or index that is out of its range */
export function checkSparseRows({ indptr, indices }: SparseRows, numColumns: number): void {
  if (!Number.isInteger(numColumns) || numColumns < 0)
    throw new RangeError(`${numColumns} columns, expected a whole number from 0 up`)
  if (indptr[0] !== 0) throw new RangeError(`indptr starts at ${indptr[0]}, expected 0`)
  for (let row = 1; row < indptr.length; row++) {
    if (indptr[row]! < indptr[row - 1]!)
      throw new RangeError(`indptr falls from ${indptr[row - 1]} to ${indptr[row]} after row ${row - 1}`)
  }
  if (indptr.at(-1) !== indices.length)
    throw new RangeError(`indptr ends at ${indptr.at(-1)}, expected ${indices.length}, the number of indices`)
  const wrong = indices.findIndex((index) => index < 0 || index >= numColumns)
  if (wrong >= 0) throw new RangeError(`index ${indices[wrong]} at ${wrong}, expected 0 to ${numColumns - 1}`)
}

/** The same by columns; rows ascend within each. */
export function transposed({ indptr, indices }: SparseRows, numColumns: number): SparseRows {
  const starts = new Uint32Array(numColumns + 1)
  for (const column of indices) starts[column + 1]! += 1
  for (let column = 0; column < numColumns; column++) starts[column + 1]! += starts[column]!
  const next = starts.slice()
  const rows = new Int32Array(indices.length)
  for (let row = 0; row + 1 < indptr.length; row++) {
    for (let at = indptr[row]!; at < indptr[row + 1]!; at++) rows[next[indices[at]!]!++] = row
  }
  return { indptr: starts, indices: rows }
}
