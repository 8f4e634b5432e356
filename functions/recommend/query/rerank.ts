/** How far the language model may change an order. */
export interface RerankSettings {
  /** w of w · z(score) + (1 − w) · z(log-odds): 1 leaves the order as it is */
  scoreWeight: number
  /** places that a movie may move */
  maxMove: number
}

/**
 * Blend an order with the log-odds of yes/no answers, and keep each entry within `maxMove` places of where it was. Both are
 * taken as z-scores over the list, so that neither's scale decides.
 * @param scores of the list, best first
 * @param logOdds one each; a missing answer is NaN and counts as the mean
 * @returns positions of the list in their new order
 */
export function rerankedOrder(
  scores: ArrayLike<number>,
  logOdds: ArrayLike<number>,
  { scoreWeight, maxMove }: RerankSettings,
): number[] {
  const z = zScores(scores)
  const zOdds = zScores(logOdds)
  const blended = z.map((score, position) => scoreWeight * score + (1 - scoreWeight) * zOdds[position]!)
  const left = new Set(blended.keys())
  const order: number[] = []
  for (let place = 0; place < blended.length; place++) {
    const due = place - maxMove
    let best = left.has(due) ? due : -1
    // a set keeps the order of the list: of equal ones the one that stood before
    if (best < 0)
      for (const position of left)
        if (position <= place + maxMove && (best < 0 || blended[position]! > blended[best]!)) best = position
    left.delete(best)
    order.push(best)
  }
  return order
}

/** 0 for NaN, and for all where all are the same. */
function zScores(values: ArrayLike<number>): number[] {
  const known = Array.from(values).filter((value) => !Number.isNaN(value))
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length
  const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length)
  return Array.from(values, (value) => (deviation > 0 && !Number.isNaN(value) ? (value - mean) / deviation : 0))
}
