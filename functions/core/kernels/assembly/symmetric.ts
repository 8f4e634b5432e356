import { multiplyAdd } from './rows'

/**
 * The one matrix product that training is made of: sums of outer products of a panel of rows, upper
 * triangle, in tiles of 4 × 8 that stay in registers while the panel streams by.
 */

/** Rows that a panel holds: 64 × 64 floats are 16 KiB, half of a common L1 cache. */
export const PANEL_ROWS: i32 = 64

/**
 * target[i..i+3][j..j+7] += sign · Σ_k panel[k][i..i+3] ⊗ panel[k][j..j+7].
 * @param stride bytes of a row, of panel and target alike
 * @param i first column of the left factor, a multiple of 4; @param j of the right one, a multiple of 8
 */
export function addTile(panel: usize, rows: i32, stride: usize, i: usize, j: usize, target: usize, sign: f32): void {
  let a0 = f32x4.splat(0)
  let a1 = a0
  let a2 = a0
  let a3 = a0
  let b0 = a0
  let b1 = a0
  let b2 = a0
  let b3 = a0
  let left = panel + (i << 2)
  let right = panel + (j << 2)
  for (let k = 0; k < rows; k++) {
    const ra = v128.load(right)
    const rb = v128.load(right, 16)
    let l = v128.load32_splat(left)
    a0 = multiplyAdd(l, ra, a0)
    b0 = multiplyAdd(l, rb, b0)
    l = v128.load32_splat(left, 4)
    a1 = multiplyAdd(l, ra, a1)
    b1 = multiplyAdd(l, rb, b1)
    l = v128.load32_splat(left, 8)
    a2 = multiplyAdd(l, ra, a2)
    b2 = multiplyAdd(l, rb, b2)
    l = v128.load32_splat(left, 12)
    a3 = multiplyAdd(l, ra, a3)
    b3 = multiplyAdd(l, rb, b3)
    left += stride
    right += stride
  }
  let out = target + i * stride + (j << 2)
  addScaled(out, a0, b0, sign)
  addScaled((out += stride), a1, b1, sign)
  addScaled((out += stride), a2, b2, sign)
  addScaled((out += stride), a3, b3, sign)
}

// @ts-ignore: decorator
@inline
function addScaled(out: usize, a: v128, b: v128, sign: f32): void {
  const lanes = f32x4.splat(sign)
  v128.store(out, multiplyAdd(lanes, a, v128.load(out)))
  v128.store(out, multiplyAdd(lanes, b, v128.load(out, 16)), 16)
}

/** Upper triangle of target += PᵀP for a panel P of `rows` × `factors`; some entries below the diagonal change too. */
export function addOuterProducts(panel: usize, rows: i32, factors: i32, target: usize): void {
  const stride = <usize>factors << 2
  for (let i: usize = 0; i < <usize>factors; i += 4) {
    for (let j = i & ~7; j < <usize>factors; j += 8) addTile(panel, rows, stride, i, j, target, 1)
  }
}

/** out = weight · gramian + regularization · I */
export function addRidge(gramian: usize, factors: i32, weight: f32, regularization: f32, out: usize): void {
  const stride = <usize>factors << 2
  const end = stride * factors
  const lanes = f32x4.splat(weight)
  for (let at: usize = 0; at < end; at += 16) {
    v128.store(out + at, f32x4.mul(lanes, v128.load(gramian + at)))
  }
  for (let at = out; at < out + end; at += stride + 4) store<f32>(at, load<f32>(at) + regularization)
}
