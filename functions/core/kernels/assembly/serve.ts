import { factorize, solve } from './cholesky'
import { addOuterProducts, addRidge, PANEL_ROWS } from './symmetric'

export { blendBest, blendScores, farthestFromZero, partsOfBest } from './blend'
export { scoreContent } from './content'
export { blendBestReaching, scanReaching } from './reach'
export { scan } from './scan'

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
