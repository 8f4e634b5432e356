/**
 * What top lists of many users are made of: scores of a few movies each, by the movies' own rows. kernels/train/lists.ts says
 * what they compute. Arguments are addresses and counts.
 */

import { laneSum, multiplyAdd } from './rows'

/** out[column] += strength · scale of the row · weight (int8), of all entries of some rows. */
export function addEntries(
  rows: usize,
  strengths: usize,
  count: i32,
  bounds: usize,
  entries: usize,
  scales: usize,
  out: usize,
): void {
  for (let place: usize = 0; place < <usize>count << 2; place += 4) {
    const row = <usize>load<u32>(rows + place)
    const own = bounds + (row << 3)
    const scale = load<f32>(scales + (row << 2)) * load<f32>(strengths + place)
    const end = entries + (<usize>load<u32>(own, 4) << 2)
    for (let at = entries + (<usize>load<u32>(own) << 2); at < end; at += 4) {
      const entry = load<u32>(at)
      const to = out + (<usize>(entry >> 8) << 2)
      store<f32>(to, load<f32>(to) + scale * <f32>(<i8>entry))
    }
  }
}

/**
 * The profile of some rows at unit length: their sum, of which the terms stay that are worth most and have few enough postings.
 * @param sums zeros, an f32 a term; then the weights
 * @param traits of each term its worth (f32) and how many rows have it (u32)
 * @param terms room for all terms of the rows; then those with a weight
 * @param worths as much room
 * @param postings room for steps + 1 numbers (u32)
 * @param allowed postings that they may have together; all terms stay of a lone row
 * @returns how many terms have a weight
 */
export function openProfile(
  rows: usize,
  count: i32,
  bounds: usize,
  entries: usize,
  scales: usize,
  sums: usize,
  traits: usize,
  terms: usize,
  worths: usize,
  postings: usize,
  steps: i32,
  allowed: u32,
): i32 {
  const end = terms + (<usize>sumRows(rows, count, bounds, entries, scales, sums, terms) << 2)
  const least = count > 1 ? leastWorth(terms, end, sums, traits, worths, postings, steps, allowed) : 0
  let kept = terms
  let squared: f64 = 0
  for (let at = terms; at < end; at += 4) {
    const term = load<u32>(at)
    const sum = sums + (<usize>term << 2)
    if (least > 0 && load<f32>(worths + (at - terms)) < least) {
      store<f32>(sum, 0)
      continue
    }
    store<u32>(kept, term)
    kept += 4
    squared += <f64>load<f32>(sum) * <f64>load<f32>(sum)
  }
  const norm = <f32>(1 / sqrt(squared))
  for (let at = terms; at < kept; at += 4) {
    const sum = sums + (<usize>load<u32>(at) << 2)
    store<f32>(sum, load<f32>(sum) * norm)
  }
  return <i32>((kept - terms) >> 2)
}

/** sums[term] += weight (uint8) · scale of the row. @returns how many terms there are, in the order in which they first occur */
// @ts-ignore: decorator
@inline
function sumRows(
  rows: usize,
  count: i32,
  bounds: usize,
  entries: usize,
  scales: usize,
  sums: usize,
  terms: usize,
): i32 {
  let next = terms
  for (let place: usize = 0; place < <usize>count << 2; place += 4) {
    const row = <usize>load<u32>(rows + place)
    const own = bounds + (row << 3)
    const scale = load<f32>(scales + (row << 2))
    const end = entries + (<usize>load<u32>(own, 4) << 2)
    for (let at = entries + (<usize>load<u32>(own) << 2); at < end; at += 4) {
      const entry = load<u32>(at)
      const sum = sums + (<usize>(entry >> 8) << 2)
      const before = load<f32>(sum)
      const after = before + scale * <f32>(entry & 0xff)
      // always written, and overwritten by the next one where it was known: a branch would be guessed wrong half the time
      store<u32>(next, entry >> 8)
      next += <usize>(i32(before === 0) & i32(after > 0)) << 2
      store<f32>(sum, after)
    }
  }
  return <i32>((next - terms) >> 2)
}

/** The worth from which on terms stay, in `steps` of the largest; 0: all of them. `worths` are theirs. */
// @ts-ignore: decorator
@inline
function leastWorth(
  terms: usize,
  end: usize,
  sums: usize,
  traits: usize,
  worths: usize,
  postings: usize,
  steps: i32,
  allowed: u32,
): f32 {
  let most: f32 = 0
  for (let at = terms; at < end; at += 4) {
    const term = <usize>load<u32>(at)
    const worth = load<f32>(sums + (term << 2)) * load<f32>(traits + (term << 3))
    store<f32>(worths + (at - terms), worth)
    most = max(most, worth)
  }
  const step = most / <f32>steps
  memory.fill(postings, 0, <usize>(steps + 1) << 2)
  for (let at = terms; at < end; at += 4) {
    const bucket = postings + (<usize>min(steps, <i32>(load<f32>(worths + (at - terms)) / step)) << 2)
    store<u32>(bucket, load<u32>(bucket) + load<u32>(traits + (<usize>load<u32>(at) << 3), 4))
  }
  let bucket = steps
  let sum = load<u32>(postings + (<usize>bucket << 2))
  for (; bucket > 0; bucket--) {
    sum += load<u32>(postings + (<usize>(bucket - 1) << 2))
    if (sum > allowed) break
  }
  return min(most, <f32>bucket * step)
}

/** Makes the weights of these terms zeros again. */
export function closeProfile(terms: usize, count: i32, sums: usize): void {
  for (let at: usize = 0; at < <usize>count << 2; at += 4) store<f32>(sums + (<usize>load<u32>(terms + at) << 2), 0)
}

/** out[place] = scale of the row · Σ weight (uint8) · sums[term] */
export function profileProducts(
  rows: usize,
  count: i32,
  bounds: usize,
  entries: usize,
  scales: usize,
  sums: usize,
  out: usize,
): void {
  for (let place: usize = 0; place < <usize>count << 2; place += 4) {
    const row = <usize>load<u32>(rows + place)
    const own = bounds + (row << 3)
    const end = entries + (<usize>load<u32>(own, 4) << 2)
    let at = entries + (<usize>load<u32>(own) << 2)
    // two sums, so that one does not wait for the other
    let a: f32 = 0
    let b: f32 = 0
    for (; at + 8 <= end; at += 8) {
      const entry = load<u32>(at)
      const other = load<u32>(at, 4)
      a += load<f32>(sums + (<usize>(entry >> 8) << 2)) * <f32>(entry & 0xff)
      b += load<f32>(sums + (<usize>(other >> 8) << 2)) * <f32>(other & 0xff)
    }
    if (at < end) {
      const entry = load<u32>(at)
      a += load<f32>(sums + (<usize>(entry >> 8) << 2)) * <f32>(entry & 0xff)
    }
    store<f32>(out + place, (a + b) * load<f32>(scales + (row << 2)))
  }
}

/** out[place] = scale of the row · row (int8) · x */
export function factorProducts(
  rows: usize,
  count: i32,
  quantized: usize,
  scales: usize,
  factors: i32,
  x: usize,
  out: usize,
): void {
  for (let place: usize = 0; place < <usize>count << 2; place += 4) {
    const row = <usize>load<u32>(rows + place)
    const from = quantized + row * factors
    let a = f32x4.splat(0)
    let b = a
    for (let k: usize = 0; k < <usize>factors; k += 8) {
      const eight = v128.load8x8_s(from + k)
      const low = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight))
      const high = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight))
      a = multiplyAdd(low, v128.load(x + (k << 2)), a)
      b = multiplyAdd(high, v128.load(x + (k << 2), 16), b)
    }
    store<f32>(out + place, laneSum(f32x4.add(a, b)) * load<f32>(scales + (row << 2)))
  }
}
