/** Blend rows of scores and keep the best, in one pass; kernels/serve.ts says what they compute. Arguments are addresses and counts. */

/**
 * Of each row the largest |score| of an item whose byte in `blocked` is 0.
 * @param rows addresses (u32) of f32 rows; @param numItems a multiple of 16; @param out an f32 a row
 */
export function farthestFromZero(rows: usize, count: i32, blocked: usize, numItems: i32, out: usize): void {
  for (let r: usize = 0; r < <usize>count << 2; r += 4) {
    const row = <usize>load<u32>(rows + r)
    let a = f32x4.splat(0)
    let b = a
    for (let i: usize = 0; i < <usize>numItems; i += 16) {
      const at = row + (i << 2)
      const flags = v128.load(blocked + i)
      if (!v128.any_true(flags)) {
        a = f32x4.max(a, f32x4.max(f32x4.abs(v128.load(at)), f32x4.abs(v128.load(at, 16))))
        b = f32x4.max(b, f32x4.max(f32x4.abs(v128.load(at, 32)), f32x4.abs(v128.load(at, 48))))
        continue
      }
      for (let four: usize = 0; four < 16; four += 4) a = f32x4.max(a, allowedSizes(at + (four << 2), blocked + i + four))
    }
    a = f32x4.max(a, b)
    a = f32x4.max(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1))
    store<f32>(out + r, max(f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1)))
  }
}

/** |score| of four items, 0 of the blocked ones. */
// @ts-ignore: decorator
@inline
function allowedSizes(scores: usize, blocked: usize): v128 {
  const flags = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(blocked)))
  return v128.and(f32x4.abs(v128.load(scores)), i32x4.eq(flags, i32x4.splat(0)))
}

/**
 * The k largest Σ_r scales[r] · rows[r][i] of the items that are not blocked, summed in f64 in the order of the rows: the
 * numbers of a plain loop. As a heap with its worst on top, of `heapScores` (f64) and `heapItems` (u32). Once it is full,
 * sixteen items at a time are passed over whose sums in f32 stay below the worst by more than these may be off.
 * @param rows addresses (u32) of f32 rows; @param numItems a multiple of 16
 * @param margin what a sum in f32 may differ by
 * @returns how many there are
 */
export function blendBest(
  rows: usize,
  scales: usize,
  count: i32,
  blocked: usize,
  numItems: i32,
  k: i32,
  margin: f64,
  heapScores: usize,
  heapItems: usize,
): i32 {
  let size = 0
  for (let i: usize = 0; i < <usize>numItems; i += 16) {
    if (size === k && !mayReach(rows, scales, count, i, <f32>(load<f64>(heapScores) - margin))) continue
    for (let four = i; four < i + 16; four += 4)
      size = offerFour(rows, scales, count, blocked, four, size, k, heapScores, heapItems)
  }
  return size
}

/** Whether the sum in f32 of one of sixteen items is not below `least`. */
// @ts-ignore: decorator
@inline
function mayReach(rows: usize, scales: usize, count: i32, first: usize, least: f32): bool {
  return reaching(rows, scales, count, first, least) !== 0
}

/** A bit for each of sixteen items: whether its sum in f32 is not below `least`. */
// @ts-ignore: decorator
@inline
export function reaching(rows: usize, scales: usize, count: i32, first: usize, least: f32): u32 {
  let a = f32x4.splat(0)
  let b = a
  let c = a
  let d = a
  for (let r: usize = 0; r < <usize>count; r++) {
    const scale = f32x4.splat(<f32>load<f64>(scales + (r << 3)))
    const at = <usize>load<u32>(rows + (r << 2)) + (first << 2)
    a = f32x4.add(a, f32x4.mul(scale, v128.load(at)))
    b = f32x4.add(b, f32x4.mul(scale, v128.load(at, 16)))
    c = f32x4.add(c, f32x4.mul(scale, v128.load(at, 32)))
    d = f32x4.add(d, f32x4.mul(scale, v128.load(at, 48)))
  }
  const lanes = f32x4.splat(least)
  const low = v128.and(f32x4.lt(a, lanes), f32x4.lt(b, lanes))
  const high = v128.and(f32x4.lt(c, lanes), f32x4.lt(d, lanes))
  // mostly none
  if (i32x4.all_true(v128.and(low, high))) return 0
  const below = <u32>i32x4.bitmask(f32x4.lt(a, lanes)) |
    (<u32>i32x4.bitmask(f32x4.lt(b, lanes)) << 4) |
    (<u32>i32x4.bitmask(f32x4.lt(c, lanes)) << 8) |
    (<u32>i32x4.bitmask(f32x4.lt(d, lanes)) << 12)
  return ~below & 0xffff
}

/**
 * Σ_r scales[r] · rows[r][i] of every item, in f64 in the order of the rows; NaN where blocked.
 * @param rows addresses (u32) of f32 rows; @param numItems a multiple of 4; @param out an f64 an item
 */
export function blendScores(
  rows: usize,
  scales: usize,
  count: i32,
  blocked: usize,
  numItems: i32,
  out: usize,
): void {
  for (let i: usize = 0; i < <usize>numItems; i += 4) {
    let low = f64x2.splat(0)
    let high = low
    for (let r: usize = 0; r < <usize>count; r++) {
      const scale = v128.load64_splat(scales + (r << 3))
      const four = v128.load(<usize>load<u32>(rows + (r << 2)) + (i << 2))
      low = f64x2.add(low, f64x2.mul(scale, f64x2.promote_low_f32x4(four)))
      high = f64x2.add(high, f64x2.mul(scale, f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 0, 1))))
    }
    v128.store(out + (i << 3), low)
    v128.store(out + (i << 3), high, 16)
    if (load<u32>(blocked + i) === 0) continue
    for (let at = i; at < i + 4; at++) if (load<u8>(blocked + at)) store<f64>(out + (at << 3), NaN)
  }
}

/** Scores in parts of the largest, in their place; 0 for those below 0 and for NaN. @param numItems a multiple of 4 */
export function partsOfBest(scores: usize, numItems: i32): void {
  const end = scores + (<usize>numItems << 3)
  const zero = f64x2.splat(0)
  let a = zero
  let b = zero
  // pmax(a, b) is a where b is NaN
  for (let at = scores; at < end; at += 32) {
    a = f64x2.pmax(a, v128.load(at))
    b = f64x2.pmax(b, v128.load(at, 16))
  }
  a = f64x2.pmax(a, b)
  const best = max(f64x2.extract_lane(a, 0), f64x2.extract_lane(a, 1))
  const divisor = f64x2.splat(best > 0 ? best : 1)
  for (let at = scores; at < end; at += 16) v128.store(at, f64x2.div(f64x2.pmax(zero, v128.load(at)), divisor))
}

function offerFour(
  rows: usize,
  scales: usize,
  count: i32,
  blocked: usize,
  first: usize,
  before: i32,
  k: i32,
  heapScores: usize,
  heapItems: usize,
): i32 {
  let low = f64x2.splat(0)
  let high = low
  for (let r: usize = 0; r < <usize>count; r++) {
    const scale = v128.load64_splat(scales + (r << 3))
    const four = v128.load(<usize>load<u32>(rows + (r << 2)) + (first << 2))
    low = f64x2.add(low, f64x2.mul(scale, f64x2.promote_low_f32x4(four)))
    high = f64x2.add(high, f64x2.mul(scale, f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 0, 1))))
  }
  const flags = load<u32>(blocked + first)
  const item = <u32>first
  let size = before
  if (!(flags & 0xff)) size = offer(f64x2.extract_lane(low, 0), item, size, k, heapScores, heapItems)
  if (!(flags & 0xff00)) size = offer(f64x2.extract_lane(low, 1), item + 1, size, k, heapScores, heapItems)
  if (!(flags & 0xff0000)) size = offer(f64x2.extract_lane(high, 0), item + 2, size, k, heapScores, heapItems)
  if (!(flags & 0xff000000)) size = offer(f64x2.extract_lane(high, 1), item + 3, size, k, heapScores, heapItems)
  return size
}

/** Into a heap of the k best: of equal scores the lower item. */
export function offer(score: f64, item: u32, size: i32, k: i32, scores: usize, items: usize): i32 {
  if (size < k) {
    let slot = <usize>size
    while (slot > 0) {
      const parent = (slot - 1) >> 1
      if (!isWorse(score, item, load<f64>(scores + (parent << 3)), load<u32>(items + (parent << 2)))) break
      move(parent, slot, scores, items)
      slot = parent
    }
    put(score, item, slot, scores, items)
    return size + 1
  }
  if (!isWorse(load<f64>(scores), load<u32>(items), score, item)) return size
  let slot: usize = 0
  for (;;) {
    let child: usize = (slot << 1) + 1
    if (child >= <usize>size) break
    if (child + 1 < <usize>size && isWorseAt(child + 1, child, scores, items)) child++
    if (!isWorse(load<f64>(scores + (child << 3)), load<u32>(items + (child << 2)), score, item)) break
    move(child, slot, scores, items)
    slot = child
  }
  put(score, item, slot, scores, items)
  return size
}

// @ts-ignore: decorator
@inline
function isWorse(scoreA: f64, itemA: u32, scoreB: f64, itemB: u32): bool {
  return scoreA < scoreB || (scoreA === scoreB && itemA > itemB)
}

function isWorseAt(a: usize, b: usize, scores: usize, items: usize): bool {
  return isWorse(
    load<f64>(scores + (a << 3)),
    load<u32>(items + (a << 2)),
    load<f64>(scores + (b << 3)),
    load<u32>(items + (b << 2)),
  )
}

function move(from: usize, to: usize, scores: usize, items: usize): void {
  put(load<f64>(scores + (from << 3)), load<u32>(items + (from << 2)), to, scores, items)
}

// @ts-ignore: decorator
@inline
function put(score: f64, item: u32, slot: usize, scores: usize, items: usize): void {
  store<f64>(scores + (slot << 3), score)
  store<u32>(items + (slot << 2), item)
}
