import type { ValueCount } from './facts.ts'

/** Five numbers and two moments of a distribution. */
export interface Spread {
  n: number
  mean: number
  /** of the population */
  deviation: number
  low: number
  lowerQuartile: number
  median: number
  upperQuartile: number
  high: number
}

/** Spread of counted values; low and high are the 10th and 90th percentile. */
export function spreadOf(histogram: readonly ValueCount[]): Spread {
  const n = histogram.reduce((sum, { n }) => sum + n, 0)
  const mean = histogram.reduce((sum, { value, n }) => sum + value * n, 0) / n
  const variance = histogram.reduce((sum, { value, n }) => sum + n * (value - mean) ** 2, 0) / n
  const at = (share: number) => quantileOf(histogram, share)
  return {
    n,
    mean,
    deviation: Math.sqrt(variance),
    low: at(0.1),
    lowerQuartile: at(0.25),
    median: at(0.5),
    upperQuartile: at(0.75),
    high: at(0.9),
  }
}

/** Nearest rank: the smallest value that at least `share` of the values do not exceed. @param histogram ascending */
export function quantileOf(histogram: readonly ValueCount[], share: number): number {
  const rank = Math.max(1, Math.ceil(share * histogram.reduce((sum, { n }) => sum + n, 0)))
  let below = 0
  for (const { value, n } of histogram) {
    below += n
    if (below >= rank) return value
  }
  return Number.NaN
}
