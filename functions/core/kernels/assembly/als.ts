import { factorize, invertTransposed, solve } from './cholesky'
import { add, addFour, addTo, dot, dotFour, laneSum, multiplyAdd } from './rows'
import { addOuterProducts, addRidge, PANEL_ROWS } from './symmetric'

/**
 * The half-steps of implicit ALS over ranges of rows, on shared memory; kernels/train/als.ts says what they solve.
 * An argument whose name is not that of a count or a number is an address; `weights` 0 means that all are 1.
 */

/** A squared residual below this is as good as 0; its quotients would soon be those of numbers below f32's range. */
const SOLVED: f32 = 1e-30

/**
 * Part number begin / rowsPerPart of the Gramian: RᵀR of the rows begin ≤ r < end.
 * @returns Σ λ_r|row|², which the objective wants of the side that is fixed
 */
export function gramianOfRows(
  begin: i32,
  end: i32,
  _scratch: usize,
  rows: usize,
  factors: i32,
  lambdas: usize,
  rowsPerPart: i32,
  parts: usize,
): f64 {
  const stride = <usize>factors << 2
  const target = parts + <usize>(begin / rowsPerPart) * stride * factors
  memory.fill(target, 0, stride * factors)
  let penalty: f64 = 0
  for (let r = begin; r < end; r += PANEL_ROWS) {
    addOuterProducts(rows + <usize>r * stride, min(PANEL_ROWS, end - r), factors, target)
  }
  for (let r: usize = begin; r < <usize>end; r++) {
    const row = rows + r * stride
    penalty += <f64>load<f32>(lambdas + (r << 2)) * <f64>dot(row, row, stride)
  }
  return penalty
}

/** target = weight · the sum of `count` matrices, in their order whoever made them, and symmetric. */
export function sumGramians(parts: usize, count: i32, factors: i32, weight: f32, target: usize): void {
  const stride = <usize>factors << 2
  const end = stride * factors
  memory.fill(target, 0, end)
  for (let part = 0; part < count; part++) add(target, parts + <usize>part * end, weight, end)
  for (let i: usize = 0; i < <usize>factors; i++) {
    for (let j = i + 1; j < <usize>factors; j++) {
      store<f32>(target + j * stride + (i << 2), load<f32>(target + i * stride + (j << 2)))
    }
  }
}

/**
 * gramian + lambda · I = UᵀU, V = U⁻ᵀ and, unless `w` is 0, W = VVᵀ.
 * @returns −1, or the first pivot that is not above 0
 */
export function whitening(gramian: usize, factors: i32, lambda: f32, u: usize, v: usize, w: usize): i32 {
  const stride = <usize>factors << 2
  addRidge(gramian, factors, 1, lambda, u)
  const failed = factorize(u, factors)
  if (failed >= 0) return failed
  invertTransposed(u, factors, v)
  for (let at = 0; w && at < factors; at++) {
    multiply(v, v + <usize>at * stride, factors, w + <usize>at * stride)
  }
  return -1
}

/** out = A x for a square matrix A */
function multiply(a: usize, x: usize, factors: i32, out: usize): void {
  const stride = <usize>factors << 2
  for (let j: usize = 0; j < stride; j += 16) {
    const row = a + j * factors
    v128.store(out + j, dotFour(row, row + stride, row + 2 * stride, row + 3 * stride, x, 0, stride))
  }
}

/** out = rows · Vᵀ for rows begin ≤ r < end. */
export function whitenRows(
  begin: i32,
  end: i32,
  _scratch: usize,
  rows: usize,
  factors: i32,
  v: usize,
  out: usize,
): void {
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

/** rows ← rows + share · (rows − previous), and previous ← what the rows were, for rows begin ≤ r < end. */
export function extrapolateRows(
  begin: i32,
  end: i32,
  _scratch: usize,
  rows: usize,
  previous: usize,
  factors: i32,
  share: f32,
): void {
  const stride = <usize>factors << 2
  const lanes = f32x4.splat(share)
  for (let at = <usize>begin * stride; at < <usize>end * stride; at += 16) {
    const row = v128.load(rows + at)
    v128.store(rows + at, multiplyAdd(lanes, f32x4.sub(row, v128.load(previous + at)), row))
    v128.store(previous + at, row)
  }
}

/**
 * One half-step by `steps` conjugate-gradient steps a row, warm-started from the rows of x. With `u` in whitened
 * space: the matrix is I + (λ_r − lambda)·W + Σ w·ỹỹᵀ, and y is whitened. Without it, in the space as it is, as
 * benfred/implicit does it: λ_r·I + W + Σ w·yyᵀ with W the weighted Gramian.
 * @param scratch 5 × factors floats
 * @returns the objective of these rows at the new x, without the fixed side's regularization
 */
export function solveByGradients(
  begin: i32,
  end: i32,
  scratch: usize,
  indptr: usize,
  indices: usize,
  weights: usize,
  bias: f32,
  y: usize,
  x: usize,
  factors: i32,
  lambdas: usize,
  lambda: f32,
  u: usize,
  v: usize,
  w: usize,
  steps: i32,
): f64 {
  const stride = <usize>factors << 2
  const solution = scratch
  const residual = solution + stride
  const direction = residual + stride
  const product = direction + stride
  const image = product + stride
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
    const likedWeights = weights ? weights + (<usize>first << 2) : 0
    const ownLambda = load<f32>(lambdas + (<usize>r << 2))
    const identity: f32 = u ? 1 : ownLambda
    const share: f32 = u ? ownLambda - lambda : 1
    if (u) {
      // x̃ = Ux; U is upper triangular with zeros below
      for (let j: usize = 0; j < stride; j += 16) {
        const u0 = u + j * factors
        v128.store(solution + j, dotFour(u0, u0 + stride, u0 + 2 * stride, u0 + 3 * stride, row, j & ~31, stride))
      }
    } else memory.copy(solution, row, stride)
    loss += quadratic(solution, liked, likedWeights, count, bias, 1, y, factors, identity, share, w, image, residual)
    memory.copy(direction, residual, stride)
    let squared = dot(residual, residual, stride)
    for (let step = 1; squared > SOLVED; step++) {
      // the last step needs pᵀAp only
      const last = step >= steps
      const out = last ? 0 : product
      const energy = quadratic(direction, liked, likedWeights, count, bias, 0, y, factors, identity, share, w, image, out)
      const length = squared / energy
      add(solution, direction, length, stride)
      loss -= length * squared // what an exact line search takes off the quadratic
      if (last) break
      add(residual, product, length, stride)
      const before = squared
      squared = dot(residual, residual, stride)
      addTo(direction, residual, squared / before, stride)
    }
    if (u) {
      // x = U⁻¹x̃ = Vᵀx̃
      memory.fill(row, 0, stride)
      for (let j: usize = 0; j < stride; j += 16) {
        const v0 = v + j * factors
        addFour(row, v0, v0 + stride, v0 + 2 * stride, v0 + 3 * stride, v128.load(solution + j), 0, j + 16)
      }
    } else memory.copy(row, solution, stride)
  }
  return loss
}

/**
 * out = b − Ax and xᵀAx − 2bᵀx + Σt, with A = identity·I + share·W + Σ w·yyᵀ and b = Σ t·y over the liked rows y, where
 * t = target · (w + bias). With target 0 that is −Ax and xᵀAx.
 * @param image factors floats; @param out 0: only the sum
 */
function quadratic(
  x: usize,
  liked: usize,
  weights: usize,
  count: u32,
  bias: f32,
  target: f32,
  y: usize,
  factors: i32,
  identity: f32,
  share: f32,
  w: usize,
  image: usize,
  out: usize,
): f32 {
  const stride = <usize>factors << 2
  let sum = identity * dot(x, x, stride)
  if (out) {
    const lanes = f32x4.splat(-identity)
    for (let at: usize = 0; at < stride; at += 16) v128.store(out + at, f32x4.mul(lanes, v128.load(x + at)))
  }
  if (share != 0) {
    multiply(w, x, factors, image)
    sum += share * dot(image, x, stride)
    if (out) add(out, image, -share, stride)
  }
  const biases = f32x4.splat(bias)
  const targets = f32x4.splat(target)
  let w4 = f32x4.splat(1)
  let terms = f32x4.splat(0)
  let at: usize = 0
  for (const end = (<usize>count & ~3) << 2; at < end; at += 16) {
    const y0 = y + <usize>load<u32>(liked + at) * stride
    const y1 = y + <usize>load<u32>(liked + at, 4) * stride
    const y2 = y + <usize>load<u32>(liked + at, 8) * stride
    const y3 = y + <usize>load<u32>(liked + at, 12) * stride
    if (weights) w4 = v128.load(weights + at)
    const dots = dotFour(y0, y1, y2, y3, x, 0, stride)
    const t = f32x4.mul(targets, f32x4.add(w4, biases))
    const c = f32x4.sub(t, f32x4.mul(w4, dots))
    // t − 2t·d + w·d²
    terms = f32x4.add(terms, f32x4.sub(t, f32x4.mul(dots, f32x4.add(t, c))))
    if (out) addFour(out, y0, y1, y2, y3, c, 0, stride)
  }
  sum += laneSum(terms)
  for (const end = <usize>count << 2; at < end; at += 4) {
    const row = y + <usize>load<u32>(liked + at) * stride
    const weight: f32 = weights ? load<f32>(weights + at) : 1
    const d = dot(row, x, stride)
    const t = target * (weight + bias)
    const c = t - weight * d
    sum += t - d * (t + c)
    if (out) add(out, row, c, stride)
  }
  return sum
}

/**
 * One half-step by Cholesky: (gramian + λ_r·I + Σ w·yyᵀ) x = Σ (w + bias)·y a row. Liked rows are gathered into a
 * dense panel first, times √w, so that the outer products stream from L1.
 * @param y the fixed side as it is; @param gramian weighted; @param scratch (factors + PANEL_ROWS) × factors floats
 * @returns as `solveByGradients`; NaN where a system is not positive definite
 */
export function solveExactly(
  begin: i32,
  end: i32,
  scratch: usize,
  indptr: usize,
  indices: usize,
  weights: usize,
  bias: f32,
  y: usize,
  x: usize,
  factors: i32,
  lambdas: usize,
  gramian: usize,
): f64 {
  const stride = <usize>factors << 2
  const system = scratch
  const panel = scratch + stride * factors
  let loss: f64 = 0
  for (let r = begin; r < end; r++) {
    const row = x + <usize>r * stride
    let at = <usize>load<u32>(indptr + (<usize>r << 2)) << 2
    const last = <usize>load<u32>(indptr + (<usize>r << 2), 4) << 2
    memory.fill(row, 0, stride)
    if (at == last) continue
    addRidge(gramian, factors, 1, load<f32>(lambdas + (<usize>r << 2)), system)
    while (at < last) {
      let rows = 0
      for (let to = panel; rows < PANEL_ROWS && at < last; rows++, at += 4, to += stride) {
        const weight: f32 = weights ? load<f32>(weights + at) : 1
        gather(y + <usize>load<u32>(indices + at) * stride, sqrt<f32>(weight), weight + bias, stride, to, row)
        loss += weight + bias
      }
      addOuterProducts(panel, rows, factors, system)
    }
    if (factorize(system, factors) >= 0) return NaN
    memory.copy(panel, row, stride)
    solve(system, factors, row)
    // at the solution the objective is Σt − bᵀx
    loss -= dot(panel, row, stride)
  }
  return loss
}

/** to = scale · from, and sum += share · from */
// @ts-ignore: decorator
@inline
function gather(from: usize, scale: f32, share: f32, stride: usize, to: usize, sum: usize): void {
  const scales = f32x4.splat(scale)
  const shares = f32x4.splat(share)
  for (let at: usize = 0; at < stride; at += 16) {
    const lanes = v128.load(from + at)
    v128.store(to + at, f32x4.mul(scales, lanes))
    v128.store(sum + at, f32x4.add(v128.load(sum + at), f32x4.mul(shares, lanes)))
  }
}
