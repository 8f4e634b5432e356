import { randomSource } from '#core/random.ts'
import { type BlendWeights, SOURCES, type Source } from '#core/schemas/config.ts'
import { alone } from '#recommend/blend.ts'
import { ndcgOfAll, type Replayed } from './replay.ts'

/** Tenths that the grid moves by. */
const STEP = 2
/** Resamples of the users whose best points are averaged. */
const RESAMPLES = 50

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
 * Search the blends whose weights sum to 1 for the largest mean NDCG@10. The best point of a grid is much a matter of who
 * is asked: with 480 users of the sample, halves chose points so different that one division proved the blend and another
 * did not. So the best points of resamples of the users are averaged (bagging, Breiman 1996), which is steadier, and
 * finer than the grid. Each point is judged once, on all users, so that parts of them may be searched too.
 * @param users not empty
 */
export function blendSearch(users: readonly Replayed[], seed: number): BlendSearch {
  // what scores nobody cannot be weighed
  const searched = SOURCES.filter((source) => users.some(({ sources }) => sources[source]))
  const judge = (weights: BlendWeights): Judged => ({ weights, ndcg: ndcgOfAll(users, weights) })
  const points = grid(searched, STEP).map(judge)
  return {
    bestMember(positions) {
      const members = searched.map((source) => ({ source, ...judge(alone(source)) }))
      return best(members, positions)
    },
    bestBlend(positions) {
      const { uniform } = randomSource(seed)
      const sums = { ...alone('cf'), cf: 0 }
      for (let resample = 0; resample < RESAMPLES; resample++) {
        const drawn = positions.map(() => positions[Math.floor(uniform() * positions.length)]!)
        const { weights } = best(points, drawn)
        for (const source of SOURCES) sums[source] += weights[source]
      }
      const hundredths = (sum: number) => Math.round((100 * sum) / RESAMPLES) / 100
      return judge({
        cf: hundredths(sums.cf),
        next: hundredths(sums.next),
        neighbours: hundredths(sums.neighbours),
        content: hundredths(sums.content),
        popularity: hundredths(sums.popularity),
      })
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
