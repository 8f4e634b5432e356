import { factorize, solve } from './cholesky'

/**
 * The ridge regression of an item on a few others alone: XᵀX over these, summed from the users who like any of them, and
 * solved as a small dense system. Users are met in a worker's scratch: a user's list holds which of the few he likes, as
 * far as they have been gone through, so each pair of a user's likes is one count.
 */

/** Bytes of an entry of a user's list: which of the few, and the entry before. */
const ENTRY: usize = 8

/**
 * For rows begin ≤ r < end the weights w of (XᵀX + Λ) w = Xᵀx_r over the `counts[r]` items of `nearest`, put where
 * `weights` has what they were chosen by; Λ is `ridge` + `dropout` · likes. Counts are whole numbers, and of each row
 * alone, so no sum depends on who adds it when.
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
  numUsers: i32,
  ridge: f32,
  dropout: f32,
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
    sumPairs(near, count, width, scratch, entries, indptr, indices, system)
    sumTogether(r, scratch, indptr, indices, right)
    for (let p = 0; p < width; p++) {
      const likes: f32 = p < count ? <f32>lengthOf(indptr, load<i32>(near + (<usize>p << 2))) : 0
      store<f32>(system + (<usize>(p * width + p) << 2), likes + dropout * likes + ridge)
    }
    const out = weights + (<usize>r * most << 2)
    if (factorize(system, width) >= 0) {
      memory.fill(out, 0, <usize>count << 2)
      failed++
    } else {
      solve(system, width, right)
      memory.copy(out, right, <usize>count << 2)
    }
    for (let p = 0; p < count; p++) forget(load<i32>(near + (<usize>p << 2)), scratch, indptr, indices)
  }
  return failed
}

/** Upper triangle of the system += users who like both, for each pair of the items; leaves every user's list in `heads`. */
function sumPairs(
  near: usize,
  count: i32,
  width: i32,
  heads: usize,
  entries: usize,
  indptr: usize,
  indices: usize,
  system: usize,
): void {
  let free = entries
  for (let p = 0; p < count; p++) {
    const bounds = indptr + (<usize>load<i32>(near + (<usize>p << 2)) << 2)
    const last = indices + (<usize>load<u32>(bounds, 4) << 2)
    const column = system + (<usize>p << 2)
    for (let at = indices + (<usize>load<u32>(bounds) << 2); at < last; at += 4) {
      const head = heads + (<usize>load<u32>(at) << 2)
      const newest = load<u32>(head)
      for (let entry = <usize>newest; entry; entry = <usize>load<u32>(entry, 4)) {
        const cell = column + <usize>load<u32>(entry) * <usize>width
        store<f32>(cell, load<f32>(cell) + 1)
      }
      store<u32>(free, <u32>p << 2)
      store<u32>(free, newest, 4)
      store<u32>(head, <u32>free)
      free += ENTRY
    }
  }
}

/** right[p] += users who like item r and the p-th of the few */
function sumTogether(r: i32, heads: usize, indptr: usize, indices: usize, right: usize): void {
  const bounds = indptr + (<usize>r << 2)
  const last = indices + (<usize>load<u32>(bounds, 4) << 2)
  for (let at = indices + (<usize>load<u32>(bounds) << 2); at < last; at += 4) {
    for (let entry = <usize>load<u32>(heads + (<usize>load<u32>(at) << 2)); entry; entry = <usize>load<u32>(entry, 4)) {
      const cell = right + <usize>load<u32>(entry)
      store<f32>(cell, load<f32>(cell) + 1)
    }
  }
}

function forget(item: i32, heads: usize, indptr: usize, indices: usize): void {
  const bounds = indptr + (<usize>item << 2)
  const last = indices + (<usize>load<u32>(bounds, 4) << 2)
  for (let at = indices + (<usize>load<u32>(bounds) << 2); at < last; at += 4)
    store<u32>(heads + (<usize>load<u32>(at) << 2), 0)
}

// @ts-ignore: decorator
@inline
function lengthOf(indptr: usize, item: i32): u32 {
  const bounds = indptr + (<usize>item << 2)
  return load<u32>(bounds, 4) - load<u32>(bounds)
}
