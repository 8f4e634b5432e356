/** Products of int8 rows with an int16 vector; kernels/serve.ts says what they are for. Arguments are addresses and counts. */

/**
 * Of several vectors, while the rows are near: out[itemOf[p]] = (Σ_k rows[p][k] · query[k]) · multipliers[p] · scale, p being
 * places of rows.
 * @param queries int16, count × factors; @param scales count f32; @param outs addresses (u32) of one a vector
 * @param numRows rounded up to a multiple of 4: all blocks have room for it
 */
export function scan(
  queries: usize,
  scales: usize,
  outs: usize,
  count: i32,
  rows: usize,
  multipliers: usize,
  itemOf: usize,
  numRows: i32,
  factors: i32,
): void {
  const width = <usize>factors
  for (let place: usize = 0; place < <usize>numRows; place += 4)
    for (let at: usize = 0; at < <usize>count << 2; at += 4) {
      const query = queries + ((at >> 1) * width)
      const four = scoresOfFour(query, rows, multipliers, place, width, load<f32>(scales + at))
      putFour(four, itemOf + (place << 2), <usize>load<u32>(outs + at))
    }
}

/**
 * Of four rows, which share the loads of the query. The sums are exact 32-bit integers: at most
 * 512 · 128 · 32767 = 2 147 418 112 < 2³¹.
 */
// @ts-ignore: decorator
@inline
export function scoresOfFour(
  query: usize,
  rows: usize,
  multipliers: usize,
  place: usize,
  factors: usize,
  scale: f32,
): v128 {
  const r0 = rows + place * factors
  const r1 = r0 + factors
  const r2 = r1 + factors
  const r3 = r2 + factors
  let a0 = i32x4.splat(0)
  let a1 = a0
  let a2 = a0
  let a3 = a0
  for (let k: usize = 0; k < factors; k += 8) {
    const q = v128.load(query + (k << 1))
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load8x8_s(r0 + k), q))
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load8x8_s(r1 + k), q))
    a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v128.load8x8_s(r2 + k), q))
    a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v128.load8x8_s(r3 + k), q))
  }
  const a01 = i32x4.add(v128.shuffle<i32>(a0, a1, 0, 1, 4, 5), v128.shuffle<i32>(a0, a1, 2, 3, 6, 7))
  const a23 = i32x4.add(v128.shuffle<i32>(a2, a3, 0, 1, 4, 5), v128.shuffle<i32>(a2, a3, 2, 3, 6, 7))
  const sums = i32x4.add(v128.shuffle<i32>(a01, a23, 0, 2, 4, 6), v128.shuffle<i32>(a01, a23, 1, 3, 5, 7))
  const scaled = f32x4.mul(f32x4.convert_i32x4_s(sums), v128.load(multipliers + (place << 2)))
  return f32x4.mul(f32x4.splat(scale), scaled)
}

/** @param items addresses of four u32 */
// @ts-ignore: decorator
@inline
export function putFour(scores: v128, items: usize, out: usize): void {
  store<f32>(out + (<usize>load<u32>(items) << 2), f32x4.extract_lane(scores, 0))
  store<f32>(out + (<usize>load<u32>(items, 4) << 2), f32x4.extract_lane(scores, 1))
  store<f32>(out + (<usize>load<u32>(items, 8) << 2), f32x4.extract_lane(scores, 2))
  store<f32>(out + (<usize>load<u32>(items, 12) << 2), f32x4.extract_lane(scores, 3))
}

/** Of one row; the same number. */
export function scoreOf(
  query: usize,
  rows: usize,
  multipliers: usize,
  place: usize,
  factors: usize,
  scale: f32,
): f32 {
  const row = rows + place * factors
  let a = i32x4.splat(0)
  for (let k: usize = 0; k < factors; k += 8)
    a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load8x8_s(row + k), v128.load(query + (k << 1))))
  a = i32x4.add(a, v128.shuffle<i32>(a, a, 2, 3, 0, 1))
  const sum = i32x4.extract_lane(a, 0) + i32x4.extract_lane(a, 1)
  return scale * (<f32>sum * load<f32>(multipliers + (place << 2)))
}
