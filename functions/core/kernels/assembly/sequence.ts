import { copyToStrips, LEFT, subtractTileProduct, TILE, tileAt, tileBytes } from './inverse'
import { keepStrongest } from './item-item'

/**
 * The ridge regression of the next item on what came before it. A feature is an item at a scale; at a position of a
 * history it is the sum of the scale's powers of the item's lags there, up to the scale's length. Features stand by
 * scale, each scale in whole tiles of inverse.ts; what fills its last tile up belongs to no item.
 *
 * Two places of a history, `apart` of each other, meet at each later position that both reach. As the powers are a
 * geometric series, all these meetings together are one product: powers[apart] of the older one's scale × sums[how
 * many], the sums of products of both scales' powers. So XᵀX costs the pairs of places that are near, not the
 * positions.
 */

/**
 * Features begin ≤ r < end: XᵀX + diag(ridges) from the diagonal's tile on, and XᵀY as strips of a right factor.
 * @param scratch (numTiles + numTargetTiles) · TILE f64
 */
export function nextItemRows(
  begin: i32,
  end: i32,
  scratch: usize,
  userIndptr: usize,
  userItems: usize,
  placeIndptr: usize,
  places: usize,
  placeUsers: usize,
  featureItems: usize,
  tileScales: usize,
  columns: usize,
  targets: usize,
  numItems: i32,
  numScales: i32,
  lengths: usize,
  ridges: usize,
  powers: usize,
  sums: usize,
  reach: i32,
  tiles: usize,
  numTiles: i32,
  answers: usize,
  numTargetTiles: i32,
): void {
  const answerSums = scratch + (<usize>(numTiles * TILE) << 3)
  for (let r = begin; r < end; r++) {
    const firstTile = r / TILE
    const own = load<i32>(tileScales + (<usize>firstTile << 2))
    const item = load<i32>(featureItems + (<usize>r << 2))
    const ownPowers = powers + (<usize>(own * (reach + 1)) << 3)
    const ownLength = load<i32>(lengths + (<usize>own << 2))
    memory.fill(scratch, 0, <usize>((numTiles + numTargetTiles) * TILE) << 3)

    const lastPlace = item < 0 ? 0 : load<u32>(placeIndptr + (<usize>item << 2), 4)
    for (let at = item < 0 ? 0 : load<u32>(placeIndptr + (<usize>item << 2)); at < lastPlace; at++) {
      const place = load<i32>(places + (<usize>at << 2))
      const bounds = userIndptr + (<usize>load<i32>(placeUsers + (<usize>at << 2)) << 2)
      const first = load<i32>(bounds)
      const last = load<i32>(bounds, 4) - 1
      for (let position = place + 1; position <= min(last, place + ownLength); position++)
        addTo(answerSums, targets, userItems, position, load<f64>(ownPowers + (<usize>(position - place - 1) << 3)))
      for (let other = own; other < numScales; other++) {
        const column = columns + (<usize>(other * numItems) << 2)
        const length = load<i32>(lengths + (<usize>other << 2))
        const otherPowers = powers + (<usize>(other * (reach + 1)) << 3)
        const meetings = sums + (<usize>((own * numScales + other) * (reach + 1)) << 3)
        for (let older = max(first, place - length + 1); older <= place; older++) {
          const apart = place - older
          const count = min(min(ownLength, length - apart), last - place)
          addTo(scratch, column, userItems, older, power(otherPowers, apart) * power(meetings, count))
        }
        for (let later = place + 1; later < min(last, place + ownLength); later++) {
          const apart = later - place
          const count = min(min(length, ownLength - apart), last - later)
          addTo(scratch, column, userItems, later, power(ownPowers, apart) * power(meetings, count))
        }
      }
    }
    const diagonal = scratch + (<usize>r << 3)
    store<f64>(diagonal, load<f64>(diagonal) + load<f64>(ridges + (<usize>own << 3)))

    const rowInTile = <usize>(r % TILE)
    for (let j = firstTile; j < numTiles; j++) {
      const row = tileAt<f32>(tiles, numTiles, firstTile, j) + ((rowInTile * TILE) << 2)
      narrow(scratch + (<usize>(j * TILE) << 3), row, 32)
    }
    const strips = answers + <usize>(firstTile * numTargetTiles) * tileBytes<f32>() + (rowInTile << 5)
    for (let j = 0; j < numTargetTiles; j++)
      narrow(answerSums + (<usize>(j * TILE) << 3), strips + <usize>j * tileBytes<f32>(), TILE * 32)
  }
}

// @ts-ignore: decorator
@inline
export function power(table: usize, at: i32): f64 {
  return load<f64>(table + (<usize>at << 3))
}

/** Where the item at a position has a column (≥ 0), adds to its sum. */
// @ts-ignore: decorator
@inline
function addTo(row: usize, columnOfItem: usize, userItems: usize, position: i32, value: f64): void {
  const column = load<i32>(columnOfItem + (<usize>load<i32>(userItems + (<usize>position << 2)) << 2))
  if (column < 0) return
  const sum = row + (<usize>column << 3)
  store<f64>(sum, load<f64>(sum) + value)
}

/** TILE numbers as f32, eight side by side, and `stride` bytes from eight to eight. */
function narrow(from: usize, to: usize, stride: usize): void {
  for (const last = from + (TILE << 3); from < last; from += 64, to += stride) {
    for (let at: usize = 0; at < 8; at++) store<f32>(to + (at << 2), <f32>load<f64>(from + (at << 3)))
  }
}

/**
 * Tile rows begin ≤ i < end of P·XᵀY, where `tiles` hold −P: of each feature the `most` weights farthest from 0.
 * @param scratch numTiles + numTargetTiles tiles, numTargets + most f32
 */
export function nextItemWeights(
  begin: i32,
  end: i32,
  scratch: usize,
  tiles: usize,
  numTiles: i32,
  answers: usize,
  numTargetTiles: i32,
  numTargets: i32,
  most: i32,
  outIndices: usize,
  outWeights: usize,
  outCounts: usize,
): void {
  const tile = tileBytes<f32>()
  const products = scratch + <usize>numTiles * tile
  const values = products + <usize>numTargetTiles * tile
  for (let i = begin; i < end; i++) {
    for (let k = 0; k < numTiles; k++) {
      const inverse = k > i ? tileAt<f32>(tiles, numTiles, i, k) : tileAt<f32>(tiles, numTiles, k, i)
      copyToStrips<f32>(inverse, scratch + <usize>k * tile, LEFT, k > i)
    }
    memory.fill(products, 0, <usize>numTargetTiles * tile)
    for (let j = 0; j < numTargetTiles; j++) {
      for (let k = 0; k < numTiles; k++) {
        const right = answers + <usize>(k * numTargetTiles + j) * tile
        subtractTileProduct<f32>(scratch + <usize>k * tile, right, products + <usize>j * tile)
      }
    }
    for (let row = 0; row < TILE; row++) {
      const offset = <usize>(row * TILE) << 2
      for (let target = 0; target < numTargets; target += TILE) {
        const length = <usize>min(TILE, numTargets - target) << 2
        memory.copy(values + (<usize>target << 2), products + <usize>(target / TILE) * tile + offset, length)
      }
      keepStrongest(values, numTargets, most, i * TILE + row, outIndices, outWeights, outCounts)
    }
  }
}
