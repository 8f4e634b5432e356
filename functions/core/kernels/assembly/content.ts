/**
 * Cosines of all items with a profile of terms, by its terms' postings; kernels/content.ts says what they hold.
 * Arguments are addresses and counts. @param numItems a multiple of 4: scales and out have room for it
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
): void {
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
}
