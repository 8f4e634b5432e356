// The k best of each row of keys, the best first. Compiled below: SIZE, a power of two from k up, at most 1024.

struct Shape {
  numItems: u32,
  // keys of a row
  stride: u32,
  k: u32,
  numUnranked: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
// ascending with the score; 0 is none
@group(0) @binding(1) var<storage, read_write> keys: array<u32>;
// seen items of row r: seen[starts[r]] … seen[starts[r + 1] − 1]
@group(0) @binding(2) var<storage, read> starts: array<u32>;
@group(0) @binding(3) var<storage, read> seen: array<u32>;
// items that nobody gets
@group(0) @binding(4) var<storage, read> unranked: array<u32>;
// rows × k, −1 where the list ends
@group(0) @binding(5) var<storage, read_write> items: array<i32>;
// rows × k, the bits of floats, −∞ where the list ends
@group(0) @binding(6) var<storage, read_write> scores: array<u32>;

const LANES = 256u;

// The k-th best (key, ~index) as far as it is known, the rest of its bits 0; how many are wanted of those that begin so.
struct Search { key: u32, index: u32, wanted: u32, hasEnded: u32 }

var<workgroup> counts: array<atomic<u32>, 256>;
var<workgroup> search: Search;
var<workgroup> numFound: atomic<u32>;
// (key, ~index), so that among equal scores the lower index is the greater
var<workgroup> found: array<vec2u, SIZE>;

@compute @workgroup_size(LANES)
fn rank(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  let first = row * shape.stride;
  for (var at = starts[row] + lane; at < starts[row + 1u]; at += LANES) { keys[first + seen[at]] = 0u; }
  for (var at = lane; at < shape.numUnranked; at += LANES) { keys[first + unranked[at]] = 0u; }
  storageBarrier();

  // radix selection: eight bits of the key, then of the index, at a time, from the highest
  for (var digit = 0u; digit < 8u; digit++) {
    atomicStore(&counts[lane], 0u);
    workgroupBarrier();
    let known = search;
    let shift = 24u - 8u * (digit % 4u);
    for (var item = lane; item < shape.numItems; item += LANES) {
      let key = keys[first + item];
      let isKey = digit < 4u;
      let word = select(~item, key, isKey);
      let prefix = select(known.index, known.key, isKey);
      let agrees = digit == 0u || (((word ^ prefix) >> shift) < 256u && (isKey || key == known.key));
      if (key != 0u && agrees) { atomicAdd(&counts[(word >> shift) & 255u], 1u); }
    }
    workgroupBarrier();
    if (lane == 0u) { search = narrowed(known, digit, shift); }
    if (workgroupUniformLoad(&search.hasEnded) != 0u) { break; }
  }

  let least = search;
  for (var at = lane; at < SIZE; at += LANES) { found[at] = vec2u(); }
  if (lane == 0u) { atomicStore(&numFound, 0u); }
  workgroupBarrier();
  if (least.wanted > 0u) {
    for (var item = lane; item < shape.numItems; item += LANES) {
      let key = keys[first + item];
      if (key != 0u && (key > least.key || (key == least.key && ~item >= least.index))) {
        found[atomicAdd(&numFound, 1u)] = vec2u(key, ~item);
      }
    }
  }
  sortFound(lane);
  for (var at = lane; at < shape.k; at += LANES) {
    let best = found[at];
    items[row * shape.k + at] = select(-1, i32(~best.y), best.x != 0u);
    scores[row * shape.k + at] = select(0xff800000u, select(~best.x, best.x ^ 0x80000000u, (best.x >> 31u) == 1u), best.x != 0u);
  }
}

fn narrowed(before: Search, digit: u32, shift: u32) -> Search {
  var after = before;
  if (digit == 0u) {
    var total = 0u;
    for (var bin = 0u; bin < 256u; bin++) { total += atomicLoad(&counts[bin]); }
    after = Search(0u, 0u, min(shape.k, total), 0u);
  }
  var bin = 255u;
  for (; bin > 0u; bin--) {
    let count = atomicLoad(&counts[bin]);
    if (count >= after.wanted) { break; }
    after.wanted -= count;
  }
  if (digit < 4u) { after.key |= bin << shift; } else { after.index |= bin << shift; }
  // all that begin so are wanted, or none is
  after.hasEnded = u32(after.wanted == 0u || after.wanted == atomicLoad(&counts[bin]));
  return after;
}

// Bitonic (Batcher 1968), the greatest first.
fn sortFound(lane: u32) {
  for (var size = 2u; size <= SIZE; size *= 2u) {
    for (var distance = size / 2u; distance > 0u; distance /= 2u) {
      workgroupBarrier();
      for (var pair = lane; pair < SIZE / 2u; pair += LANES) {
        let low = pair / distance * distance * 2u + pair % distance;
        let high = low + distance;
        let a = found[low];
        let b = found[high];
        let isLess = a.x < b.x || (a.x == b.x && a.y < b.y);
        if (isLess == ((low & size) == 0u)) {
          found[low] = b;
          found[high] = a;
        }
      }
    }
  }
  workgroupBarrier();
}
