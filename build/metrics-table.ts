import type { ModelCard } from '#core/schemas/manifest.ts'
import { table } from './io/table.ts'

/** How metrics are headed, and in which order; others follow under their own names. */
const TITLES: Record<string, string> = {
  ndcg: 'NDCG',
  recall: 'Recall',
  precision: 'Precision',
  hitrate: 'HR',
  map: 'MAP',
  coverage: 'Coverage',
}

/**
 * Models × metrics at one list length: means over users, with the 95 % interval of the first.
 * @param cutoff list length; the smallest that the evaluation has when it lacks this one
 */
export function metricsTable(evaluation: ModelCard['evaluation'], cutoff = 10): string {
  const names = Object.keys(evaluation.models[0]?.metrics ?? {})
  const cutoffs = [...new Set(names.map((name) => Number(name.split('@')[1])))].sort((a, b) => a - b)
  const shown = cutoffs.includes(cutoff) ? cutoff : cutoffs[0]
  const columns = names.filter((name) => name.endsWith(`@${shown}`)).sort((a, b) => rank(a) - rank(b))

  const header = [
    'model',
    ...columns.flatMap((name, at) => (at === 0 ? [title(name), '95 % interval'] : [title(name)])),
  ]
  const rows = evaluation.models.map(({ name, metrics }) => [
    name,
    ...columns.flatMap((column, at) => {
      const estimate = metrics[column]
      if (estimate === undefined) return at === 0 ? ['–', '–'] : ['–']
      const mean = estimate.mean.toFixed(4)
      return at === 0 ? [mean, `${estimate.low.toFixed(4)} to ${estimate.high.toFixed(4)}`] : [mean]
    }),
  ])
  return table(header, rows)
}

/** `ndcg@10` as `NDCG@10` */
function title(name: string): string {
  const [metric, cutoff] = name.split('@')
  return `${TITLES[plain(name)] ?? metric}@${cutoff}`
}

function rank(name: string): number {
  const at = Object.keys(TITLES).indexOf(plain(name))
  return at < 0 ? Number.POSITIVE_INFINITY : at
}

/** Metric without its cutoff, in lower case: `hitRate@10` is `hitrate`. */
function plain(name: string): string {
  return name.split('@')[0]!.toLowerCase()
}
