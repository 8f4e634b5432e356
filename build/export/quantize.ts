/**
 * Symmetric int8 quantization a row: q = round(y / scale) with scale = max|y| / 127, so that y is off by at most
 * scale / 2. A row of zeros has scale 0.
 * @param rows row-major (numRows × width)
 */
export function quantizeRows(
  rows: Float32Array,
  numRows: number,
  width: number,
): { quantized: Int8Array; scales: Float32Array } {
  const quantized = new Int8Array(numRows * width)
  const scales = new Float32Array(numRows)
  for (let row = 0; row < numRows; row++) {
    let largest = 0
    for (let at = row * width; at < (row + 1) * width; at++) largest = Math.max(largest, Math.abs(rows[at]!))
    if (largest === 0) continue
    // a Float32Array rounds the scale: divide by what the reader will multiply with
    scales[row] = largest / 127
    for (let at = row * width; at < (row + 1) * width; at++) quantized[at] = Math.round(rows[at]! / scales[row]!)
  }
  return { quantized, scales }
}

/** YᵀY of quantized rows, (width × width), summed in f64. O(numRows · width²). */
export function gramianOf(quantized: Int8Array, scales: Float32Array, width: number): Float32Array {
  const sums = new Float64Array(width * width)
  const row = new Float64Array(width)
  for (let index = 0; index < scales.length; index++) {
    const scale = scales[index]!
    if (scale === 0) continue
    for (let a = 0; a < width; a++) row[a] = quantized[index * width + a]! * scale
    for (let a = 0; a < width; a++) {
      const value = row[a]!
      for (let b = 0; b <= a; b++) sums[a * width + b]! += value * row[b]!
    }
  }
  const gramian = new Float32Array(width * width)
  for (let a = 0; a < width; a++)
    for (let b = 0; b <= a; b++) gramian[a * width + b] = gramian[b * width + a] = sums[a * width + b]!
  return gramian
}
