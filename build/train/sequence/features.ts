import { TILE } from '#core/kernels/train/inverse.ts'
import { type SparseRows, transposed } from '../sparse-rows.ts'

/** How one scale looks at a history. */
export interface NextScale {
  /** items back from the position that it sees */
  length: number
  /** items after which an older one weighs half */
  recencyHalfLife: number
  /** λ of its weights: the larger, the less this scale says */
  regularization: number
  /** most frequent items that speak at this scale; null: every one. Others say nothing here */
  maxItems: number | null
  /** weights kept of such an item, on average; null: all */
  neighbours: number | null
}

/** What the regression has a row for: an item at a scale. By scale, then by item; each scale fills whole tiles. */
export interface Features {
  /** itemIndex of each, −1 where it only fills a tile */
  items: Int32Array
  /** scale of each tile's features */
  tileScales: Int32Array
  /** scales × numItems: the feature of an item, or −1 */
  columns: Int32Array
}

/**
 * @param counts how often each item stands in a history
 * @param minOccurrences that an item needs to have a feature; 1 or more
 */
export function featuresOf(scales: readonly NextScale[], counts: Float32Array, minOccurrences: number): Features {
  const numItems = counts.length
  const items: number[] = []
  const tileScales: number[] = []
  const columns = new Int32Array(scales.length * numItems).fill(-1)
  for (const [scale, { maxItems }] of scales.entries()) {
    for (const item of mostFrequent(counts, maxItems, minOccurrences)) {
      columns[scale * numItems + item] = items.length
      items.push(item)
    }
    while (items.length % TILE > 0) items.push(-1)
    while (tileScales.length * TILE < items.length) tileScales.push(scale)
  }
  return { items: Int32Array.from(items), tileScales: Int32Array.from(tileScales), columns }
}

/** The `most` items that occur most, `least` times or more, ascending; ties go to the lower itemIndex. */
export function mostFrequent(counts: Float32Array, most: number | null, least: number): Int32Array {
  const found = Array.from(counts.keys()).filter((item) => counts[item]! >= least)
  found.sort((a, b) => counts[b]! - counts[a]! || a - b)
  return Int32Array.from(found.slice(0, most ?? found.length)).sort()
}

/** The scales' series, up to the longest length, `reach`. */
export interface ScaleTables {
  reach: number
  /** scales × (reach + 1): what lag 1, 2, … weighs */
  powers: Float64Array
  /** scales × scales × (reach + 1): the sum of products of two scales' first n powers, at n */
  sums: Float64Array
}

export function scaleTables(scales: readonly Pick<NextScale, 'length' | 'recencyHalfLife'>[]): ScaleTables {
  const reach = Math.max(...scales.map(({ length }) => length))
  const powers = scales.map(({ recencyHalfLife }) =>
    Float64Array.from({ length: reach + 1 }, (_, older) => 2 ** (-older / recencyHalfLife)),
  )
  const sums = powers.flatMap((a) => powers.map((b) => sumsOfProducts(a, b)))
  return { reach, powers: concatenated(powers), sums: concatenated(sums) }
}

function sumsOfProducts(a: Float64Array, b: Float64Array): Float64Array {
  const sums = new Float64Array(a.length)
  for (let n = 1; n < sums.length; n++) sums[n] = sums[n - 1]! + a[n - 1]! * b[n - 1]!
  return sums
}

function concatenated(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]))
}

/** Where in the histories each item stands. */
export interface Places extends SparseRows {
  /** of each place its user */
  users: Int32Array
}

export function placesByItem({ indptr, indices: items }: SparseRows, numItems: number): Places {
  const users = new Int32Array(items.length)
  for (let user = 0; user + 1 < indptr.length; user++) users.fill(user, indptr[user]!, indptr[user + 1]!)
  const onePlaceARow = { indptr: Uint32Array.from({ length: items.length + 1 }, (_, place) => place), indices: items }
  const { indptr: starts, indices: places } = transposed(onePlaceARow, numItems)
  return { indptr: starts, indices: places, users: places.map((place) => users[place]!) }
}
