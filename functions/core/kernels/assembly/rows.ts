/**
 * Rows of f32, four at a time: sharing the loads of x among four rows keeps the multipliers busy rather
 * than the load ports. `begin` and `end` are byte offsets within the rows, multiples of 32 (8 floats).
 */

/** a·b + c; fused, and so twice as fast, where the build allows what relaxed SIMD leaves to the machine. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c)
  return f32x4.add(c, f32x4.mul(a, b))
}

/** (Σa, Σb, Σc, Σd): a 4 × 4 transpose by shuffles, then adds. */
// @ts-ignore: decorator
@inline
export function laneSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7))
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7))
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7))
}

// @ts-ignore: decorator
@inline
export function laneSum(a: v128): f32 {
  const pairs = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1))
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1)
}

/** (y0ᵀx, y1ᵀx, y2ᵀx, y3ᵀx); two accumulators a row hide the latency of the adds. */
export function dotFour(y0: usize, y1: usize, y2: usize, y3: usize, x: usize, begin: usize, end: usize): v128 {
  let a0 = f32x4.splat(0)
  let a1 = a0
  let a2 = a0
  let a3 = a0
  let b0 = a0
  let b1 = a0
  let b2 = a0
  let b3 = a0
  for (let at = begin; at < end; at += 32) {
    const xa = v128.load(x + at)
    const xb = v128.load(x + at, 16)
    a0 = multiplyAdd(v128.load(y0 + at), xa, a0)
    b0 = multiplyAdd(v128.load(y0 + at, 16), xb, b0)
    a1 = multiplyAdd(v128.load(y1 + at), xa, a1)
    b1 = multiplyAdd(v128.load(y1 + at, 16), xb, b1)
    a2 = multiplyAdd(v128.load(y2 + at), xa, a2)
    b2 = multiplyAdd(v128.load(y2 + at, 16), xb, b2)
    a3 = multiplyAdd(v128.load(y3 + at), xa, a3)
    b3 = multiplyAdd(v128.load(y3 + at, 16), xb, b3)
  }
  return laneSums(f32x4.add(a0, b0), f32x4.add(a1, b1), f32x4.add(a2, b2), f32x4.add(a3, b3))
}

/** out += c0·y0 + c1·y1 + c2·y2 + c3·y3, where (c0, c1, c2, c3) are the lanes of `coefficients`. */
export function addFour(
  out: usize,
  y0: usize,
  y1: usize,
  y2: usize,
  y3: usize,
  coefficients: v128,
  begin: usize,
  end: usize,
): void {
  const c0 = v128.shuffle<f32>(coefficients, coefficients, 0, 0, 0, 0)
  const c1 = v128.shuffle<f32>(coefficients, coefficients, 1, 1, 1, 1)
  const c2 = v128.shuffle<f32>(coefficients, coefficients, 2, 2, 2, 2)
  const c3 = v128.shuffle<f32>(coefficients, coefficients, 3, 3, 3, 3)
  for (let at = begin; at < end; at += 16) {
    const first = multiplyAdd(c1, v128.load(y1 + at), f32x4.mul(c0, v128.load(y0 + at)))
    const second = multiplyAdd(c2, v128.load(y2 + at), multiplyAdd(c3, v128.load(y3 + at), v128.load(out + at)))
    v128.store(out + at, f32x4.add(first, second))
  }
}

export function dot(y: usize, x: usize, end: usize): f32 {
  let a = f32x4.splat(0)
  let b = a
  for (let at: usize = 0; at < end; at += 32) {
    a = multiplyAdd(v128.load(y + at), v128.load(x + at), a)
    b = multiplyAdd(v128.load(y + at, 16), v128.load(x + at, 16), b)
  }
  return laneSum(f32x4.add(a, b))
}

/** out += c·y */
export function add(out: usize, y: usize, c: f32, end: usize): void {
  const lanes = f32x4.splat(c)
  for (let at: usize = 0; at < end; at += 16) {
    v128.store(out + at, multiplyAdd(lanes, v128.load(y + at), v128.load(out + at)))
  }
}

/** out = y + c·out */
export function addTo(out: usize, y: usize, c: f32, end: usize): void {
  const lanes = f32x4.splat(c)
  for (let at: usize = 0; at < end; at += 16) {
    v128.store(out + at, multiplyAdd(lanes, v128.load(out + at), v128.load(y + at)))
  }
}
