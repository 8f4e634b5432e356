/** Rounds of the orthogonal iteration: the plane of factors of movies stands still long before. */
const ROUNDS = 300

/**
 * Rows in the plane of their two first principal components, by orthogonal iteration on the covariance.
 * O(rows · width² + rounds · width²). Each axis points to where its largest loading is above 0, so that it does not flip.
 * @param rows row-major (numRows × width)
 * @returns x and y of each row, and the share of the variance that the plane shows, 0 without any
 */
export function principalPlane(rows: Float32Array, numRows: number): { places: Float64Array; share: number } {
  const width = numRows > 0 ? rows.length / numRows : 0
  const centred = centre(rows, numRows, width)
  const covariance = new Float64Array(width * width)
  for (let row = 0; row < numRows; row++)
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++)
        covariance[i * width + j]! += centred[row * width + i]! * centred[row * width + j]!
  let variance = 0
  for (let k = 0; k < width; k++) variance += covariance[k * width + k]!

  // any start that no axis is at right angles to
  let axes: Float64Array[] = [0, 1].map((axis) =>
    Float64Array.from({ length: width }, (_, k) => Math.cos((axis + 1) * k) + 0.1),
  )
  for (let round = 0; round < ROUNDS; round++) axes = orthonormal(axes.map((axis) => times(covariance, axis)))
  axes = axes.map(upright)

  const places = new Float64Array(2 * numRows)
  let shown = 0
  for (let row = 0; row < numRows; row++)
    for (const [at, axis] of axes.entries()) {
      const place = product(centred.subarray(row * width, (row + 1) * width), axis)
      places[2 * row + at] = place
      shown += place * place
    }
  return { places, share: variance > 0 ? shown / variance : 0 }
}

function centre(rows: Float32Array, numRows: number, width: number): Float64Array {
  const means = new Float64Array(width)
  for (const [at, value] of rows.entries()) means[at % width]! += value / numRows
  return Float64Array.from(rows, (value, at) => value - means[at % width]!)
}

function times(matrix: Float64Array, x: Float64Array): Float64Array {
  const width = x.length
  return Float64Array.from(x, (_, i) => product(matrix.subarray(i * width, (i + 1) * width), x))
}

/** Gram–Schmidt; zeros stay zeros. */
function orthonormal([first, second]: Float64Array[]): Float64Array[] {
  const x = unit(first!)
  const along = product(x, second!)
  return [x, unit(second!.map((value, k) => value - along * x[k]!))]
}

function unit(x: Float64Array): Float64Array {
  const length = Math.sqrt(product(x, x))
  return length > 1e-12 ? x.map((value) => value / length) : x.fill(0)
}

function upright(axis: Float64Array): Float64Array {
  const largest = axis.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0)
  return largest < 0 ? axis.map((value) => -value) : axis
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!
  return sum
}
