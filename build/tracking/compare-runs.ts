import { flatten, type MetricLine, type Param, type RunRecord } from './record.ts'

export interface RunComparison {
  runs: { id: string; name: string; kind: string; startedAt: string; seconds: number | null }[]
  /** settings, code and data that are not the same in all, by name; null where a run has none */
  differences: { key: string; values: Param[] }[]
  /** of each run, null where it has none; in the order of the name */
  metrics: { key: string; values: (number | null)[] }[]
  /** by step, for what at least one run has more than one of */
  curves: { key: string; runs: { run: number; points: { step: number; value: number }[] }[] }[]
}

/** Where things are read from and written to makes no difference. */
const NO_DIFFERENCE = /^(project\.artifacts|logging\.)/

/**
 * What runs differ in, and what came of it.
 * @param lines of metrics.jsonl, one list a run
 */
export function compareRuns(records: readonly RunRecord[], lines: readonly MetricLine[][]): RunComparison {
  const facts = records.map(factsOf)
  const differences = keysOf(facts)
    .filter((key) => !NO_DIFFERENCE.test(key))
    .map((key) => ({ key, values: facts.map((fact) => fact[key] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== values[0]))
  const metrics = keysOf(records.map(({ metrics }) => metrics))
    .sort()
    .map((key) => ({ key, values: records.map(({ metrics }) => metrics[key] ?? null) }))
  return {
    runs: records.map(({ id, name, kind, startedAt, seconds }) => ({ id, name, kind, startedAt, seconds })),
    differences,
    metrics,
    curves: curvesOf(lines),
  }
}

function factsOf({ config, params, code, data, buildId, environment }: RunRecord): Record<string, Param> {
  return {
    ...flatten(config),
    ...params,
    commit: code.commit && `${code.commit.slice(0, 12)}${code.dirty ? ' and changes' : ''}`,
    code: code.sha256?.slice(0, 16) ?? null,
    ...Object.fromEntries(data.map(({ file, sha256 }) => [`data ${file}`, sha256.slice(0, 16)])),
    build: buildId,
    ...Object.fromEntries(Object.entries(environment).map(([key, value]) => [`environment ${key}`, value])),
  }
}

function curvesOf(lines: readonly MetricLine[][]): RunComparison['curves'] {
  const keys = keysOf(lines.flat().map(({ step, metrics }) => (step === null ? {} : metrics))).sort()
  return keys
    .map((key) => ({
      key,
      runs: lines
        .map((ofRun, run) => ({ run, points: pointsOf(ofRun, key) }))
        .filter(({ points }) => points.length > 0),
    }))
    .filter(({ runs }) => runs.some(({ points }) => points.length > 1))
}

/** Steps ascending; of one that was done again the last value. */
function pointsOf(lines: readonly MetricLine[], key: string): { step: number; value: number }[] {
  const values = new Map<number, number>()
  for (const { step, metrics } of lines) if (step !== null && key in metrics) values.set(step, metrics[key]!)
  return [...values].map(([step, value]) => ({ step, value })).sort((a, b) => a.step - b.step)
}

function keysOf(records: readonly Record<string, unknown>[]): string[] {
  return [...new Set(records.flatMap(Object.keys))]
}
