/**
 * Ranking metrics of one user's list, binary relevance, as ANCHORS of the field define them. k is `cutoff`.
 * `ranked` has no item twice; `relevant` is not empty: users without relevant items are left out by the caller.
 */

/** What a good list holds. */
export type Relevant = Pick<ReadonlySet<number>, 'has' | 'size'>

export const METRICS = ['ndcg', 'recall', 'cappedRecall', 'precision', 'hitRate', 'map'] as const
export type Metric = (typeof METRICS)[number]

/** DCG with 1 / log2(rank + 1); the ideal list holds min(k, relevant) hits. Järvelin & Kekäläinen 2002. */
export function ndcgAtK(ranked: ArrayLike<number>, relevant: Relevant, cutoff: number): number {
  let gain = 0
  for (let rank = 1; rank <= Math.min(cutoff, ranked.length); rank++)
    if (relevant.has(ranked[rank - 1]!)) gain += 1 / Math.log2(rank + 1)
  let ideal = 0
  for (let rank = 1; rank <= Math.min(cutoff, relevant.size); rank++) ideal += 1 / Math.log2(rank + 1)
  return gain / ideal
}

/** Hits over all relevant items, not over min(k, relevant). */
export function recallAtK(ranked: ArrayLike<number>, relevant: Relevant, cutoff: number): number {
  return hits(ranked, relevant, cutoff) / relevant.size
}

/** Hits over min(k, relevant): 1 for a perfect list of any length. The recall of Liang et al. 2018 (Mult-VAE). */
export function cappedRecallAtK(ranked: ArrayLike<number>, relevant: Relevant, cutoff: number): number {
  return hits(ranked, relevant, cutoff) / Math.min(cutoff, relevant.size)
}

/** Hits over k, also where the list is shorter. */
export function precisionAtK(ranked: ArrayLike<number>, relevant: Relevant, cutoff: number): number {
  return hits(ranked, relevant, cutoff) / cutoff
}

/** 1 with at least one hit, else 0. */
export function hitRateAtK(ranked: ArrayLike<number>, relevant: Relevant, cutoff: number): number {
  return hits(ranked, relevant, cutoff) > 0 ? 1 : 0
}

/** Average precision: precision at each hit's rank, summed, over min(k, relevant). */
export function mapAtK(ranked: ArrayLike<number>, relevant: Relevant, cutoff: number): number {
  let found = 0
  let sum = 0
  for (let rank = 1; rank <= Math.min(cutoff, ranked.length); rank++)
    if (relevant.has(ranked[rank - 1]!)) sum += ++found / rank
  return sum / Math.min(cutoff, relevant.size)
}

export const METRIC_AT_K: Record<Metric, typeof ndcgAtK> = {
  ndcg: ndcgAtK,
  recall: recallAtK,
  cappedRecall: cappedRecallAtK,
  precision: precisionAtK,
  hitRate: hitRateAtK,
  map: mapAtK,
}

function hits(ranked: ArrayLike<number>, relevant: Relevant, cutoff: number): number {
  let count = 0
  for (let position = 0; position < Math.min(cutoff, ranked.length); position++)
    if (relevant.has(ranked[position]!)) count++
  return count
}
