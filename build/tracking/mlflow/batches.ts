import { flatten, type MetricLine, type Param, type RunRecord } from '../record.ts'

/** Of one log-batch, as MLflow documents them. */
export const LIMITS = {
  metrics: 1000,
  params: 100,
  tags: 100,
  keyLength: 250,
  paramLength: 6000,
  tagLength: 5000,
} as const

export interface Metric {
  key: string
  value: number
  timestamp: number
  step: number
}

export interface KeyValue {
  key: string
  value: string
}

/** Metrics as lines have them, in batches; `linesDone` of all lines are sent when a batch is. */
export function metricBatches(lines: readonly MetricLine[], from: number): { metrics: Metric[]; linesDone: number }[] {
  const batches: { metrics: Metric[]; linesDone: number }[] = []
  let batch = { metrics: [] as Metric[], linesDone: from }
  const close = () => {
    if (batch.metrics.length > 0) batches.push(batch)
    batch = { metrics: [], linesDone: batch.linesDone }
  }
  for (let number = from; number < lines.length; number++) {
    const { at, step, metrics } = lines[number]!
    const entries = Object.entries(metrics)
    if (batch.metrics.length + entries.length > LIMITS.metrics) close()
    for (const [name, value] of entries) {
      if (batch.metrics.length === LIMITS.metrics) close()
      batch.metrics.push({ key: mlflowName(name), value, timestamp: at, step: step ?? 0 })
    }
    batch.linesDone = number + 1
  }
  close()
  return batches
}

/** The configuration and what the run has beside it, in batches. */
export function paramBatches({ config, params }: RunRecord): KeyValue[][] {
  const named: Record<string, Param> = { ...flatten(config), ...params }
  return inBatches(
    Object.entries(named).map(([name, value]) => ({
      key: mlflowName(name),
      value: cut(String(value), LIMITS.paramLength),
    })),
    LIMITS.params,
  )
}

/** What the run is known by; those that begin with `mlflow.` are shown by its pages. */
export function tagBatches(record: RunRecord): KeyValue[][] {
  const { id, kind, notes, commandLine, code, data, buildId, environment, failure } = record
  const tags: Record<string, string | number | boolean | null> = {
    'mlflow.source.name': commandLine,
    'mlflow.source.type': 'LOCAL',
    'mlflow.source.git.commit': code.commit,
    'mlflow.note.content': notes === '' ? null : notes,
    'marquee.run': id,
    'marquee.kind': kind,
    'marquee.build': buildId,
    'marquee.code': code.sha256,
    'marquee.dirty': code.dirty,
    'marquee.failure': failure,
    ...Object.fromEntries(Object.entries(environment).map(([key, value]) => [`marquee.environment.${key}`, value])),
    ...Object.fromEntries(data.map(({ file, sha256 }) => [`marquee.data.${mlflowName(file)}`, sha256])),
  }
  const known = Object.entries(tags).filter(([, value]) => value !== null)
  return inBatches(
    known.map(([key, value]) => ({ key: cut(key, LIMITS.keyLength), value: cut(String(value), LIMITS.tagLength) })),
    LIMITS.tags,
  )
}

/** `ndcg@10` as `ndcg_at_10`: letters, digits and `_-. /` are all that a name may have. */
export function mlflowName(name: string): string {
  return cut(name.replaceAll('@', '_at_').replace(/[^\w\-. /]/g, '_'), LIMITS.keyLength)
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}

function inBatches<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, at) => values.slice(at * size, (at + 1) * size))
}
