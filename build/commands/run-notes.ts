import { join, resolve } from 'node:path'
import type { Estimate, ModelMetrics } from '#core/schemas/manifest.ts'
import type { BuildResult } from '../index.ts'
import type { Run } from '../tracking/index.ts'
import type { BuildFlags } from './index.ts'

type Judged = Pick<ModelMetrics, 'name' | 'metrics'> & Partial<ModelMetrics>

/** Into the record of a build: metrics, seconds of the steps, files, and whether it is what is served now. */
export function noteBuild(
  run: Run,
  { buildId, folder, steps, report }: Omit<BuildResult, 'card' | 'examination'>,
  flags: Pick<BuildFlags, 'json' | 'examine' | 'report' | 'leaderboard'>,
  cwd: string,
): void {
  run.metrics(Object.fromEntries(steps.map(({ step, seconds }) => [`seconds.${step}`, seconds])))
  if (report) noteModels(run, report.models)
  if (report?.stars) noteModels(run, report.stars.models, 'stars')
  for (const path of ['report.json', 'model', 'tables']) run.artifacts(join(folder, path))
  noteFiles(run, flags, cwd)
  if (steps.at(-1)?.step === 'publish') run.note({ buildId, model: { buildId, alias: 'champion' } })
}

/** Of an evaluation that makes no model. */
export function noteEvaluation(
  run: Run,
  report: {
    models: readonly Judged[]
    files: readonly { file: string; sha256: string }[]
    protocol: string
  },
  flags: Pick<BuildFlags, 'json' | 'examine' | 'report' | 'leaderboard'>,
  cwd: string,
): void {
  run.note({ data: report.files, params: { protocol: report.protocol } })
  noteModels(run, report.models)
  noteFiles(run, flags, cwd)
}

/** Of the rows that are there to compare with, these are kept. */
const COMPARED = /^(ndcg@|rmse$)/

/** The first with its intervals, and the others to compare with: `test.ndcg@10`, `test.popularity.ndcg@10`. */
function noteModels(run: Run, [first, ...others]: readonly Judged[], what = 'test'): void {
  if (!first) return
  const coverage = Object.entries(first.coverage ?? {}).map(([metric, share]) => [`${what}.${metric}`, share])
  const compared = others.flatMap(({ name, metrics }) =>
    Object.entries(metrics)
      .filter(([metric]) => COMPARED.test(metric))
      .map(([metric, { mean }]) => [`${what}.${name}.${metric}`, mean]),
  )
  const measured = Object.entries(first.metrics).map(([metric, estimate]) => measuresOf(`${what}.${metric}`, estimate))
  run.metrics(Object.assign({}, ...measured, Object.fromEntries([...coverage, ...compared])))
}

/** A mean with the ends of its 95 % interval. */
export function measuresOf(name: string, { mean, low, high }: Estimate): Record<string, number> {
  return { [name]: mean, [`${name}.low`]: low, [`${name}.high`]: high }
}

/** What the flags asked to be written. */
export function noteFiles(
  run: Run,
  { json, examine, report, leaderboard }: Pick<BuildFlags, 'json' | 'examine' | 'report' | 'leaderboard'>,
  cwd: string,
): void {
  for (const path of [json, examine, report, leaderboard]) if (path !== undefined) run.artifacts(resolve(cwd, path))
}
