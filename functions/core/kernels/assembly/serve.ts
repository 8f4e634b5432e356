import { factorize, solve } from './cholesky'
import { addOuterProducts, addRidge, PANEL_ROWS } from './symmetric'

export { blendBest, farthestFromZero } from './blend'
export { scoreContent } from './content'

/** Fold-in, explanations and scans over int8 item factors; kernels/serve.ts says what they compute. Arguments are addresses and counts. */

// @ts-ignore: decorator
@inline
function widenFour(at: usize): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(at))))
}

/**
 * Solve (weight · gramian + Σ w y yᵀ + regularization · I) x = Σ w y; the Cholesky factor stays in `system`.
 * @param panel PANEL_ROWS × factors floats
 * @returns −1, or the first pivot that is not above 0
 */
export function foldIn(
  liked: usize,
  weights: usize,
  count: i32,
  items: usize,
  scales: usize,
  gramian: usize,
  factors: i32,
  unobservedWeight: f32,
  regularization: f32,
  system: usize,
  panel: usize,
  x: usize,
): i32 {
  const stride = <usize>factors << 2
  addRidge(gramian, factors, unobservedWeight, regularization, system)
  memory.fill(x, 0, stride)
  for (let done = 0; done < count; ) {
    let rows = 0
    for (; rows < PANEL_ROWS && done < count; rows++, done++) {
      const item = <usize>load<u32>(liked + (<usize>done << 2))
      const root = sqrt<f32>(load<f32>(weights + (<usize>done << 2)))
      const scale = f32x4.splat(root * load<f32>(scales + (item << 2)))
      const lift = f32x4.splat(root)
      const from = items + item * factors
      const to = panel + <usize>rows * stride
      for (let at: usize = 0; at < stride; at += 16) {
        // √w·y in the panel, so that its outer product carries w; √w times it once more on the right-hand side
        const lanes = f32x4.mul(scale, widenFour(from + (at >> 2)))
        v128.store(to + at, lanes)
        v128.store(x + at, f32x4.add(v128.load(x + at), f32x4.mul(lift, lanes)))
      }
    }
    addOuterProducts(panel, rows, factors, system)
  }
  const failed = factorize(system, factors)
  if (failed < 0) solve(system, factors, x)
  return failed
}

/** out[j] = w_j · y_iᵀ A⁻¹ y_j for each liked j, with A's factor in `system`; one solve, then dots. */
export function contributions(
  item: i32,
  liked: usize,
  weights: usize,
  count: i32,
  items: usize,
  scales: usize,
  factors: i32,
  system: usize,
  v: usize,
  out: usize,
): void {
  const stride = <usize>factors << 2
  const scale = f32x4.splat(load<f32>(scales + (<usize>item << 2)))
  const row = items + <usize>item * factors
  for (let at: usize = 0; at < stride; at += 16) v128.store(v + at, f32x4.mul(scale, widenFour(row + (at >> 2))))
  solve(system, factors, v)
  for (let j: usize = 0; j < <usize>count << 2; j += 4) {
    const other = <usize>load<u32>(liked + j)
    const from = items + other * factors
    let a = f32x4.splat(0)
    let b = a
    for (let at: usize = 0; at < stride; at += 32) {
      a = f32x4.add(a, f32x4.mul(widenFour(from + (at >> 2)), v128.load(v + at)))
      b = f32x4.add(b, f32x4.mul(widenFour(from + (at >> 2) + 4), v128.load(v + at, 16)))
    }
    a = f32x4.add(a, b)
    a = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1))
    const sum = f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1)
    store<f32>(out + j, load<f32>(weights + j) * load<f32>(scales + (other << 2)) * sum)
  }
}

/**
 * out[i] = (Σ_k items[i][k] · query[k]) · multipliers[i] · scale; the sum in exact 32-bit integers: at most
 * 512 · 128 · 32767 = 2 147 418 112 < 2³¹. Four items share the loads of the query and one store.
 * @param query int16 × factors; @param numItems rounded up to a multiple of 4: all blocks have room for it
 */
export function scan(
  query: usize,
  items: usize,
  multipliers: usize,
  numItems: i32,
  factors: i32,
  scale: f32,
  out: usize,
): void {
  const lanes = f32x4.splat(scale)
  const width = <usize>factors
  for (let i: usize = 0; i < <usize>numItems; i += 4) {
    const r0 = items + i * width
    const r1 = r0 + width
    const r2 = r1 + width
    const r3 = r2 + width
    let a0 = i32x4.splat(0)
    let a1 = a0
    let a2 = a0
    let a3 = a0
    for (let k: usize = 0; k < width; k += 8) {
      const q = v128.load(query + (k << 1))
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load8x8_s(r0 + k), q))
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load8x8_s(r1 + k), q))
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v128.load8x8_s(r2 + k), q))
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v128.load8x8_s(r3 + k), q))
    }
    const a01 = i32x4.add(v128.shuffle<i32>(a0, a1, 0, 1, 4, 5), v128.shuffle<i32>(a0, a1, 2, 3, 6, 7))
    const a23 = i32x4.add(v128.shuffle<i32>(a2, a3, 0, 1, 4, 5), v128.shuffle<i32>(a2, a3, 2, 3, 6, 7))
    const sums = i32x4.add(v128.shuffle<i32>(a01, a23, 0, 2, 4, 6), v128.shuffle<i32>(a01, a23, 1, 3, 5, 7))
    const scaled = f32x4.mul(f32x4.convert_i32x4_s(sums), v128.load(multipliers + (i << 2)))
    v128.store(out + (i << 2), f32x4.mul(lanes, scaled))
  }
}
