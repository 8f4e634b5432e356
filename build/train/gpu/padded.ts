/**
 * Rows on the device are padded with zero columns, so that each lane of a team has the same number of quads (4 factors):
 * up to 16 lanes a quad each, then 32 lanes with 1, 2, 3 or 4.
 */
export interface PaddedRow {
  quads: number
  /** of a team of the solver: a power of two */
  lanes: number
}

const MOST_LANES = 32
const MOST_QUADS_A_LANE = 4
const MOST_FACTORS = MOST_LANES * MOST_QUADS_A_LANE * 4

/** @throws {RangeError} beyond 512 factors */
export function paddedRow(factors: number): PaddedRow {
  if (!(factors >= 1 && factors <= MOST_FACTORS))
    throw new RangeError(`factors is ${factors}, expected 1 to ${MOST_FACTORS} on a GPU`)
  let lanes = 1
  while (lanes < MOST_LANES && lanes * 4 < factors) lanes *= 2
  return { lanes, quads: lanes * Math.ceil(factors / (4 * lanes)) }
}

/** Rows of `from` columns with `to` columns: zeros added, or columns cut off. */
export function withColumns(rows: ArrayLike<number>, from: number, to: number): Float32Array {
  if (from === to) return new Float32Array(rows)
  const numRows = rows.length / from
  const out = new Float32Array(numRows * to)
  const columns = Math.min(from, to)
  for (let row = 0; row < numRows; row++) {
    for (let column = 0; column < columns; column++) out[row * to + column] = rows[row * from + column]!
  }
  return out
}

/** An n × n matrix in the corner of a `size` × `size` one, with `beyond` on the rest of the diagonal. */
export function inCorner(matrix: Float64Array, n: number, size: number, beyond: number): Float32Array {
  const out = new Float32Array(size * size)
  out.set(withColumns(matrix, n, size))
  for (let k = n; k < size; k++) out[k * size + k] = beyond
  return out
}
