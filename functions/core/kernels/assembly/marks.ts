/**
 * Which columns of a long row have been added to, a bit each: where these are few, a row's work is theirs and a look at
 * the words, not the row's length.
 */

/** Bytes of the marks of `count` columns. */
// @ts-ignore: decorator
@inline
export function markBytes(count: i32): usize {
  return (<usize>(count + 31) >> 5) << 2
}

// @ts-ignore: decorator
@inline
export function mark(marks: usize, column: u32): void {
  const word = marks + ((<usize>column >> 5) << 2)
  store<u32>(word, load<u32>(word) | (<u32>1 << (column & 31)))
}

/** Writes the marked columns, ascending, and takes their marks off. @returns how many */
export function takeMarked(marks: usize, count: i32, columns: usize): i32 {
  let to = columns
  const end = markBytes(count)
  for (let at: usize = 0; at < end; at += 4) {
    let word = load<u32>(marks + at)
    if (!word) continue
    store<u32>(marks + at, 0)
    for (; word; word &= word - 1, to += 4) store<u32>(to, (<u32>at << 3) + ctz(word))
  }
  return <i32>((to - columns) >> 2)
}

/** A row's kept positions among `columns` as these columns themselves. */
export function namedByColumn(row: i32, most: i32, columns: usize, outIndices: usize, outCounts: usize): void {
  const first = outIndices + (<usize>row * most << 2)
  const last = first + (<usize>load<i32>(outCounts + (<usize>row << 2)) << 2)
  for (let at = first; at < last; at += 4) store<i32>(at, load<i32>(columns + (<usize>load<i32>(at) << 2)))
}
