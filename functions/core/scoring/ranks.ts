/**
 * Ranks of some items among all: 1 + how many have a higher score, or the same and a lower index, as topK orders them.
 * A binary search an item of the catalogue that is no worse than all of them: O(scores + those · log items).
 * @param scores one an item; NaN stands nowhere
 * @returns one an item asked for; 0 where its score is NaN
 */
export function ranksOf(items: Int32Array, scores: Float64Array): Int32Array {
  const isBefore = (a: number, b: number) => scores[a]! > scores[b]! || (scores[a] === scores[b] && a < b)
  const best = items
    .filter((item) => !Number.isNaN(scores[item]!))
    .sort((a, b) => (a === b ? 0 : isBefore(a, b) ? -1 : 1))
  // how many of the catalogue stand between one of the items and the one before
  const between = new Int32Array(best.length + 1)
  const least = best.length > 0 ? scores[best.at(-1)!]! : Number.POSITIVE_INFINITY
  for (let item = 0; item < scores.length; item++) {
    // most of the catalogue stands behind all of them; so does NaN
    if (!(scores[item]! >= least)) continue
    let [low, high] = [0, best.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (isBefore(item, best[middle]!)) high = middle
      else low = middle + 1
    }
    between[low]!++
  }
  let count = 0
  const rankOf = new Map<number, number>()
  for (const [place, item] of best.entries()) rankOf.set(item, (count += between[place]!) + 1)
  return items.map((item) => rankOf.get(item) ?? 0)
}
