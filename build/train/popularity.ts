import type { PopularityConfig } from '#core/schemas/config.ts'
import type { Interactions, Part } from '../nouns.ts'

const SECONDS_A_DAY = 86_400

/**
 * Damped popularity: ln(1 + n_i) / ln(1 + max n), where n_i counts the likes of a movie, each 2^(−age / halfLife) with
 * its age before the last rating of the parts; without a half-life each counts 1. The logarithm damps: a movie of ten
 * times the likes is not ten times the recommendation. Likes rather than ratings: being watched and disliked is no merit.
 * @param parts which parts of the split to count
 * @returns 0 to 1, numItems
 */
export function trainPopularity(
  interactions: Interactions,
  numItems: number,
  parts: readonly Part[],
  likedFrom: number,
  { halfLifeDays }: PopularityConfig,
): Float32Array {
  const { itemIndices, ratings, timestamps, parts: partOf } = interactions
  const wanted = new Set<number>(parts)
  let last = 0
  for (const [at, timestamp] of timestamps.entries()) if (wanted.has(partOf[at]!)) last = Math.max(last, timestamp)

  const likes = new Float64Array(numItems)
  for (const [at, item] of itemIndices.entries()) {
    if (!wanted.has(partOf[at]!) || ratings[at]! < likedFrom) continue
    const ageDays = (last - timestamps[at]!) / SECONDS_A_DAY
    likes[item]! += halfLifeDays === null ? 1 : 2 ** (-ageDays / halfLifeDays)
  }
  const damped = Float32Array.from(likes, Math.log1p)
  const highest = damped.reduce((most, value) => Math.max(most, value), 0)
  return highest > 0 ? damped.map((value) => value / highest) : damped
}
