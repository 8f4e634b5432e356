import { type Deviations, deviationsOf, type UsualStars, usualDeviation } from '#core/scoring/rating-network.ts'
import type { Ratings } from '../../stars/ratings.ts'

/** The mean of the stars, each item's ratings about it, and the variance of what is left. */
export function usualStars({ indices, ratings }: Ratings, numItems: number): UsualStars {
  const mean = ratings.reduce((sum, stars) => sum + stars, 0) / Math.max(1, ratings.length)
  const usual = {
    ...{ mean, variance: 0 },
    counts: new Float32Array(numItems),
    sums: new Float32Array(numItems),
    squares: new Float32Array(numItems),
  }
  for (const [at, item] of indices.entries()) {
    const above = ratings[at]! - mean
    usual.counts[item]! += 1
    usual.sums[item]! += above
    usual.squares[item]! += above * above
  }
  const squares = indices.reduce((sum, item, at) => sum + starsAbove(usual, item, ratings[at]!) ** 2, 0)
  return { ...usual, variance: squares / Math.max(1, ratings.length) }
}

/** Above what is usual for the movie. */
export function starsAbove(usual: UsualStars, item: number, stars: number): number {
  return stars - usual.mean - usualDeviation(deviationsOf(usual, item))
}

/** Without one of them. */
export function withoutOne({ count, sum, squares }: Deviations, value: number): Deviations {
  return { count: count - 1, sum: sum - value, squares: squares - value * value }
}
