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
  for (let at = 0; at < indices.length; at++) {
    if (!(indices[at]! >= 0 && indices[at]! < numColumns))
      throw new RangeError(`index ${indices[at]} at ${at}, expected 0 to ${numColumns - 1}`)
  }
}

/** How many entries each row has. */
export function rowLengths({ indptr }: SparseRows): Float32Array {
  return Float32Array.from({ length: indptr.length - 1 }, (_, row) => indptr[row + 1]! - indptr[row]!)
}

/** Only these rows, in this order. */
export function pickedRows({ indptr, indices }: SparseRows, rows: readonly number[]): SparseRows {
  const picked = rows.map((row) => indices.subarray(indptr[row]!, indptr[row + 1]!))
  const starts = new Uint32Array(rows.length + 1)
  for (const [position, row] of picked.entries()) starts[position + 1] = starts[position]! + row.length
  const all = new Int32Array(starts.at(-1)!)
  for (const [position, row] of picked.entries()) all.set(row, starts[position])
  return { indptr: starts, indices: all }
}

/** The same by columns; rows ascend within each. Values, one an entry, move along with theirs. */
export function transposed<Values extends Float32Array | null = null>(
  { indptr, indices }: SparseRows,
  numColumns: number,
  values: Values = null as Values,
): SparseRows & { values: Values } {
  const starts = new Uint32Array(numColumns + 1)
  for (const column of indices) starts[column + 1]! += 1
  for (let column = 0; column < numColumns; column++) starts[column + 1]! += starts[column]!
  const next = starts.slice()
  const rows = new Int32Array(indices.length)
  const moved = values && new Float32Array(values.length)
  for (let row = 0; row + 1 < indptr.length; row++) {
    for (let at = indptr[row]!; at < indptr[row + 1]!; at++) {
      const to = next[indices[at]!]!++
      rows[to] = row
      if (values && moved) moved[to] = values[at]!
    }
  }
  return { indptr: starts, indices: rows, values: moved as Values }
}
