import { type BlendWeights, SOURCES, type Source } from '#core/schemas/config.ts'
import { alone } from '#recommend/blend.ts'
import { ndcgOfAll, type Replayed } from './replay.ts'

/** Tenths that the coarse grid moves by; the best point's neighbourhood is then searched by single tenths. */
const COARSE = 2

/** A blend, and the NDCG@10 of every user's list under it. */
export interface Judged {
  weights: BlendWeights
  ndcg: Float64Array
}

export interface BlendSearch {
  /** the best source alone, by the users of these positions */
  bestMember(positions: readonly number[]): { source: Source } & Judged
  /** the best blend by the users of these positions */
  bestBlend(positions: readonly number[]): Judged
}

/**
 * Search the blends whose weights are tenths that sum to 1 for the largest mean NDCG@10; of equal ones the first in the
 * grid's order holds, with the most weight to the first source. Each point is judged once, on all users, so that halves of
 * them may be searched too.
 * @param users not empty
 */
export function blendSearch(users: readonly Replayed[]): BlendSearch {
  // what scores nobody cannot be weighed
  const searched = SOURCES.filter((source) => users.some(({ sources }) => sources[source]))
  const judged = new Map<string, Judged>()
  const judge = (weights: BlendWeights): Judged => {
    const key = SOURCES.map((source) => weights[source]).join()
    const found = judged.get(key) ?? { weights, ndcg: ndcgOfAll(users, weights) }
    judged.set(key, found)
    return found
  }
  const coarse = grid(searched, COARSE)
  const fine = grid(searched, 1)
  return {
    bestMember(positions) {
      const members = searched.map((source) => ({ source, ...judge(alone(source)) }))
      return best(members, positions)
    },
    bestBlend(positions) {
      const { weights: near } = best(coarse.map(judge), positions)
      const isNear = (weights: BlendWeights) =>
        SOURCES.every((source) => Math.abs(weights[source] - near[source]) < 0.15)
      return best(fine.filter(isNear).map(judge), positions)
    },
  }
}

/** Of the largest sum of NDCG over these users, the first. */
function best<T extends Judged>(candidates: T[], positions: readonly number[]): T {
  const sums = candidates.map(({ ndcg }) => positions.reduce((sum, position) => sum + ndcg[position]!, 0))
  return candidates[sums.indexOf(Math.max(...sums))]!
}

/** All weights of these sources in steps of `tenths`/10 that sum to 1, the largest of the first source first. */
function grid(sources: readonly Source[], tenths: number): BlendWeights[] {
  const spread = ([source, ...others]: readonly Source[], left: number): Partial<BlendWeights>[] => {
    if (source === undefined) return left === 0 ? [{}] : []
    const points: Partial<BlendWeights>[] = []
    for (let part = left; part >= 0; part -= tenths)
      for (const rest of spread(others, left - part)) points.push({ [source]: part / 10, ...rest })
    return points
  }
  return spread(sources, 10).map((weights) => ({
    cf: 0,
    next: 0,
    neighbours: 0,
    content: 0,
    popularity: 0,
    ...weights,
  }))
}
