import type { PopularityConfig } from '#core/schemas/config.ts'
import type { Interactions, Part } from '../nouns.ts'

const SECONDS_A_DAY = 86_400

export interface Popularity {
  /** 0 to 1, numItems */
  popularity: Float32Array
  /** ratings a movie has in the parts, and their mean in stars; 0 where none */
  ratingCounts: Int32Array
  ratingMeans: Float32Array
}

/**
 * Damped popularity: ln(1 + n_i) / ln(1 + max n), where n_i counts the likes of a movie, each 2^(−age / halfLife) with
 * its age before the last rating of the parts; without a half-life each counts 1. The logarithm damps: a movie of ten
 * times the likes is not ten times the recommendation. Likes rather than ratings: being watched and disliked is no merit.
 * @param parts which parts of the split to count
 */
export function trainPopularity(
  interactions: Interactions,
  numItems: number,
  parts: readonly Part[],
  likedFrom: number,
  { halfLifeDays }: PopularityConfig,
): Popularity {
  const { itemIndices, ratings, timestamps, parts: partOf } = interactions
  const wanted = new Set<number>(parts)
  let last = 0
  for (const [at, timestamp] of timestamps.entries()) if (wanted.has(partOf[at]!)) last = Math.max(last, timestamp)

  const ratingCounts = new Int32Array(numItems)
  const sums = new Float64Array(numItems)
  const likes = new Float64Array(numItems)
  for (const [at, item] of itemIndices.entries()) {
    if (!wanted.has(partOf[at]!)) continue
    ratingCounts[item]! += 1
    sums[item]! += ratings[at]!
    if (ratings[at]! < likedFrom) continue
    const ageDays = (last - timestamps[at]!) / SECONDS_A_DAY
    likes[item]! += halfLifeDays === null ? 1 : 2 ** (-ageDays / halfLifeDays)
  }
  const damped = Float32Array.from(likes, Math.log1p)
  const highest = damped.reduce((most, value) => Math.max(most, value), 0)
  return {
    popularity: highest > 0 ? damped.map((value) => value / highest) : damped,
    ratingCounts,
    ratingMeans: Float32Array.from(sums, (sum, item) => (ratingCounts[item]! > 0 ? sum / ratingCounts[item]! : 0)),
  }
}
