/**
 * The first of `length` places in ascending order that does not come before what is looked for; `length` where all do.
 * O(log length)
 */
export function firstFrom(length: number, isBefore: (at: number) => boolean): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBefore(middle)) low = middle + 1
    else high = middle
  }
  return low
}
