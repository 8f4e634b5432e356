import { solveInto } from './cholesky'
import { keepStrongest } from './item-item'
import { mark, markBytes, namedByColumn, takeMarked } from './marks'
import { power } from './sequence'

/**
 * The regression of sequence.ts for each recommended item by itself, on the few features that go before it most, as
 * nearest.ts does it for likes: a feature f is item f % numItems at scale f / numItems, and a user's list holds the places
 * of the few features in his history as far as they have been gone through.
 */

/** Bytes of an entry of a user's list: which of the few, its place in the histories, and the entry before. */
const ENTRY: usize = 12

/** What all rows read, as the caller has it in memory: NEXT_FIELDS of kernels/train/sequence.ts, of 4 bytes each. */
// @ts-ignore: decorator
@unmanaged
class Histories {
  userIndptr: u32
  userItems: u32
  placeIndptr: u32
  places: u32
  placeUsers: u32
  norms: u32
  numUsers: i32
  numItems: i32
  numScales: i32
  lengths: u32
  ridges: u32
  powers: u32
  sums: u32
  reach: i32
}

/**
 * For items begin ≤ r < end the `most` features that go before them most, by |Xᵀy_r| · norm, and the weights w of
 * (XᵀX + Λ) w = Xᵀy_r over these.
 * @param scratch 3 · numScales · numItems + most numbers and the marks of numScales · numItems; numUsers addresses; a system of `width`² and `width` f32 where width is
 * `most` up to a multiple of 8; ENTRY bytes a place of as many features as a system can have
 * @returns items whose system is not positive definite in f32: their weights are 0
 */
export function nearestNextRows(
  begin: i32,
  end: i32,
  scratch: usize,
  at: usize,
  most: i32,
  outFeatures: usize,
  outWeights: usize,
  outCounts: usize,
): f64 {
  const data = changetype<Histories>(at)
  const numFeatures = data.numScales * data.numItems
  const marks = scratch + (<usize>numFeatures << 2)
  const columns = marks + markBytes(numFeatures)
  const values = columns + (<usize>numFeatures << 2)
  const heads = values + (<usize>(numFeatures + most) << 2)
  const room = (most + 7) & ~7
  const system = (heads + (<usize>data.numUsers << 2) + 15) & ~15
  const right = system + (<usize>(room * room) << 2)
  const entries = right + (<usize>room << 2)
  let failed = 0
  memory.fill(scratch, 0, columns - scratch)
  memory.fill(heads, 0, <usize>data.numUsers << 2)
  for (let r = begin; r < end; r++) {
    sumBefore(data, r, scratch, marks)
    const found = takeMarked(marks, numFeatures, columns)
    for (let at: usize = 0; at < <usize>found << 2; at += 4) {
      const feature = <usize>load<u32>(columns + at) << 2
      store<f32>(values + at, load<f32>(scratch + feature) * load<f32>(<usize>data.norms + feature))
      store<f32>(scratch + feature, 0)
    }
    keepStrongest(values, found, most, r, outFeatures, outWeights, outCounts)
    namedByColumn(r, most, columns, outFeatures, outCounts)
    const count = load<i32>(outCounts + (<usize>r << 2))
    const features = outFeatures + (<usize>r * most << 2)
    const width = (count + 7) & ~7
    memory.fill(system, 0, <usize>(width * width) << 2)
    memory.fill(right, 0, <usize>width << 2)
    sumMeetings(data, features, count, width, heads, entries, system)
    sumNext(data, r, features, heads, right)
    for (let p = 0; p < width; p++) {
      const cell = system + (<usize>(p * width + p) << 2)
      const scale = p < count ? load<i32>(features + (<usize>p << 2)) / data.numItems : 0
      store<f32>(cell, load<f32>(cell) + <f32>load<f64>(<usize>data.ridges + (<usize>scale << 3)))
    }
    failed += solveInto(system, width, right, count, outWeights + (<usize>r * most << 2))
    forget(data, features, count, heads)
  }
  return failed
}

/** sums[f] += the powers of feature f's lags before each place of item r, marked */
function sumBefore(data: Histories, r: i32, sums: usize, marks: usize): void {
  const last = placesEnd(data, r)
  for (let at = placesBegin(data, r); at < last; at++) {
    const place = placeAt(data, at)
    const first = load<i32>(boundsAt(data, at))
    for (let scale = 0; scale < data.numScales; scale++) {
      const powers = powersOf(data, scale)
      for (let older = max(first, place - lengthOf(data, scale)); older < place; older++) {
        const feature = scale * data.numItems + load<i32>(<usize>data.userItems + (<usize>older << 2))
        const sum = sums + (<usize>feature << 2)
        store<f32>(sum, load<f32>(sum) + <f32>power(powers, place - older - 1))
        mark(marks, feature)
      }
    }
  }
}

/** Upper triangle of the system += the meetings of each pair of the features; leaves every user's list in `heads`. */
function sumMeetings(
  data: Histories,
  features: usize,
  count: i32,
  width: i32,
  heads: usize,
  entries: usize,
  system: usize,
): void {
  let free = entries
  for (let p = 0; p < count; p++) {
    const feature = load<i32>(features + (<usize>p << 2))
    const own = feature / data.numItems
    const item = feature % data.numItems
    const column = system + (<usize>p << 2)
    const diagonal = column + (<usize>(p * width) << 2)
    const end = placesEnd(data, item)
    for (let at = placesBegin(data, item); at < end; at++) {
      const place = placeAt(data, at)
      const lastPlace = load<i32>(boundsAt(data, at), 4) - 1
      const head = heads + (<usize>load<u32>(<usize>data.placeUsers + (<usize>at << 2)) << 2)
      const newest = load<u32>(head)
      for (let entry = <usize>newest; entry; entry = <usize>load<u32>(entry, 8)) {
        const q = load<i32>(entry)
        const other = load<i32>(features + (<usize>q << 2)) / data.numItems
        const otherPlace = load<i32>(entry, 4)
        const isOlder = otherPlace < place
        const meetings: f32 = isOlder
          ? meetingsOf(data, other, own, place - otherPlace, lastPlace - place)
          : meetingsOf(data, own, other, otherPlace - place, lastPlace - otherPlace)
        const cell = column + (<usize>(q * width) << 2)
        store<f32>(cell, load<f32>(cell) + (q == p ? 2 * meetings : meetings))
      }
      store<f32>(diagonal, load<f32>(diagonal) + meetingsOf(data, own, own, 0, lastPlace - place))
      store<i32>(free, p)
      store<i32>(free, place, 4)
      store<u32>(free, newest, 8)
      store<u32>(head, <u32>free)
      free += ENTRY
    }
  }
}

/** Of two places `apart` of each other, where `left` positions follow the later one: the sum over those that both reach. */
function meetingsOf(data: Histories, older: i32, later: i32, apart: i32, left: i32): f32 {
  const count = min(min(lengthOf(data, later), lengthOf(data, older) - apart), left)
  if (count <= 0) return 0
  const sums = <usize>data.sums + (<usize>((older * data.numScales + later) * (data.reach + 1)) << 3)
  return <f32>(power(powersOf(data, older), apart) * power(sums, count))
}

/** right[p] += the p-th feature's powers before each place of item r */
function sumNext(data: Histories, r: i32, features: usize, heads: usize, right: usize): void {
  const last = placesEnd(data, r)
  for (let at = placesBegin(data, r); at < last; at++) {
    const place = placeAt(data, at)
    const head = heads + (<usize>load<u32>(<usize>data.placeUsers + (<usize>at << 2)) << 2)
    for (let entry = <usize>load<u32>(head); entry; entry = <usize>load<u32>(entry, 8)) {
      const p = load<i32>(entry)
      const scale = load<i32>(features + (<usize>p << 2)) / data.numItems
      const lag = place - load<i32>(entry, 4)
      if (lag < 1 || lag > lengthOf(data, scale)) continue
      const cell = right + (<usize>p << 2)
      store<f32>(cell, load<f32>(cell) + <f32>power(powersOf(data, scale), lag - 1))
    }
  }
}

function forget(data: Histories, features: usize, count: i32, heads: usize): void {
  for (let p = 0; p < count; p++) {
    const item = load<i32>(features + (<usize>p << 2)) % data.numItems
    const end = placesEnd(data, item)
    for (let at = placesBegin(data, item); at < end; at++)
      store<u32>(heads + (<usize>load<u32>(<usize>data.placeUsers + (<usize>at << 2)) << 2), 0)
  }
}

// @ts-ignore: decorator
@inline
function placesBegin(data: Histories, item: i32): i32 {
  return load<i32>(<usize>data.placeIndptr + (<usize>item << 2))
}

// @ts-ignore: decorator
@inline
function placesEnd(data: Histories, item: i32): i32 {
  return load<i32>(<usize>data.placeIndptr + (<usize>item << 2), 4)
}

// @ts-ignore: decorator
@inline
function placeAt(data: Histories, at: i32): i32 {
  return load<i32>(<usize>data.places + (<usize>at << 2))
}

/** Address of where the history begins that a place is in, and of where the next one does. */
// @ts-ignore: decorator
@inline
function boundsAt(data: Histories, at: i32): usize {
  return <usize>data.userIndptr + (<usize>load<u32>(<usize>data.placeUsers + (<usize>at << 2)) << 2)
}

// @ts-ignore: decorator
@inline
function lengthOf(data: Histories, scale: i32): i32 {
  return load<i32>(<usize>data.lengths + (<usize>scale << 2))
}

// @ts-ignore: decorator
@inline
function powersOf(data: Histories, scale: i32): usize {
  return <usize>data.powers + (<usize>(scale * (data.reach + 1)) << 3)
}
