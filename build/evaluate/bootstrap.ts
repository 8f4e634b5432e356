import { randomSource } from '#core/random.ts'
import type { Estimate } from '#core/schemas/manifest.ts'

/** Resamples of the users, the same ones for every metric and model, so that differences are paired. */
export type Resamples = Int32Array[]

export function resampleUsers(numUsers: number, samples: number, seed: number): Resamples {
  const { uniform } = randomSource(seed)
  return Array.from({ length: samples }, () =>
    Int32Array.from({ length: numUsers }, () => Math.floor(uniform() * numUsers)),
  )
}

/** Mean over users with the 95 % percentile interval of the bootstrap (Efron 1979). Zeros without users. */
export function estimate(values: Float64Array, resamples: Resamples): Estimate {
  if (values.length === 0) return { mean: 0, low: 0, high: 0 }
  const means = Float64Array.from(resamples, (users) => {
    let sum = 0
    for (const user of users) sum += values[user]!
    return sum / users.length
  })
  return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, ...percentileInterval(means) }
}

/** 95 % of the resamples' values, which are sorted in place. */
export function percentileInterval(values: Float64Array): Pick<Estimate, 'low' | 'high'> {
  values.sort()
  return { low: quantile(values, 0.025), high: quantile(values, 0.975) }
}

/** Of ascending numbers, by linear interpolation. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1)
  const below = sorted[Math.floor(position)]!
  const above = sorted[Math.ceil(position)]!
  return below + (above - below) * (position - Math.floor(position))
}
