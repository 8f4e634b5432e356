import { randomSource } from '#core/random.ts'
import type { Estimate } from '#core/schemas/manifest.ts'

/**
 * Resamples of the users, the same ones for every metric and model, so that differences are paired: of each resample how often
 * it has each user. Counts are walked from end to end, where drawn positions would be looked up here and there: a third of the time
 * with 22,000 users.
 */
export type Resamples = Uint16Array[]

export function resampleUsers(numUsers: number, samples: number, seed: number): Resamples {
  const { uniform } = randomSource(seed)
  return Array.from({ length: samples }, () => {
    const counts = new Uint16Array(numUsers)
    for (let draw = 0; draw < numUsers; draw++) counts[Math.floor(uniform() * numUsers)]!++
    return counts
  })
}

/** The users of a resample, each as often as it has him. */
export function usersOf(counts: Uint16Array): Int32Array {
  const users = new Int32Array(counts.length)
  let end = 0
  for (const [user, count] of counts.entries()) {
    users.fill(user, end, end + count)
    end += count
  }
  return users
}

/** Mean over users with the 95 % percentile interval of the bootstrap (Efron 1979). Zeros without users. */
export function estimate(values: Float64Array, resamples: Resamples): Estimate {
  if (values.length === 0) return { mean: 0, low: 0, high: 0 }
  const means = Float64Array.from(resamples, (counts) => weightedSum(values, counts) / values.length)
  return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, ...percentileInterval(means) }
}

/** Σ counts · values, as four sums: an addition need not wait for the one before. */
function weightedSum(values: Float64Array, counts: Uint16Array): number {
  let [first, second, third, fourth] = [0, 0, 0, 0]
  const whole = values.length & ~3
  for (let user = 0; user < whole; user += 4) {
    first += counts[user]! * values[user]!
    second += counts[user + 1]! * values[user + 1]!
    third += counts[user + 2]! * values[user + 2]!
    fourth += counts[user + 3]! * values[user + 3]!
  }
  for (let user = whole; user < values.length; user++) first += counts[user]! * values[user]!
  return first + second + third + fourth
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
