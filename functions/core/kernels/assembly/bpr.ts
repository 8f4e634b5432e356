import { mixed, STEP } from './random'
import { laneSum, multiplyAdd } from './rows'

/**
 * Bayesian personalized ranking by stochastic gradients over cells (user block, item block) of the likes, on shared
 * memory; kernels/train/bpr.ts says what is learned, and in which order. A pair is (user, place of the item), two u32.
 * An argument whose name is not that of a count or a number is an address.
 */

/** Draws until one is not liked; a user who likes all of a block passes it by. */
const MAX_DRAWS: i32 = 16

/** Scores beyond ±30 are as good as certain: the gradient is below 10⁻¹³, and products of the chances stay above 0. */
const SCORE_LIMIT: f32 = 30

/** Pairs whose chances are multiplied before the one logarithm: e^(−30 · 16) is a common f64. */
const PAIRS_PER_LOG: u32 = 16

/** A whole number in [0, count) of 32 random bits. */
// @ts-ignore: decorator
@inline
function below(count: u32, bits: u32): u32 {
  return <u32>((<u64>bits * <u64>count) >> 32)
}

/** For user blocks begin ≤ b < end: their likes as pairs, by item block, shuffled within each. */
export function arrangePairs(
  begin: i32,
  end: i32,
  _scratch: usize,
  seed: u32,
  blocks: u32,
  userStarts: usize,
  indptr: usize,
  indices: usize,
  blockOfItem: usize,
  placeOfItem: usize,
  cellStarts: usize,
  pairs: usize,
): void {
  for (let block: u32 = begin; block < <u32>end; block++) {
    const firstUser = load<u32>(userStarts + (<usize>block << 2))
    const lastUser = load<u32>(userStarts + (<usize>block << 2), 4)
    const first = load<u32>(indptr + (<usize>firstUser << 2))
    const last = load<u32>(indptr + (<usize>lastUser << 2))
    // starts[c + 2] counts cell c, then starts[c + 1] is where its next pair goes, at last where it ends
    const starts = cellStarts + <usize>block * (blocks + 2) * 4
    memory.fill(starts, 0, <usize>(blocks + 2) << 2)
    for (let at = first; at < last; at++) {
      const count = starts + (<usize>cellOf(at, indices, blockOfItem) << 2)
      store<u32>(count, load<u32>(count, 8) + 1, 8)
    }
    store<u32>(starts, first)
    store<u32>(starts, first, 4)
    for (let cell: u32 = 2; cell < blocks + 2; cell++) {
      const sum = starts + (<usize>cell << 2)
      store<u32>(sum, load<u32>(sum) + load<u32>(sum - 4))
    }
    for (let user = firstUser; user < lastUser; user++) {
      const end = load<u32>(indptr + (<usize>user << 2), 4)
      for (let at = load<u32>(indptr + (<usize>user << 2)); at < end; at++) {
        const next = starts + (<usize>cellOf(at, indices, blockOfItem) << 2)
        const to = load<u32>(next, 4)
        store<u32>(next, to + 1, 4)
        const place = load<u32>(placeOfItem + (<usize>load<u32>(indices + (<usize>at << 2)) << 2))
        store<u64>(pairs + (<usize>to << 3), (<u64>place << 32) | <u64>user)
      }
    }
    for (let cell: u32 = 0; cell < blocks; cell++) {
      const from = load<u32>(starts + (<usize>cell << 2))
      shuffle(
        pairs + (<usize>from << 3),
        load<u32>(starts + (<usize>cell << 2), 4) - from,
        mixed(seed + (block * blocks + cell) * STEP),
      )
    }
  }
}

// @ts-ignore: decorator
@inline
function cellOf(at: u32, indices: usize, blockOfItem: usize): u32 {
  return load<u32>(blockOfItem + (<usize>load<u32>(indices + (<usize>at << 2)) << 2))
}

/** Fisher–Yates */
function shuffle(pairs: usize, count: u32, seed: u32): void {
  for (let left = count; left > 1; left--) {
    seed += STEP
    const a = pairs + (<usize>below(left, mixed(seed)) << 3)
    const b = pairs + (<usize>(left - 1) << 3)
    const kept = load<u64>(a)
    store<u64>(a, load<u64>(b))
    store<u64>(b, kept)
  }
}

/**
 * One gradient step for each pair of the cells (b, (b + round) mod blocks), begin ≤ b < end.
 * @param scratch a bit for each user and item of the largest cell
 * @param byPopularity not 0: negatives are items of random pairs of the cell, else uniform over the item block
 * @param trained u32, one a user block: how many pairs found a negative
 * @returns Σ −ln σ(x) over the pairs, each before its step
 */
export function learnPairs(
  begin: i32,
  end: i32,
  scratch: usize,
  round: u32,
  seed: u32,
  blocks: u32,
  cellStarts: usize,
  pairs: usize,
  byPopularity: i32,
  itemOrder: usize,
  itemStarts: usize,
  userStarts: usize,
  users: usize,
  items: usize,
  factors: i32,
  rate: f32,
  regularization: f32,
  trained: usize,
): f64 {
  const stride = <usize>factors << 2
  const keep = v128.splat<f32>(1 - rate * regularization)
  let loss: f64 = 0
  for (let block: u32 = begin; block < <u32>end; block++) {
    const cell = (block + round) % blocks
    const starts = cellStarts + <usize>(block * (blocks + 2) + cell) * 4
    const first = pairs + (<usize>load<u32>(starts) << 3)
    const last = pairs + (<usize>load<u32>(starts, 4) << 3)
    const firstUser = load<u32>(userStarts + (<usize>block << 2))
    const lastUser = load<u32>(userStarts + (<usize>block << 2), 4)
    const firstPlace = load<u32>(itemStarts + (<usize>cell << 2))
    const width = load<u32>(itemStarts + (<usize>cell << 2), 4) - firstPlace
    const candidates = byPopularity ? <u32>((last - first) >> 3) : width
    // what the block's users like of the block's items
    memory.fill(scratch, 0, (<usize>(lastUser - firstUser) * width + 7) >> 3)
    for (let pair = first; pair < last; pair += 8) {
      const bit = (load<u32>(pair) - firstUser) * width + (load<u32>(pair, 4) - firstPlace)
      const byte = scratch + (<usize>bit >> 3)
      store<u8>(byte, load<u8>(byte) | ((<u8>1) << <u8>(bit & 7)))
    }

    let state = mixed(seed + (block * blocks + cell) * STEP)
    let count: u32 = 0
    let chance: f64 = 1
    for (let pair = first; pair < last; pair += 8) {
      const user = load<u32>(pair)
      const own = (user - firstUser) * width
      let rival: u32 = 0
      let draws = 0
      do {
        state += STEP
        const drawn = below(candidates, mixed(state))
        rival = byPopularity ? load<u32>(first + (<usize>drawn << 3), 4) - firstPlace : drawn
      } while (isSet(scratch, own + rival) && ++draws < MAX_DRAWS)
      if (draws == MAX_DRAWS) continue

      const x = users + <usize>user * stride
      const yi = items + <usize>load<u32>(itemOrder + (<usize>load<u32>(pair, 4) << 2)) * stride
      const yj = items + <usize>load<u32>(itemOrder + (<usize>(firstPlace + rival) << 2)) * stride
      const score = min(max(difference(x, yi, yj, stride), -SCORE_LIMIT), SCORE_LIMIT)
      const odds = Mathf.exp(score)
      const missed: f32 = 1 / (1 + odds)
      step(x, yi, yj, stride, keep, v128.splat<f32>(rate * missed))
      chance *= <f64>(odds * missed)
      if (++count % PAIRS_PER_LOG == 0) {
        loss -= Math.log(chance)
        chance = 1
      }
    }
    loss -= Math.log(chance)
    store<u32>(trained + (<usize>block << 2), count)
  }
  return loss
}

// @ts-ignore: decorator
@inline
function isSet(bits: usize, bit: u32): bool {
  return ((load<u8>(bits + (<usize>bit >> 3)) >> <u8>(bit & 7)) & 1) != 0
}

/** xᵀ(yi − yj) */
// @ts-ignore: decorator
@inline
function difference(x: usize, yi: usize, yj: usize, stride: usize): f32 {
  let a = f32x4.splat(0)
  let b = a
  for (let at: usize = 0; at < stride; at += 32) {
    a = multiplyAdd(v128.load(x + at), f32x4.sub(v128.load(yi + at), v128.load(yj + at)), a)
    b = multiplyAdd(v128.load(x + at, 16), f32x4.sub(v128.load(yi + at, 16), v128.load(yj + at, 16)), b)
  }
  return laneSum(f32x4.add(a, b))
}

/** x = keep·x + g·(yi − yj), yi = keep·yi + g·x, yj = keep·yj − g·x, all of the old values */
// @ts-ignore: decorator
@inline
function step(x: usize, yi: usize, yj: usize, stride: usize, keep: v128, g: v128): void {
  for (let at: usize = 0; at < stride; at += 16) {
    const u = v128.load(x + at)
    const i = v128.load(yi + at)
    const j = v128.load(yj + at)
    const gu = f32x4.mul(g, u)
    v128.store(x + at, multiplyAdd(keep, u, f32x4.mul(g, f32x4.sub(i, j))))
    v128.store(yi + at, multiplyAdd(keep, i, gu))
    v128.store(yj + at, f32x4.sub(f32x4.mul(keep, j), gu))
  }
}
