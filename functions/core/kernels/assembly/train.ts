import { factorize, invertTransposed, solve } from './cholesky'
import { add, addFour, addTo, dot, dotFour, laneSum } from './rows'
import { addOuterProducts, addRidge, PANEL_ROWS } from './symmetric'

/**
 * The half-steps of implicit ALS over ranges of rows, on shared memory; kernels/train.ts says what they solve.
 * Every argument that ends in no number is an address. A worker passes its own `scratch`.
 */

/** target = RᵀR of rows begin ≤ r < end. */
export function gramianOfRows(rows: usize, begin: i32, end: i32, factors: i32, target: usize): void {
  const stride = <usize>factors << 2
  memory.fill(target, 0, stride * factors)
  for (let r = begin; r < end; r += PANEL_ROWS) {
    addOuterProducts(rows + <usize>r * stride, min(PANEL_ROWS, end - r), factors, target)
  }
}

/** target = the sum of `count` matrices, in their order whoever made them, and symmetric. */
export function sumGramians(parts: usize, count: i32, factors: i32, target: usize): void {
  const stride = <usize>factors << 2
  const end = stride * factors
  memory.copy(target, parts, end)
  for (let part = 1; part < count; part++) add(target, parts + <usize>part * end, 1, end)
  for (let i: usize = 0; i < <usize>factors; i++) {
    for (let j = i + 1; j < <usize>factors; j++) {
      store<f32>(target + j * stride + (i << 2), load<f32>(target + i * stride + (j << 2)))
    }
  }
}

/**
 * G = weight · gramian + regularization · I = UᵀU, and V = U⁻ᵀ.
 * @returns −1, or the first pivot that is not above 0
 */
export function whitening(
  gramian: usize,
  factors: i32,
  weight: f32,
  regularization: f32,
  g: usize,
  u: usize,
  v: usize,
): i32 {
  addRidge(gramian, factors, weight, regularization, g)
  memory.copy(u, g, (<usize>factors * factors) << 2)
  const failed = factorize(u, factors)
  if (failed < 0) invertTransposed(u, factors, v)
  return failed
}

/** out = rows · Vᵀ for rows begin ≤ r < end. */
export function whitenRows(rows: usize, begin: i32, end: i32, factors: i32, v: usize, out: usize): void {
  const stride = <usize>factors << 2
  for (let r = begin; r < end; r++) {
    const row = rows + <usize>r * stride
    const target = out + <usize>r * stride
    // V is lower triangular: four of its rows reach no further than their block of eight columns
    for (let j: usize = 0; j < stride; j += 16) {
      const v0 = v + j * factors
      v128.store(target + j, dotFour(v0, v0 + stride, v0 + 2 * stride, v0 + 3 * stride, row, 0, (j & ~31) + 32))
    }
  }
}

/**
 * One half-step by conjugate gradients in whitened space, warm-started from the rows of x.
 * @param y the fixed side, whitened; @param steps CG steps a row
 * @param scratch 4 × factors floats
 * @returns the loss of these rows at the new x, without the fixed side's regularization
 */
export function solveByGradients(
  begin: i32,
  end: i32,
  indptr: usize,
  indices: usize,
  y: usize,
  x: usize,
  factors: i32,
  u: usize,
  v: usize,
  steps: i32,
  scratch: usize,
): f64 {
  const stride = <usize>factors << 2
  const white = scratch
  const residual = white + stride
  const direction = residual + stride
  const product = direction + stride
  let loss: f64 = 0
  for (let r = begin; r < end; r++) {
    const row = x + <usize>r * stride
    const first = load<u32>(indptr + (<usize>r << 2))
    const count = load<u32>(indptr + (<usize>r << 2), 4) - first
    if (!count) {
      memory.fill(row, 0, stride)
      continue
    }
    const liked = indices + (<usize>first << 2)
    // x̃ = Ux; U is upper triangular with zeros below
    for (let j: usize = 0; j < stride; j += 16) {
      const u0 = u + j * factors
      v128.store(white + j, dotFour(u0, u0 + stride, u0 + 2 * stride, u0 + 3 * stride, row, j & ~31, stride))
    }
    // r = Σỹ(1 − ỹᵀx̃) − x̃
    for (let at: usize = 0; at < stride; at += 16) v128.store(residual + at, f32x4.neg(v128.load(white + at)))
    // in whitened space |x̃|² is all of the unobserved and the regularization terms of the loss
    loss += dot(white, white, stride) + spread(liked, count, y, stride, white, residual, 1, -1)
    memory.copy(direction, residual, stride)
    let squared = dot(residual, residual, stride)
    for (let step = 1; squared > 0; step++) {
      // q = (I + ΣỹỹT)p; the last step needs pᵀq only
      const last = step >= steps
      if (!last) memory.copy(product, direction, stride)
      const energy =
        dot(direction, direction, stride) + spread(liked, count, y, stride, direction, last ? 0 : product, 0, 1)
      const length = squared / energy
      add(white, direction, length, stride)
      loss -= length * squared // what an exact line search takes off the quadratic
      if (last) break
      add(residual, product, -length, stride)
      const before = squared
      squared = dot(residual, residual, stride)
      addTo(direction, residual, squared / before, stride)
    }
    // x = U⁻¹x̃ = Vᵀx̃
    memory.fill(row, 0, stride)
    for (let j: usize = 0; j < stride; j += 16) {
      const v0 = v + j * factors
      addFour(row, v0, v0 + stride, v0 + 2 * stride, v0 + 3 * stride, v128.load(white + j), 0, j + 16)
    }
  }
  return loss
}

/** out += Σ c·y over the liked rows y, with c = bias + sign · yᵀx; returns Σc². `out` 0: only the sum. */
function spread(
  liked: usize,
  count: u32,
  y: usize,
  stride: usize,
  x: usize,
  out: usize,
  bias: f32,
  sign: f32,
): f32 {
  let squares = f32x4.splat(0)
  let at = liked
  for (const end = liked + ((<usize>count & ~3) << 2); at < end; at += 16) {
    const y0 = y + <usize>load<u32>(at) * stride
    const y1 = y + <usize>load<u32>(at, 4) * stride
    const y2 = y + <usize>load<u32>(at, 8) * stride
    const y3 = y + <usize>load<u32>(at, 12) * stride
    const dots = dotFour(y0, y1, y2, y3, x, 0, stride)
    const c = f32x4.add(f32x4.splat(bias), f32x4.mul(f32x4.splat(sign), dots))
    squares = f32x4.add(squares, f32x4.mul(c, c))
    if (out) addFour(out, y0, y1, y2, y3, c, 0, stride)
  }
  let sum = laneSum(squares)
  for (const end = liked + (<usize>count << 2); at < end; at += 4) {
    const row = y + <usize>load<u32>(at) * stride
    const c = bias + sign * dot(row, x, stride)
    sum += c * c
    if (out) add(out, row, c, stride)
  }
  return sum
}

/**
 * One half-step by Cholesky: (G + Σyyᵀ) x = Σy a row. Liked rows are gathered into a dense panel first, so that
 * the outer products stream from L1.
 * @param y the fixed side; @param scratch (factors + PANEL_ROWS) × factors floats
 * @returns as `solveByGradients`; NaN where a system is not positive definite
 */
export function solveExactly(
  begin: i32,
  end: i32,
  indptr: usize,
  indices: usize,
  y: usize,
  x: usize,
  factors: i32,
  g: usize,
  scratch: usize,
): f64 {
  const stride = <usize>factors << 2
  const system = scratch
  const panel = scratch + stride * factors
  let loss: f64 = 0
  for (let r = begin; r < end; r++) {
    const row = x + <usize>r * stride
    let liked = indices + (<usize>load<u32>(indptr + (<usize>r << 2)) << 2)
    const likedEnd = indices + (<usize>load<u32>(indptr + (<usize>r << 2), 4) << 2)
    memory.fill(row, 0, stride)
    if (liked == likedEnd) continue
    const count = (likedEnd - liked) >> 2
    memory.copy(system, g, stride * factors)
    while (liked < likedEnd) {
      let rows = 0
      for (let to = panel; rows < PANEL_ROWS && liked < likedEnd; rows++, liked += 4, to += stride) {
        const from = y + <usize>load<u32>(liked) * stride
        for (let at: usize = 0; at < stride; at += 16) {
          const lanes = v128.load(from + at)
          v128.store(to + at, lanes)
          v128.store(row + at, f32x4.add(v128.load(row + at), lanes))
        }
      }
      addOuterProducts(panel, rows, factors, system)
    }
    if (factorize(system, factors) >= 0) return NaN
    memory.copy(panel, row, stride)
    solve(system, factors, row)
    // at the solution the loss is n − bᵀx
    loss += <f64>count - <f64>dot(panel, row, stride)
  }
  return loss
}
