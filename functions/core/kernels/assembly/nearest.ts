import { solveInto } from './cholesky'

/**
 * The ridge regression of an item on a few others alone: XᵀWX over these, summed from the users who like any of them, and
 * solved as a small dense system. Users are met in a worker's scratch: a user's list holds which of the few he likes, as
 * far as they have been gone through, so each pair of a user's likes is one count.
 */

/** Bytes of an entry of a user's list: which of the few, and the entry before. */
const ENTRY: usize = 8

/**
 * For rows begin ≤ r < end the weights w of (XᵀWX + Λ) w = XᵀWx_r over the `counts[r]` items of `nearest`, put where
 * `weights` has what they were chosen by; W is `userWeights`, and `diagonal` that of XᵀWX + Λ. Sums are of each row alone,
 * so none depends on who adds it when.
 * @param scratch numUsers addresses; a system of `width`² and `width` f32, where width is `most` up to a multiple of 8; then
 * ENTRY bytes a like of the `most` most liked items
 * @returns rows whose system is not positive definite in f32: their weights are 0
 */
export function nearestRows(
  begin: i32,
  end: i32,
  scratch: usize,
  indptr: usize,
  indices: usize,
  userWeights: usize,
  numUsers: i32,
  diagonal: usize,
  most: i32,
  nearest: usize,
  weights: usize,
  counts: usize,
): f64 {
  const system = (scratch + (<usize>numUsers << 2) + 15) & ~15
  const room = (most + 7) & ~7
  const right = system + (<usize>(room * room) << 2)
  const entries = right + (<usize>room << 2)
  let failed = 0
  memory.fill(scratch, 0, <usize>numUsers << 2)
  for (let r = begin; r < end; r++) {
    const count = load<i32>(counts + (<usize>r << 2))
    const near = nearest + (<usize>r * most << 2)
    const width = (count + 7) & ~7
    memory.fill(system, 0, <usize>(width * width) << 2)
    memory.fill(right, 0, <usize>width << 2)
    sumPairs(near, count, width, scratch, entries, indptr, indices, userWeights, system)
    sumTogether(r, scratch, indptr, indices, userWeights, right)
    for (let p = 0; p < width; p++) {
      const own: f32 = p < count ? load<f32>(diagonal + (<usize>load<i32>(near + (<usize>p << 2)) << 2)) : 1
      store<f32>(system + (<usize>(p * width + p) << 2), own)
    }
    failed += solveInto(system, width, right, count, weights + (<usize>r * most << 2))
    for (let p = 0; p < count; p++) forget(load<i32>(near + (<usize>p << 2)), scratch, indptr, indices)
  }
  return failed
}

/** Upper triangle of the system += weights of the users who like both, for each pair of the items; leaves every user's list in `heads`. */
function sumPairs(
  near: usize,
  count: i32,
  width: i32,
  heads: usize,
  entries: usize,
  indptr: usize,
  indices: usize,
  userWeights: usize,
  system: usize,
): void {
  let free = entries
  for (let p = 0; p < count; p++) {
    const bounds = indptr + (<usize>load<i32>(near + (<usize>p << 2)) << 2)
    const last = indices + (<usize>load<u32>(bounds, 4) << 2)
    const column = system + (<usize>p << 2)
    for (let at = indices + (<usize>load<u32>(bounds) << 2); at < last; at += 4) {
      const user = <usize>load<u32>(at) << 2
      const head = heads + user
      const weight = load<f32>(userWeights + user)
      const newest = load<u32>(head)
      for (let entry = <usize>newest; entry; entry = <usize>load<u32>(entry, 4)) {
        const cell = column + <usize>load<u32>(entry) * <usize>width
        store<f32>(cell, load<f32>(cell) + weight)
      }
      store<u32>(free, <u32>p << 2)
      store<u32>(free, newest, 4)
      store<u32>(head, <u32>free)
      free += ENTRY
    }
  }
}

/** right[p] += weights of the users who like item r and the p-th of the few */
function sumTogether(
  r: i32,
  heads: usize,
  indptr: usize,
  indices: usize,
  userWeights: usize,
  right: usize,
): void {
  const bounds = indptr + (<usize>r << 2)
  const last = indices + (<usize>load<u32>(bounds, 4) << 2)
  for (let at = indices + (<usize>load<u32>(bounds) << 2); at < last; at += 4) {
    const user = <usize>load<u32>(at) << 2
    const weight = load<f32>(userWeights + user)
    for (let entry = <usize>load<u32>(heads + user); entry; entry = <usize>load<u32>(entry, 4)) {
      const cell = right + <usize>load<u32>(entry)
      store<f32>(cell, load<f32>(cell) + weight)
    }
  }
}

function forget(item: i32, heads: usize, indptr: usize, indices: usize): void {
  const bounds = indptr + (<usize>item << 2)
  const last = indices + (<usize>load<u32>(bounds, 4) << 2)
  for (let at = indices + (<usize>load<u32>(bounds) << 2); at < last; at += 4)
    store<u32>(heads + (<usize>load<u32>(at) << 2), 0)
}
