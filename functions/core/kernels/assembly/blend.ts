/** Blend rows of scores and keep the best, in one pass; kernels/serve.ts says what they compute. Arguments are addresses and counts. */

/** Largest |score| of an item whose byte in `blocked` is 0. @param numItems a multiple of 4 */
export function farthestFromZero(scores: usize, blocked: usize, numItems: i32): f32 {
  let farthest = f32x4.splat(0)
  for (let i: usize = 0; i < <usize>numItems; i += 4) {
    const flags = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(blocked + i)))
    const sizes = v128.and(f32x4.abs(v128.load(scores + (i << 2))), i32x4.eq(flags, i32x4.splat(0)))
    farthest = f32x4.max(farthest, sizes)
  }
  farthest = f32x4.max(farthest, v128.shuffle<f32>(farthest, farthest, 2, 3, 0, 1))
  return max(f32x4.extract_lane(farthest, 0), f32x4.extract_lane(farthest, 1))
}

/**
 * The k largest Σ_r scales[r] · rows[r][i] of the items that are not blocked, summed in f64 in the order of the rows: the
 * numbers of a plain loop. As a heap with its worst on top, of `heapScores` (f64) and `heapItems` (u32).
 * @param rows addresses (u32) of f32 rows; @param numItems a multiple of 4
 * @returns how many there are
 */
export function blendBest(
  rows: usize,
  scales: usize,
  count: i32,
  blocked: usize,
  numItems: i32,
  k: i32,
  heapScores: usize,
  heapItems: usize,
): i32 {
  let size = 0
  for (let i: usize = 0; i < <usize>numItems; i += 4) {
    let low = f64x2.splat(0)
    let high = low
    for (let r: usize = 0; r < <usize>count; r++) {
      const scale = v128.load64_splat(scales + (r << 3))
      const four = v128.load(<usize>load<u32>(rows + (r << 2)) + (i << 2))
      low = f64x2.add(low, f64x2.mul(scale, f64x2.promote_low_f32x4(four)))
      high = f64x2.add(high, f64x2.mul(scale, f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 0, 1))))
    }
    if (size === k) {
      const least = v128.load64_splat(heapScores)
      if (!v128.any_true(v128.or(f64x2.gt(low, least), f64x2.gt(high, least)))) continue
    }
    const flags = load<u32>(blocked + i)
    const item = <u32>i
    if (!(flags & 0xff)) size = offer(f64x2.extract_lane(low, 0), item, size, k, heapScores, heapItems)
    if (!(flags & 0xff00)) size = offer(f64x2.extract_lane(low, 1), item + 1, size, k, heapScores, heapItems)
    if (!(flags & 0xff0000)) size = offer(f64x2.extract_lane(high, 0), item + 2, size, k, heapScores, heapItems)
    if (!(flags & 0xff000000)) size = offer(f64x2.extract_lane(high, 1), item + 3, size, k, heapScores, heapItems)
  }
  return size
}

/** Items come in their order: one of an equal score never replaces an earlier one. */
function offer(score: f64, item: u32, size: i32, k: i32, scores: usize, items: usize): i32 {
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
  if (!(score > load<f64>(scores))) return size
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
