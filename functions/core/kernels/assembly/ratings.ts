import { factorize, invertTransposed, solve } from './cholesky'
import { add, dot } from './rows'
import { addOuterProducts } from './symmetric'

/**
 * One side of a Bayesian factorization of ratings over ranges of rows, on shared memory; kernels/train/ratings.ts says
 * what is learned. An argument whose name is not that of a count or a number is an address.
 */

/**
 * The posterior of rows begin ≤ r < end given the other side, and the scale of each row's noise given that.
 * @param known the coordinate that is 1 for all rows of this side
 * @param scratch 3 × size² + size floats
 * @returns Σ over these rows of scale · the expected squared errors, each times the other row's scale
 */
export function solveRatings(
  begin: i32,
  end: i32,
  scratch: usize,
  indptr: usize,
  indices: usize,
  values: usize,
  otherRows: usize,
  otherMoments: usize,
  otherScales: usize,
  rows: usize,
  moments: usize,
  scales: usize,
  size: i32,
  known: i32,
  precision: usize,
  means: usize,
  noisePrecision: f32,
  scaleShape: f32,
): f64 {
  const stride = <usize>size << 2
  const square = stride * size
  const observed = scratch
  const system = observed + square
  const inverse = system + square
  const right = inverse + square
  let total: f64 = 0
  for (let r: usize = begin; r < <usize>end; r++) {
    const row = rows + r * stride
    const moment = moments + r * square
    const mean = means + r * stride
    const ownScale = scales + (r << 2)
    let at = <usize>load<u32>(indptr + (r << 2)) << 2
    const last = <usize>load<u32>(indptr + (r << 2), 4) << 2
    const count = <f32>((last - at) >> 2)

    // Σ w·E[yyᵀ], Σ w·v·E[y] and Σ w·v² over the ratings v of this row
    memory.fill(observed, 0, square)
    memory.fill(right, 0, stride)
    let squares: f64 = 0
    for (; at < last; at += 4) {
      const other = <usize>load<u32>(indices + at)
      const weight = load<f32>(otherScales + (other << 2))
      const value = load<f32>(values + at)
      add(observed, otherMoments + other * square, weight, square)
      add(right, otherRows + other * stride, weight * value, stride)
      squares += <f64>weight * value * value
    }

    // (Λ + τa·Σ w·E[yyᵀ]) x = Λm + τa·Σ w·v·E[y]
    const noise = noisePrecision * load<f32>(ownScale)
    for (let i: usize = 0; i < <usize>size; i++) {
      const line = i * stride
      const wanted = dot(precision + line, mean, stride) + noise * load<f32>(right + (i << 2))
      store<f32>(row + (i << 2), wanted)
    }
    memory.copy(system, precision, square)
    add(system, observed, noise, square)
    hold(system, row, size, known)
    if (factorize(system, size) >= 0) return NaN
    solve(system, size, row)

    // E[xxᵀ] = xxᵀ + A⁻¹, A⁻¹ = VᵀV with V = U⁻ᵀ; what is known has no variance
    invertTransposed(system, size, inverse)
    memory.fill(moment, 0, square)
    addOuterProducts(inverse, size, size, moment)
    const knownAt = moment + <usize>known * (stride + 4)
    store<f32>(knownAt, load<f32>(knownAt) - 1)
    addOuterProducts(row, 1, size, moment)
    mirror(moment, size)

    // the expected squared errors of the row: Σ w·v² − 2 xᵀ Σ w·v·E[y] + tr(E[xxᵀ] Σ w·E[yyᵀ])
    const errors = squares - 2 * <f64>dot(row, right, stride) + <f64>dot(moment, observed, square)
    if (scaleShape > 0)
      store<f32>(ownScale, (scaleShape + 0.5 * count) / (scaleShape + 0.5 * noisePrecision * <f32>errors))
    total += <f64>load<f32>(ownScale) * errors
  }
  return total
}

/** A symmetric system (upper triangle) with x[known] = 1: its column goes to the right, its equation is x = 1. */
function hold(system: usize, right: usize, size: i32, known: i32): void {
  const stride = <usize>size << 2
  for (let i = 0; i < size; i++) {
    const entry = system + <usize>min(i, known) * stride + (<usize>max(i, known) << 2)
    const target = right + (<usize>i << 2)
    store<f32>(target, i == known ? 1 : load<f32>(target) - load<f32>(entry))
    store<f32>(entry, i == known ? 1 : 0)
  }
}

/** The upper triangle below the diagonal. */
function mirror(matrix: usize, size: i32): void {
  const stride = <usize>size << 2
  for (let i: usize = 0; i < <usize>size; i++) {
    for (let j = i + 1; j < <usize>size; j++) {
      store<f32>(matrix + j * stride + (i << 2), load<f32>(matrix + i * stride + (j << 2)))
    }
  }
}

/** out = scale_r · Σ of the rows that row r names, for rows begin ≤ r < end; `scales` 0 means that all are 1. */
export function sumRows(
  begin: i32,
  end: i32,
  _scratch: usize,
  indptr: usize,
  indices: usize,
  from: usize,
  size: i32,
  scales: usize,
  out: usize,
): void {
  const stride = <usize>size << 2
  for (let r: usize = begin; r < <usize>end; r++) {
    const target = out + r * stride
    const scale = scales ? load<f32>(scales + (r << 2)) : 1
    let at = <usize>load<u32>(indptr + (r << 2)) << 2
    const last = <usize>load<u32>(indptr + (r << 2), 4) << 2
    memory.fill(target, 0, stride)
    for (; at < last; at += 4) add(target, from + <usize>load<u32>(indices + at) * stride, scale, stride)
  }
}
