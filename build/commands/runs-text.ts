import { bytes, table } from '../io/table.ts'
import { type MetricLine, type RunComparison, type RunRecord, statusOf } from '../tracking/index.ts'

/** Artifacts that are listed one by one. */
const ARTIFACTS_SHOWN = 20
const BARS = '▁▂▃▄▅▆▇█'
const BARS_WIDTH = 24

/** A run for a person: facts, metrics, their course, files. */
export function recordText(record: RunRecord, lines: readonly MetricLine[]): string {
  const { code, environment, artifacts, data, params } = record
  const facts: [string, string | null][] = [
    ['name', record.name],
    ['notes', record.notes || null],
    ['status', `${statusOf(record)}${record.failure === null ? '' : `: ${record.failure}`}`],
    ['started', record.startedAt],
    ['seconds', record.seconds?.toFixed(1) ?? null],
    ['command', record.commandLine],
    ['build', record.buildId],
    ['commit', code.commit && `${code.commit}${code.dirty ? ', with changes' : ''}`],
    ['code', code.sha256],
    ...data.map(({ file, sha256 }): [string, string] => [`data ${file}`, sha256]),
    ...Object.entries(params).map(([key, value]): [string, string] => [key, String(value)]),
    [
      'on',
      `${environment.cpu}, ${environment.cores} cores, ${bytes(environment.memoryBytes)}, ${environment.os}, Node ${environment.node}`,
    ],
    ['model', record.model && `${record.model.buildId}, ${record.model.alias}`],
  ]
  const metrics = metricRows(record.metrics)
  const courses = coursesOf(lines)
  const files = artifacts
    .slice(0, ARTIFACTS_SHOWN)
    .map(({ path, sizeBytes, sha256 }) => [path, bytes(sizeBytes), sha256.slice(0, 16)])
  const more = artifacts.length - files.length
  return [
    table(
      ['run', record.id],
      facts.filter((fact): fact is [string, string] => fact[1] !== null),
    ),
    ...(metrics.length > 0 ? [table(['metric', 'value', '95 % interval'], metrics)] : []),
    ...(courses.length > 0 ? [table(['by step', 'steps', 'first', 'last', ''], courses)] : []),
    ...(files.length > 0 ? [table(['artifact', 'size', 'SHA-256'], files)] : []),
    ...(more > 0 ? [`and ${more} more in run.json`] : []),
  ].join('\n\n')
}

/** By name; the ends of an interval stand beside its mean. */
function metricRows(metrics: Record<string, number>): string[][] {
  return Object.keys(metrics)
    .filter((name) => !isEnd(name, (mean) => mean in metrics))
    .sort()
    .map((name) => {
      const [low, high] = [metrics[`${name}.low`], metrics[`${name}.high`]]
      const interval = low === undefined || high === undefined ? '' : `${digits(low)} to ${digits(high)}`
      return [name, digits(metrics[name]!), interval]
    })
}

/** A column a run, by letters as the page has them. */
export function comparisonText({ runs, differences, metrics }: RunComparison): string {
  const letters = runs.map((_, run) => String.fromCharCode(65 + run))
  const text = (value: unknown) => (value === null ? '–' : typeof value === 'number' ? digits(value) : String(value))
  const means = metrics.filter(({ key }) => !isEnd(key, (name) => metrics.some((metric) => metric.key === name)))
  const changed = means.filter(({ values }) => values.some((value) => value !== values[0]))
  const isPair = runs.length === 2
  return [
    table(
      ['', 'run', 'kind', 'name', 'seconds'],
      runs.map(({ id, kind, name, seconds }, run) => [letters[run]!, id, kind, name, seconds?.toFixed(1) ?? '']),
    ),
    differences.length === 0
      ? 'The runs have the same configuration, code and data.'
      : table(
          ['different', ...letters],
          differences.map(({ key, values }) => [key, ...values.map(text)]),
        ),
    ...(changed.length > 0
      ? [
          table(
            ['metric', ...letters, ...(isPair ? ['B − A'] : [])],
            changed.map(({ key, values }) => [key, ...values.map(text), ...(isPair ? [differenceOf(values)] : [])]),
          ),
        ]
      : []),
    ...(changed.length < means.length ? [`${means.length - changed.length} metrics are the same in all.`] : []),
  ].join('\n\n')
}

/** `ndcg@10.low` is an end of the interval of `ndcg@10`, where there is one. */
function isEnd(name: string, has: (name: string) => boolean): boolean {
  return /\.(low|high)$/.test(name) && has(name.replace(/\.(low|high)$/, ''))
}

function differenceOf([a, b]: (number | null)[]): string {
  if (a == null || b == null) return ''
  return `${b < a ? '−' : '+'}${digits(Math.abs(b - a))}`
}

/** How a metric went, in a line of bars from its lowest to its highest value. */
function coursesOf(lines: readonly MetricLine[]): string[][] {
  const courses = new Map<string, number[]>()
  for (const { step, metrics } of lines) {
    if (step === null) continue
    for (const [key, value] of Object.entries(metrics)) courses.set(key, [...(courses.get(key) ?? []), value])
  }
  return [...courses]
    .filter(([, values]) => values.length > 1)
    .map(([key, values]) => [key, String(values.length), digits(values[0]!), digits(values.at(-1)!), bars(values)])
}

function bars(values: readonly number[]): string {
  const width = Math.min(BARS_WIDTH, values.length)
  const shown = Array.from({ length: width }, (_, at) => values[Math.round((at * (values.length - 1)) / (width - 1))]!)
  const [low, high] = [Math.min(...shown), Math.max(...shown)]
  return shown
    .map((value) => BARS[high > low ? Math.round(((value - low) / (high - low)) * (BARS.length - 1)) : 0])
    .join('')
}

/** Four that mean something; whole numbers as they are. */
function digits(value: number): string {
  if (Number.isInteger(value)) return String(value)
  return Math.abs(value) >= 0.01 && Math.abs(value) < 1000 ? value.toFixed(4) : value.toPrecision(4)
}
