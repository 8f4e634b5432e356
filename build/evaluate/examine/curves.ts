import { METRIC_AT_K, METRICS } from '#core/metrics.ts'
import type { Examination } from '../../nouns.ts'
import { estimate, resampleUsers } from '../bootstrap.ts'
import type { Lists } from './lists.ts'

/** Lengths of the list that a curve has points at. */
const LENGTHS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50]

/** Every metric of every row by the length of the list. The first k of a longer list are the list of k. */
export function metricCurves({ users, rows, bootstrapSamples, seed }: Lists): Examination['curves'] {
  const resamples = resampleUsers(users.length, bootstrapSamples, seed)
  return METRICS.map((metric) => ({
    metric,
    models: rows.map(({ name, lists }) => ({
      name,
      points: LENGTHS.map((k) => {
        const values = Float64Array.from(lists, (list, user) => METRIC_AT_K[metric](list, users[user]!.relevant, k))
        return { k, ...estimate(values, resamples) }
      }),
    })),
  }))
}
