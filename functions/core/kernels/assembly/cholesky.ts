import { addTile } from './symmetric'

/**
 * A = UᵀU of a symmetric positive definite matrix, in f32. U is upper triangular and row-major, so that every
 * inner loop runs along a row. `factors` is a multiple of 8.
 */

/**
 * In place; reads and writes the upper triangle, leaves rubbish below it. Left-looking in blocks of four rows:
 * what the rows above explain is taken off by the same tiles that sum outer products.
 * @returns −1, or the first pivot that is not above 0
 */
export function factorize(a: usize, factors: i32): i32 {
  const stride = <usize>factors << 2
  for (let block = 0; block < factors; block += 4) {
    for (let j = block & ~7; j < factors; j += 8) addTile(a, block, stride, block, j, a, -1)
    const from = <usize>block << 2
    for (let k = block; k < block + 4; k++) {
      const row = a + <usize>k * stride
      const pivot = load<f32>(row + (<usize>k << 2))
      if (!(pivot > 0)) return k
      const scale = f32x4.splat(<f32>1 / sqrt<f32>(pivot))
      for (let at = from; at < stride; at += 16) v128.store(row + at, f32x4.mul(scale, v128.load(row + at)))
      for (let below = k + 1; below < block + 4; below++) {
        const target = a + <usize>below * stride
        const share = v128.load32_splat(row + (<usize>below << 2))
        for (let at = from; at < stride; at += 16) {
          v128.store(target + at, f32x4.sub(v128.load(target + at), f32x4.mul(share, v128.load(row + at))))
        }
      }
    }
  }
  return -1
}

/** Solve UᵀU x = b in place of b. */
export function solve(u: usize, factors: i32, b: usize): void {
  const stride = <usize>factors << 2
  // Uᵀz = b: each z[k] is taken off all later ones along row k
  for (let k: usize = 0; k < stride; k += 4) {
    const row = u + k * factors
    const z = load<f32>(b + k) / load<f32>(row + k)
    store<f32>(b + k, z)
    let at = k + 4
    for (; at & 15; at += 4) store<f32>(b + at, load<f32>(b + at) - z * load<f32>(row + at))
    const lanes = f32x4.splat(z)
    for (; at < stride; at += 16) {
      v128.store(b + at, f32x4.sub(v128.load(b + at), f32x4.mul(lanes, v128.load(row + at))))
    }
  }
  // Ux = z, from the last row up
  for (let k = stride; k > 0; ) {
    k -= 4
    const row = u + k * factors
    let at = k + 4
    let sum = load<f32>(b + k)
    for (; at & 15; at += 4) sum -= load<f32>(row + at) * load<f32>(b + at)
    let lanes = f32x4.splat(0)
    for (; at < stride; at += 16) lanes = f32x4.add(lanes, f32x4.mul(v128.load(row + at), v128.load(b + at)))
    const pairs = f32x4.add(lanes, v128.shuffle<f32>(lanes, lanes, 2, 3, 0, 1))
    sum -= f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1)
    store<f32>(b + k, sum / load<f32>(row + k))
  }
}

/**
 * A x = b by `factorize` and `solve`, the first `count` numbers of x put into `out`, or zeros where A is not positive definite
 * in f32; A and b are rubbish afterwards.
 * @returns how many systems failed, 0 or 1
 */
export function solveInto(a: usize, factors: i32, b: usize, count: i32, out: usize): i32 {
  if (factorize(a, factors) >= 0) {
    memory.fill(out, 0, <usize>count << 2)
    return 1
  }
  solve(a, factors, b)
  memory.copy(out, b, <usize>count << 2)
  return 0
}

/** V = U⁻ᵀ (lower triangular), row by row; also clears what lies below U's diagonal. */
export function invertTransposed(u: usize, factors: i32, v: usize): void {
  const stride = <usize>factors << 2
  memory.fill(v, 0, stride * factors)
  for (let k: usize = 0; k < stride; k += 4) {
    const row = v + k * factors
    const end = (k + 16) & ~15
    // v_k = (e_k − Σ_{m<k} U[m][k] v_m) / U[k][k]
    store<f32>(row + k, 1)
    for (let m: usize = 0; m < k; m += 4) {
      const share = v128.load32_splat(u + m * factors + k)
      const other = v + m * factors
      for (let at: usize = 0; at < end; at += 16) {
        v128.store(row + at, f32x4.sub(v128.load(row + at), f32x4.mul(share, v128.load(other + at))))
      }
    }
    const scale = f32x4.splat(<f32>1 / load<f32>(u + k * factors + k))
    for (let at: usize = 0; at < end; at += 16) v128.store(row + at, f32x4.mul(scale, v128.load(row + at)))
    memory.fill(u + k * factors, 0, k)
  }
}
