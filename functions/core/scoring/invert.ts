/**
 * The inverse of a symmetric positive definite matrix (size × size, row-major), by sweeping one pivot after the other
 * (Goodnight 1979). O(size³), for sizes of tens.
 * @throws {RangeError} naming the first pivot that is not above 0
 */
export function invert(matrix: ArrayLike<number>, size: number): Float64Array<ArrayBuffer> {
  const swept = new Float64Array(matrix)
  for (let k = 0; k < size; k++) {
    const pivot = swept[k * size + k]!
    if (!(pivot > 0))
      throw new RangeError(`pivot ${k} is ${pivot}, expected above 0: the matrix is not positive definite`)
    for (let i = 0; i < size; i++) {
      if (i === k) continue
      const share = swept[i * size + k]! / pivot
      for (let j = 0; j < size; j++) swept[i * size + j]! -= share * swept[k * size + j]!
      swept[i * size + k] = -share
    }
    for (let j = 0; j < size; j++) if (j !== k) swept[k * size + j]! /= pivot
    swept[k * size + k] = 1 / pivot
  }
  return swept
}
