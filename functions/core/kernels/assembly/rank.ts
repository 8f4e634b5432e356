import { multiplyAdd } from './rows'
import { closeList, leastOf, listBytes, offerEight, openList, reaches } from './top-k'

/**
 * Each user's best items among all. Scores are made in tiles of 4 users × 8 items that stay in registers and are
 * compared with the users' thresholds there: most never reach memory. kernels/train/rank.ts has the arguments.
 */

/** Item rows that the users of a call share from L2 before the next come. */
const TILE_BYTES: usize = 65_536

/** More than rounding can add to a score: 512 products and sums go wrong by at most 512 · 2⁻²³ = 6e-5 of |x||y|. */
const ROUNDING: f64 = 1.001

/** norms[r] = |row r|, f64 */
export function rowNorms(begin: i32, end: i32, _scratch: usize, rows: usize, factors: i32, norms: usize): void {
  for (let r: usize = begin; r < <usize>end; r++) {
    store<f64>(norms + (r << 3), norm(rows + r * (<usize>factors << 2), factors))
  }
}

function norm(row: usize, factors: i32): f64 {
  let sum: f64 = 0
  for (let at = row; at < row + (<usize>factors << 2); at += 4) {
    const value = <f64>load<f32>(at)
    sum += value * value
  }
  return sqrt(sum)
}

/** out[p][k][lane] = items[order[8p + lane]][k] for panels begin ≤ p < end; NaN, which never ranks, beyond numRanked. */
export function packItems(
  begin: i32,
  end: i32,
  _scratch: usize,
  items: usize,
  order: usize,
  numRanked: i32,
  factors: i32,
  out: usize,
): void {
  const stride = <usize>factors << 2
  for (let panel = begin; panel < end; panel++) {
    for (let lane = 0; lane < 8; lane++) {
      const position = (panel << 3) + lane
      const from = items + <usize>load<u32>(order + (<usize>position << 2)) * stride
      const to = out + <usize>panel * (stride << 3) + (lane << 2)
      if (position < numRanked) interleave(from, stride, to, 3)
      else for (let at: usize = 0; at < stride; at += 4) store<f32>(to + (at << 3), NaN)
    }
  }
}

/** to[k · 2^shift] = row[k] */
// @ts-ignore: decorator
@inline
function interleave(row: usize, stride: usize, to: usize, shift: usize): void {
  for (let at: usize = 0; at < stride; at += 4) store<f32>(to + (at << shift), load<f32>(row + at))
}

export function rankItems(
  begin: i32,
  end: i32,
  scratch: usize,
  users: usize,
  packed: usize,
  order: usize,
  positions: usize,
  norms: usize,
  numItems: i32,
  numRanked: i32,
  factors: i32,
  indptr: usize,
  seen: usize,
  k: i32,
  capacity: i32,
  items: usize,
  scores: usize,
): void {
  const stride = <usize>factors << 2
  const numPanels = (numRanked + 7) >> 3
  const maskStride = (numItems + 7) >> 3
  const listStride = listBytes(capacity)
  // where fewer than four users are left, the last one is done again in lists that nobody reads
  const padded = (end - begin + 3) & ~3
  const tileScores = scratch
  const userNorms = tileScores + 32
  const x = userNorms + (<usize>padded << 3)
  const lists = x + <usize>padded * stride
  const masks = lists + <usize>padded * listStride
  for (let row = 0; row < padded; row++) {
    const user: usize = min(begin + row, end - 1)
    const mask = masks + <usize>row * maskStride
    store<f64>(userNorms + (<usize>row << 3), norm(users + user * stride, factors))
    interleave(users + user * stride, stride, x + <usize>(row >> 2) * (stride << 2) + ((row & 3) << 2), 2)
    openList(lists + <usize>row * listStride)
    memory.fill(mask, 0, maskStride)
    maskSeen(mask, positions, indptr, seen, user)
  }
  const panelsPerTile = max(1, <i32>(TILE_BYTES / (stride << 3)))
  for (let tile = 0; tile < numPanels; tile += panelsPerTile) {
    const tileEnd = min(tile + panelsPerTile, numPanels)
    // the longest row from here on: no score is above |x| times that
    const longest = ROUNDING * load<f64>(norms + (<usize>load<u32>(order + (<usize>tile << 5)) << 3))
    for (let row = 0; row < padded; row += 4) {
      const list = lists + <usize>row * listStride
      if (isOutOfReach(list, listStride, userNorms + (<usize>row << 3), longest)) continue
      const mask = masks + <usize>row * maskStride
      for (let panel = tile; panel < tileEnd; panel++) {
        const y = packed + <usize>panel * (stride << 3)
        const tileItems = order + (<usize>panel << 5)
        offerTile(
          x + <usize>row * stride,
          y,
          stride,
          list,
          listStride,
          mask + panel,
          maskStride,
          tileScores,
          tileItems,
          k,
          capacity,
        )
      }
    }
  }
  for (let row = 0; begin + row < end; row++) {
    const out = <usize>(begin + row) * (<usize>k << 2)
    closeList(lists + <usize>row * listStride, k, items + out, scores + out)
  }
}

/** Whether |x| · longest is below the thresholds of all four users; false where one of them is not a number. */
function isOutOfReach(list: usize, listStride: usize, userNorms: usize, longest: f64): bool {
  for (let row: usize = 0; row < 4; row++) {
    if (!(load<f64>(userNorms + (row << 3)) * longest < <f64>leastOf(list + row * listStride))) return false
  }
  return true
}

/** The scores of 4 users × 8 items, to the lists whose thresholds they reach. */
// @ts-ignore: decorator
@inline
function offerTile(
  x: usize,
  y: usize,
  stride: usize,
  list: usize,
  listStride: usize,
  mask: usize,
  maskStride: usize,
  scores: usize,
  items: usize,
  k: i32,
  capacity: i32,
): void {
  let a0 = f32x4.splat(0)
  let a1 = a0
  let a2 = a0
  let a3 = a0
  let b0 = a0
  let b1 = a0
  let b2 = a0
  let b3 = a0
  for (const end = x + (stride << 2); x < end; x += 16, y += 32) {
    const ya = v128.load(y)
    const yb = v128.load(y, 16)
    let lanes = v128.load32_splat(x)
    a0 = multiplyAdd(lanes, ya, a0)
    b0 = multiplyAdd(lanes, yb, b0)
    lanes = v128.load32_splat(x, 4)
    a1 = multiplyAdd(lanes, ya, a1)
    b1 = multiplyAdd(lanes, yb, b1)
    lanes = v128.load32_splat(x, 8)
    a2 = multiplyAdd(lanes, ya, a2)
    b2 = multiplyAdd(lanes, yb, b2)
    lanes = v128.load32_splat(x, 12)
    a3 = multiplyAdd(lanes, ya, a3)
    b3 = multiplyAdd(lanes, yb, b3)
  }
  offerReached(list, a0, b0, mask, scores, items, k, capacity)
  offerReached((list += listStride), a1, b1, (mask += maskStride), scores, items, k, capacity)
  offerReached((list += listStride), a2, b2, (mask += maskStride), scores, items, k, capacity)
  offerReached(list + listStride, a3, b3, mask + maskStride, scores, items, k, capacity)
}

/** What of eight scores reaches the threshold, to the list. @param scores room for them */
// @ts-ignore: decorator
@inline
function offerReached(
  list: usize,
  a: v128,
  b: v128,
  mask: usize,
  scores: usize,
  items: usize,
  k: i32,
  capacity: i32,
): void {
  if (!reaches(list, a, b)) return
  v128.store(scores, a)
  v128.store(scores, b, 16)
  offerEight(list, scores, items, load<u8>(mask), k, capacity)
}

export function rankScores(
  begin: i32,
  end: i32,
  scratch: usize,
  rows: usize,
  order: usize,
  numItems: i32,
  unranked: usize,
  indptr: usize,
  seen: usize,
  k: i32,
  capacity: i32,
  items: usize,
  scores: usize,
): void {
  const list = scratch
  const mask = list + listBytes(capacity)
  const numPanels: usize = (numItems + 7) >> 3
  for (let user: usize = begin; user < <usize>end; user++) {
    openList(list)
    memory.copy(mask, unranked, numPanels)
    maskSeen(mask, order, indptr, seen, user)
    const row = rows + user * (numPanels << 5)
    for (let panel: usize = 0; panel < numPanels; panel++) {
      const at = row + (panel << 5)
      if (!reaches(list, v128.load(at), v128.load(at, 16))) continue
      offerEight(list, at, order + (panel << 5), load<u8>(mask + panel), k, capacity)
    }
    const out = user * (<usize>k << 2)
    closeList(list, k, items + out, scores + out)
  }
}

/** Sets the bits of what the user has seen, by position. */
function maskSeen(mask: usize, positions: usize, indptr: usize, seen: usize, user: usize): void {
  const first = load<u32>(indptr + (user << 2))
  const last = load<u32>(indptr + (user << 2), 4)
  for (let at = seen + (<usize>first << 2); at < seen + (<usize>last << 2); at += 4) {
    const position = load<u32>(positions + (<usize>load<u32>(at) << 2))
    const byte = mask + (position >> 3)
    store<u8>(byte, load<u8>(byte) | (<u8>1 << <u8>(position & 7)))
  }
}
