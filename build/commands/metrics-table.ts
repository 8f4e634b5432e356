import type { ModelCard, ModelMetrics } from '#core/schemas/manifest.ts'
import { metricOrder, metricTitle } from '../io/metric-names.ts'
import { table } from '../io/table.ts'

/**
 * Models × metrics at one list length: means over users, with the 95 % interval of the first.
 * @param cutoff list length; the smallest that the evaluation has when it lacks this one
 */
export function metricsTable({ models }: Pick<ModelCard['evaluation'], 'models'>, cutoff = 10): string {
  const first = models[0]
  const names = first ? [...Object.keys(first.metrics), ...Object.keys(first.coverage)] : []
  const cutoffs = [...new Set(names.map((name) => Number(name.split('@')[1])))].sort((a, b) => a - b)
  const shown = cutoffs.includes(cutoff) ? cutoff : cutoffs[0]
  const [main, ...others] = names
    .filter((name) => name.endsWith(`@${shown}`))
    .sort((a, b) => metricOrder(a) - metricOrder(b))

  const header = ['model', metricTitle(main ?? ''), '95 % interval', ...others.map(metricTitle)]
  const rows = models.map((model) => [
    model.name,
    mean(model, main ?? ''),
    interval(model, main ?? ''),
    ...others.map((name) => mean(model, name)),
  ])
  return table(header, rows)
}

function mean({ metrics, coverage }: ModelMetrics, name: string): string {
  return (metrics[name]?.mean ?? coverage[name])?.toFixed(4) ?? '–'
}

function interval({ metrics }: ModelMetrics, name: string): string {
  const estimate = metrics[name]
  return estimate ? `${estimate.low.toFixed(4)} to ${estimate.high.toFixed(4)}` : '–'
}
