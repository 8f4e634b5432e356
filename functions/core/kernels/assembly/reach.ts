import { offer, reaching } from './blend'
import { putFour, scoreOf, scoresOfFour } from './scan'

/**
 * A blend that scans only the items whose scores it needs. By Cauchy & Schwarz no score is farther from 0 than the length of
 * the item's row times the vector's, and rows lie by their lengths. Arguments are addresses and counts.
 */

/** Of the rows scanned first, how many are offered before the others: what has to be beaten is then high from the start. */
const FIRST_OFFERED: usize = 2048
/** Rows that are waited for together: each of them would be a miss of the cache. */
const TOGETHER: i32 = 32
const CACHE_LINE_BYTES: usize = 64

/** Of the scan that a blend goes on with: its arguments. */
let query: usize = 0
let rows: usize = 0
let multipliers: usize = 0
let itemOf: usize = 0
let placeOf: usize = 0
let factors: usize = 0
let scale: f32 = 0
let out: usize = 0
/** Places below hold rows whose scores are known. */
let scanned: usize = 0

/**
 * Scores of the rows that may have the one farthest from 0. Of all other items `out_` says what they can reach.
 * @param lengths an f32 an item; @param lengthsByPlace no less a place, and none longer than the one before; times
 * `vectorLength` they bound the scores of `scan`, whose arguments the others are
 * @param placeOf_ u32 an item; @param numRows rounded up to a multiple of 4
 * @returns the largest |score| of an item whose byte in `blocked` is 0
 */
export function scanReaching(
  query_: usize,
  rows_: usize,
  multipliers_: usize,
  lengths: usize,
  lengthsByPlace: usize,
  itemOf_: usize,
  placeOf_: usize,
  blocked: usize,
  numRows: i32,
  factors_: i32,
  scale_: f32,
  vectorLength: f32,
  out_: usize,
): f32 {
  query = query_
  rows = rows_
  multipliers = multipliers_
  itemOf = itemOf_
  placeOf = placeOf_
  factors = <usize>factors_
  scale = scale_
  out = out_
  const lanes = f32x4.splat(vectorLength)
  for (let at: usize = 0; at < <usize>numRows << 2; at += 16)
    v128.store(out_ + at, f32x4.mul(lanes, v128.load(lengths + at)))
  let farthest: f32 = 0
  let place: usize = 0
  for (; place < <usize>numRows; place += 4) {
    if (vectorLength * load<f32>(lengthsByPlace + (place << 2)) < farthest) break
    const four = scoresOfFour(query_, rows_, multipliers_, place, <usize>factors_, scale_)
    putFour(four, itemOf_ + (place << 2), out_)
    const sizes = f32x4.abs(four)
    // most are nearer than the farthest so far
    if (!v128.any_true(f32x4.gt(sizes, f32x4.splat(farthest)))) continue
    for (let at = place; at < place + 4; at++) {
      const item = <usize>load<u32>(itemOf_ + (at << 2))
      if (!load<u8>(blocked + item)) farthest = max(farthest, abs(load<f32>(out_ + (item << 2))))
    }
  }
  scanned = place
  return farthest
}

/**
 * As `blendBest`, of rows with the `out_` of the last `scanReaching` among them, its scale above 0.
 * @param blocked is 1 afterwards for other items too; @param waiting room for 33 u32
 */
export function blendBestReaching(
  blended: usize,
  scales: usize,
  count: i32,
  blocked: usize,
  numItems: i32,
  k: i32,
  margin: f64,
  heapScores: usize,
  heapItems: usize,
  waiting: usize,
): i32 {
  let size = 0
  const first = min(scanned, FIRST_OFFERED)
  for (let place: usize = 0; place < first; place++) {
    const item = <usize>load<u32>(itemOf + (place << 2))
    if (load<u8>(blocked + item)) continue
    size = offer(sumOf(blended, scales, count, item), <u32>item, size, k, heapScores, heapItems)
    store<u8>(blocked + item, 1)
  }
  let numWaiting = 0
  for (let i: usize = 0; i < <usize>numItems; i += 16) {
    let some: u32 = 0xffff
    if (size === k) some = reaching(blended, scales, count, i, <f32>(load<f64>(heapScores) - margin))
    for (; some; some &= some - 1) {
      const item = i + <usize>ctz(some)
      if (load<u8>(blocked + item)) continue
      store<u32>(waiting + (<usize>numWaiting << 2), <u32>item)
      if (++numWaiting < TOGETHER) continue
      size = offerWaiting(waiting, numWaiting, blended, scales, count, size, k, heapScores, heapItems)
      numWaiting = 0
    }
  }
  return offerWaiting(waiting, numWaiting, blended, scales, count, size, k, heapScores, heapItems)
}

/** Items that may be among the best, with their scores made where they are not known. */
function offerWaiting(
  waiting: usize,
  numWaiting: i32,
  blended: usize,
  scales: usize,
  count: i32,
  before: i32,
  k: i32,
  heapScores: usize,
  heapItems: usize,
): i32 {
  const end = waiting + (<usize>numWaiting << 2)
  let read: u32 = 0
  for (let at = waiting; at < end; at += 4) {
    const row = rows + <usize>load<u32>(placeOf + (<usize>load<u32>(at) << 2)) * factors
    for (let line: usize = 0; line < factors; line += CACHE_LINE_BYTES) read ^= load<u8>(row + line)
  }
  // so that the reads are not left out
  store<u32>(end, read)
  let size = before
  for (let at = waiting; at < end; at += 4) {
    const item = <usize>load<u32>(at)
    // rounding is monotone: the sum with the score is not above the one with what it can reach
    if (size === k && sumOf(blended, scales, count, item) < load<f64>(heapScores)) continue
    const place = <usize>load<u32>(placeOf + (item << 2))
    if (place >= scanned) store<f32>(out + (item << 2), scoreOf(query, rows, multipliers, place, factors, scale))
    size = offer(sumOf(blended, scales, count, item), <u32>item, size, k, heapScores, heapItems)
  }
  return size
}

/** In f64, in the order of the rows. */
function sumOf(blended: usize, scales: usize, count: i32, item: usize): f64 {
  let sum: f64 = 0
  for (let r: usize = 0; r < <usize>count; r++)
    sum += load<f64>(scales + (r << 3)) * <f64>load<f32>(<usize>load<u32>(blended + (r << 2)) + (item << 2))
  return sum
}
