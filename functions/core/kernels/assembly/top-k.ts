/**
 * The best of a row's scores. A list holds u64 keys: the score's bits made monotone above, the complement of the item
 * below, so that the larger key ranks first and equal scores rank by item index. Keys gather until the list is full,
 * then the best k stay: on average O(1) a key, where a heap takes O(log k). In memory:
 *   lowest key that still enters (u64) | its score (f32) | count (i32) | keys (u64 × capacity)
 */
const HEADER_BYTES: usize = 16

/** Bytes of a list; its capacity must be above k. */
// @ts-ignore: decorator
@inline
export function listBytes(capacity: i32): usize {
  return HEADER_BYTES + (<usize>capacity << 3)
}

export function openList(list: usize): void {
  store<u64>(list, 0)
  store<f32>(list, -f32.MAX_VALUE, 8) // -∞ and NaN never enter
  store<i32>(list, 0, 12)
}

/** The score that has to be reached. */
// @ts-ignore: decorator
@inline
export function leastOf(list: usize): f32 {
  return load<f32>(list, 8)
}

/** Whether one of eight scores may enter. */
// @ts-ignore: decorator
@inline
export function reaches(list: usize, a: v128, b: v128): bool {
  const least = f32x4.splat(leastOf(list))
  return v128.any_true(v128.or(f32x4.ge(a, least), f32x4.ge(b, least)))
}

/**
 * Take what reaches the threshold of the eight scores at `scores`, of the eight items at `items`.
 * @param masked a bit for each that must not enter
 */
export function offerEight(list: usize, scores: usize, items: usize, masked: u32, k: i32, capacity: i32): void {
  const least = f32x4.splat(leastOf(list))
  const a = f32x4.ge(v128.load(scores), least)
  const b = f32x4.ge(v128.load(scores, 16), least)
  const reached = <u32>i32x4.bitmask(a) | (<u32>i32x4.bitmask(b) << 4)
  for (let bits = reached & ~masked; bits; bits &= bits - 1) {
    const at = <usize>ctz(bits) << 2
    offer(list, load<f32>(scores + at), load<u32>(items + at), k, capacity)
  }
}

function offer(list: usize, score: f32, item: u32, k: i32, capacity: i32): void {
  const key = keyOf(score, item)
  if (key < load<u64>(list)) return
  const count = load<i32>(list, 12)
  store<u64>(list + HEADER_BYTES + (<usize>count << 3), key)
  store<i32>(list, count + 1, 12)
  if (count + 1 < capacity) return
  sortRanks(list + HEADER_BYTES, 0, capacity, k - 1, k)
  const lowest = load<u64>(list + HEADER_BYTES + (<usize>(k - 1) << 3))
  store<u64>(list, lowest)
  store<f32>(list, scoreOf(lowest), 8)
  store<i32>(list, k, 12)
}

/** The list in order; −1 and −∞ where it is shorter than k. */
export function closeList(list: usize, k: i32, items: usize, scores: usize): void {
  const count = min(load<i32>(list, 12), k)
  sortRanks(list + HEADER_BYTES, 0, load<i32>(list, 12), 0, k)
  for (let rank: usize = 0; rank < <usize>k; rank++) {
    const isThere = rank < <usize>count
    const key = isThere ? load<u64>(list + HEADER_BYTES + (rank << 3)) : 0
    store<i32>(items + (rank << 2), isThere ? ~<i32>key : -1)
    store<f32>(scores + (rank << 2), isThere ? scoreOf(key) : -Infinity)
  }
}

function keyOf(score: f32, item: u32): u64 {
  const bits = reinterpret<i32>(score == 0 ? 0 : score) // -0 ties with 0
  const order = <u32>(bits ^ ((bits >> 31) | 0x8000_0000))
  return (<u64>order << 32) | <u64>~item
}

function scoreOf(key: u64): f32 {
  const order = <i32>(key >> 32)
  return reinterpret<f32>(order ^ (~(order >> 31) | 0x8000_0000))
}

/**
 * Quicksort, largest first, of begin ≤ i < end, so far as the ranks from ≤ i < to need it: those get their keys, with
 * no smaller one before and no larger one behind them.
 */
function sortRanks(keys: usize, begin: i32, end: i32, from: i32, to: i32): void {
  while (end - begin > 16) {
    const pivot = median(at(keys, begin), at(keys, (begin + end) >> 1), at(keys, end - 1))
    let i = begin
    let j = end - 1
    while (i <= j) {
      while (at(keys, i) > pivot) i++
      while (at(keys, j) < pivot) j--
      if (i > j) break
      const key = at(keys, i)
      put(keys, i++, at(keys, j))
      put(keys, j--, key)
    }
    if (i < to) sortRanks(keys, i, end, from, to)
    if (j < from) return
    end = j + 1
  }
  for (let i = begin + 1; i < end; i++) {
    const key = at(keys, i)
    let j = i
    for (; j > begin && at(keys, j - 1) < key; j--) put(keys, j, at(keys, j - 1))
    put(keys, j, key)
  }
}

// @ts-ignore: decorator
@inline
function at(keys: usize, index: i32): u64 {
  return load<u64>(keys + (<usize>index << 3))
}

// @ts-ignore: decorator
@inline
function put(keys: usize, index: i32, key: u64): void {
  store<u64>(keys + (<usize>index << 3), key)
}

// @ts-ignore: decorator
@inline
function median(a: u64, b: u64, c: u64): u64 {
  return max(min(a, b), min(max(a, b), c))
}
