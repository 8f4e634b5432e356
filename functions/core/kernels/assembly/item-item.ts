import { TILE, tileAt, tileBytes } from './inverse'
import { mark, markBytes, namedByColumn, takeMarked } from './marks'

/**
 * Rows of item × item: how often a user who likes one likes the other, what follows from it, and the strongest of them.
 * A row's counts are whole numbers in the worker's scratch, so no sum depends on who adds it when.
 * `indptr`, `indices`: items × users; `userIndptr`, `userIndices`: users × items, ascending within a user.
 */

/**
 * XᵀX + diagonal in the tiles of inverse.ts, rows begin ≤ r < end; the diagonal has `ridge` + `dropout` · likes more.
 * @param scratch a count an item of the padded matrix
 */
export function gramRows(
  begin: i32,
  end: i32,
  scratch: usize,
  indptr: usize,
  indices: usize,
  userIndptr: usize,
  userIndices: usize,
  ridge: f64,
  dropout: f64,
  tiles: usize,
  numTiles: i32,
  bytes: i32,
): void {
  for (let r = begin; r < end; r++) {
    const first = r / TILE
    const from = first * TILE
    const columns = numTiles * TILE - from
    countTogether(r, from, columns, indptr, indices, userIndptr, userIndices, scratch)
    for (let j = first; j < numTiles; j++) {
      const counts = scratch + (<usize>((j - first) * TILE) << 2)
      const offset = <usize>(r % TILE) * TILE
      if (bytes == 8) storeCounts<f64>(counts, tileAt<f64>(tiles, numTiles, first, j) + (offset << 3))
      else storeCounts<f32>(counts, tileAt<f32>(tiles, numTiles, first, j) + (offset << 2))
    }
    const likes = load<u32>(indptr + (<usize>r << 2), 4) - load<u32>(indptr + (<usize>r << 2))
    const diagonal = <f64>likes * (1 + dropout) + ridge
    const at = <usize>(r % TILE) * (TILE + 1)
    if (bytes == 8) store<f64>(tileAt<f64>(tiles, numTiles, first, first) + (at << 3), diagonal)
    else store<f32>(tileAt<f32>(tiles, numTiles, first, first) + (at << 2), <f32>diagonal)
  }
}

function storeCounts<T>(counts: usize, out: usize): void {
  for (let at: usize = 0; at < <usize>TILE; at++) store<T>(out + at * sizeof<T>(), <T>load<u32>(counts + (at << 2)))
}

/** counts[j − from] = users who like both r and j, for from ≤ j < from + columns */
function countTogether(
  r: i32,
  from: i32,
  columns: i32,
  indptr: usize,
  indices: usize,
  userIndptr: usize,
  userIndices: usize,
  counts: usize,
): void {
  memory.fill(counts, 0, <usize>columns << 2)
  const base = counts - (<usize>from << 2)
  const lastLiker = indices + (<usize>load<u32>(indptr + (<usize>r << 2), 4) << 2)
  for (let liker = indices + (<usize>load<u32>(indptr + (<usize>r << 2)) << 2); liker < lastLiker; liker += 4) {
    const bounds = userIndptr + (<usize>load<u32>(liker) << 2)
    let at = userIndices + (<usize>load<u32>(bounds) << 2)
    const last = userIndices + (<usize>load<u32>(bounds, 4) << 2)
    if (from > 0) at = firstFrom(at, last, from)
    for (; at < last; at += 4) {
      const count = base + (<usize>load<u32>(at) << 2)
      store<u32>(count, load<u32>(count) + 1)
    }
  }
}

/** Address of the first of ascending indices that is not below `least`. */
function firstFrom(begin: usize, end: usize, least: i32): usize {
  let count = (end - begin) >> 2
  while (count > 0) {
    const half = count >> 1
    const middle = begin + (half << 2)
    if (load<i32>(middle) < least) {
      begin = middle + 4
      count -= half + 1
    } else count = half
  }
  return begin
}

/**
 * For rows begin ≤ r < end the `most` weights −P_rj / P_jj, j ≠ r, that are farthest from 0, where `tiles` hold −P.
 * @param scratch numItems + most floats
 */
export function regressionRows(
  begin: i32,
  end: i32,
  scratch: usize,
  tiles: usize,
  numTiles: i32,
  bytes: i32,
  numItems: i32,
  diagonal: usize,
  most: i32,
  outIndices: usize,
  outWeights: usize,
  outCounts: usize,
): void {
  for (let r = begin; r < end; r++) {
    for (let j = 0; j < numItems; j++) {
      const value: f32 = bytes == 8 ? <f32>entry<f64>(tiles, numTiles, r, j) : entry<f32>(tiles, numTiles, r, j)
      store<f32>(scratch + (<usize>j << 2), j == r ? 0 : value / load<f32>(diagonal + (<usize>j << 2)))
    }
    keepStrongest(scratch, numItems, most, r, outIndices, outWeights, outCounts)
  }
}

// @ts-ignore: decorator
@inline
function entry<T>(tiles: usize, numTiles: i32, r: i32, j: i32): T {
  const isBelow = j / TILE < r / TILE
  const row = isBelow ? j : r
  const column = isBelow ? r : j
  const tile = tileAt<T>(tiles, numTiles, row / TILE, column / TILE)
  return load<T>(tile + <usize>((row % TILE) * TILE + (column % TILE)) * sizeof<T>())
}

/**
 * For rows begin ≤ r < end the `most` largest of sum_rj / (own_r · other_j + shrinkage), j ≠ r.
 * @param scratch 3 · numItems + most numbers and the marks of numItems
 */
export function similarityRows(
  begin: i32,
  end: i32,
  scratch: usize,
  indptr: usize,
  indices: usize,
  userIndptr: usize,
  userIndices: usize,
  userWeights: usize,
  numItems: i32,
  own: usize,
  other: usize,
  shrinkage: f32,
  most: i32,
  outIndices: usize,
  outWeights: usize,
  outCounts: usize,
): void {
  const sums = scratch
  const marks = sums + (<usize>numItems << 2)
  const columns = marks + markBytes(numItems)
  const values = columns + (<usize>numItems << 2)
  memory.fill(sums, 0, columns - sums)
  for (let r = begin; r < end; r++) {
    sumMarked(r, indptr, indices, userIndptr, userIndices, userWeights, sums, marks)
    const found = takeMarked(marks, numItems, columns)
    const norm = load<f32>(own + (<usize>r << 2))
    for (let at: usize = 0; at < <usize>found << 2; at += 4) {
      const j = load<u32>(columns + at)
      const sum = sums + (<usize>j << 2)
      const value = load<f32>(sum) / (norm * load<f32>(other + (<usize>j << 2)) + shrinkage)
      store<f32>(values + at, j == r ? 0 : value)
      store<f32>(sum, 0)
    }
    keepStrongest(values, found, most, r, outIndices, outWeights, outCounts)
    namedByColumn(r, most, columns, outIndices, outCounts)
  }
}

/** sums[j] += weights of the users who like both r and j, marked */
function sumMarked(
  r: i32,
  indptr: usize,
  indices: usize,
  userIndptr: usize,
  userIndices: usize,
  userWeights: usize,
  sums: usize,
  marks: usize,
): void {
  const lastLiker = indices + (<usize>load<u32>(indptr + (<usize>r << 2), 4) << 2)
  for (let liker = indices + (<usize>load<u32>(indptr + (<usize>r << 2)) << 2); liker < lastLiker; liker += 4) {
    const user = <usize>load<u32>(liker) << 2
    const weight = load<f32>(userWeights + user)
    const bounds = userIndptr + user
    const last = userIndices + (<usize>load<u32>(bounds, 4) << 2)
    for (let at = userIndices + (<usize>load<u32>(bounds) << 2); at < last; at += 4) {
      const j = load<u32>(at)
      const sum = sums + (<usize>j << 2)
      store<f32>(sum, load<f32>(sum) + weight)
      mark(marks, j)
    }
  }
}

/** The `most` values farthest from 0, by index; of equal ones the lower indices. Behind the values `most` floats of scratch. */
export function keepStrongest(
  values: usize,
  count: i32,
  most: i32,
  row: i32,
  outIndices: usize,
  outWeights: usize,
  outCounts: usize,
): void {
  const heap = values + (<usize>count << 2)
  let size = 0
  for (let at = 0; at < count; at++) {
    const strength = abs<f32>(load<f32>(values + (<usize>at << 2)))
    if (!(strength > 0)) continue
    if (size < most) siftUp(heap, size++, strength)
    else if (strength > load<f32>(heap)) siftDown(heap, size, strength)
  }
  const least: f32 = size > 0 ? load<f32>(heap) : 0
  let ties = 0
  for (let slot = 0; slot < size; slot++) ties += <i32>(load<f32>(heap + (<usize>slot << 2)) == least)

  let to = <usize>row * most << 2
  for (let at = 0, kept = 0; kept < size; at++) {
    const value = load<f32>(values + (<usize>at << 2))
    const strength = abs<f32>(value)
    if (!(strength > least) && !(strength == least && ties-- > 0)) continue
    store<i32>(outIndices + to, at)
    store<f32>(outWeights + to, value)
    to += 4
    kept++
  }
  store<i32>(outCounts + (<usize>row << 2), size)
}

function siftUp(heap: usize, slot: i32, value: f32): void {
  while (slot > 0) {
    const parent = (slot - 1) >> 1
    const above = load<f32>(heap + (<usize>parent << 2))
    if (above <= value) break
    store<f32>(heap + (<usize>slot << 2), above)
    slot = parent
  }
  store<f32>(heap + (<usize>slot << 2), value)
}

/** In place of the least. */
function siftDown(heap: usize, size: i32, value: f32): void {
  let slot = 0
  for (let child = 1; child < size; child = 2 * slot + 1) {
    if (child + 1 < size && load<f32>(heap + (<usize>child << 2), 4) < load<f32>(heap + (<usize>child << 2))) child++
    const below = load<f32>(heap + (<usize>child << 2))
    if (below >= value) break
    store<f32>(heap + (<usize>slot << 2), below)
    slot = child
  }
  store<f32>(heap + (<usize>slot << 2), value)
}
