/**
 * Puts the inverse of a symmetric positive definite matrix (size × size, row-major) in its place, by sweeping one pivot after
 * the other (Goodnight 1979); only the lower triangle is read. O(size³), for sizes of tens.
 * @returns the matrix
 * @throws {RangeError} naming the first pivot that is not above 0
 */
export function invert(matrix: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer> {
  const column = new Float64Array(size)
  // after all sweeps the lower triangle holds the inverse, negated
  for (let k = 0; k < size; k++) {
    const pivot = matrix[k * size + k]!
    if (!(pivot > 0))
      throw new RangeError(`pivot ${k} is ${pivot}, expected above 0: the matrix is not positive definite`)
    for (let j = 0; j < k; j++) column[j] = matrix[k * size + j]!
    // so that nothing is taken from row and column k
    column[k] = 0
    for (let i = k + 1; i < size; i++) column[i] = matrix[i * size + k]!
    for (let i = 0; i < size; i++) {
      const share = column[i]! / pivot
      for (let j = 0; j <= i; j++) matrix[i * size + j]! -= share * column[j]!
      matrix[i < k ? k * size + i : i * size + k] = share
    }
    matrix[k * size + k] = -1 / pivot
  }
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      matrix[i * size + j] = 0 - matrix[i * size + j]!
      matrix[j * size + i] = matrix[i * size + j]!
    }
  return matrix
}
