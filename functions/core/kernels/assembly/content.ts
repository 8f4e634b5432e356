/**
 * Cosines of all items with a profile of terms, by its terms' postings; kernels/content.ts says what they hold.
 * Arguments are addresses and counts. @param numItems a multiple of 4: scales and out have room for it
 * @returns nothing of use
 */
export function scoreContent(
  terms: usize,
  termWeights: usize,
  count: i32,
  offsets: usize,
  postings: usize,
  scales: usize,
  numItems: i32,
  out: usize,
): u32 {
  const touched = touch(terms, count, offsets, postings)
  const size = <usize>numItems << 2
  memory.fill(out, 0, size)
  for (let place: usize = 0; place < <usize>count << 2; place += 4) {
    const term = offsets + (<usize>load<u32>(terms + place) << 2)
    const weight = load<f32>(termWeights + place)
    const end = postings + (<usize>load<u32>(term, 4) << 2)
    let at = out
    for (let entry = postings + (<usize>load<u32>(term) << 2); entry < end; entry += 4) {
      const posting = load<u32>(entry)
      at += <usize>(posting >> 8) << 2
      store<f32>(at, load<f32>(at) + weight * <f32>(posting & 0xff))
    }
  }
  for (let at: usize = 0; at < size; at += 16)
    v128.store(out + at, f32x4.mul(v128.load(out + at), v128.load(scales + at)))
  return touched
}

/**
 * Reads the first posting of every term: the misses of the cache, one a term, are then waited for at once and not one by one.
 * @returns what was read, so that it is not left out
 */
function touch(terms: usize, count: i32, offsets: usize, postings: usize): u32 {
  let read: u32 = 0
  for (let place: usize = 0; place < <usize>count << 2; place += 4) {
    const first = load<u32>(offsets + (<usize>load<u32>(terms + place) << 2))
    read ^= load<u32>(postings + (<usize>first << 2))
  }
  return read
}
