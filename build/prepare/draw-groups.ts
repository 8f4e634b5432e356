import type { RandomSource } from '#core/random.ts'

/**
 * Put each of n places into a group by chance, so that the groups have exactly the given sizes and every such division
 * is equally likely: place by place, each group drawn in proportion to what it still lacks (selection sampling, Knuth,
 * TAOCP 2, 3.4.2, algorithm S, for several groups). One number of `random` a place.
 * @param sizes how many places each group takes; they sum to n
 * @param take called for every place from 0, in order, with its group
 */
export function drawGroups(sizes: readonly number[], random: RandomSource, take: (group: number) => void): void {
  const lacking = [...sizes]
  let places = lacking.reduce((sum, size) => sum + size, 0)
  for (; places > 0; places--) {
    let at = Math.floor(random.uniform() * places)
    let group = 0
    while (at >= lacking[group]) at -= lacking[group++]
    lacking[group]--
    take(group)
  }
}

/** `total` divided by shares: each rounded to the nearest, halves up, the first takes what the others leave. */
export function sizesOf(total: number, shares: readonly number[]): number[] {
  const [, ...others] = shares
  // a share such as 0.15 has no exact double: 10 · 0.15 must still round as 1.5 does
  const sizes = others.map((share) => Math.round(Number((total * share).toPrecision(12))))
  return [total - sizes.reduce((sum, size) => sum + size, 0), ...sizes]
}
