import type { Metric } from './instruments.ts'

/** Of Prometheus' text format; github.com/prometheus/docs, "Exposition formats". */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/**
 * Metrics in Prometheus' text format 0.0.4, a family after the other.
 * `# HELP name …`, `# TYPE name counter`, then a line a sample: `name{label="value"} 1`
 */
export function exposition(metrics: readonly Metric[]): string {
  let text = ''
  for (const { name, type, help, samples } of metrics) {
    text += `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`
    for (const { suffix, labels, value } of samples()) text += `${name}${suffix}${labelText(labels)} ${value}\n`
  }
  return text
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length > 0 ? `{${pairs.join(',')}}` : ''
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
