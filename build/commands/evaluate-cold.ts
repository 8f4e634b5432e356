import { resolve } from 'node:path'
import { ConfigError } from '../config/load-config.ts'
import type { ColdReport } from '../experiments/evaluate-cold.ts'
import { table } from '../io/table.ts'
import type { EvaluateSplitFlags } from './evaluate-split.ts'
import { configOf, type Surroundings, writeJson } from './index.ts'
import { metricsTable } from './metrics-table.ts'
import { coldFindings, writeReports } from './reports.ts'
import { noteEvaluation } from './run-notes.ts'
import { tracked } from './tracked.ts'

/** The protocol that judges movies which nobody has rated. */
export const COLD_PROTOCOL = 'cold-items'

export function asksForCold({ protocol }: { protocol?: string }): boolean {
  return protocol === COLD_PROTOCOL
}

/** Learn without a fifth of the movies and find these; prints the metrics, and how far each row is above the texts'. */
export async function evaluateColdCommand(flags: EvaluateSplitFlags, surroundings: Surroundings): Promise<void> {
  const { cwd, stdout } = surroundings
  const { train, valid, test, format, relevantFrom, k, input, device, threads } = flags
  const others = { train, valid, test, format, 'relevant-from': relevantFrom }
  const [other] = Object.entries(others).find(([, value]) => value !== undefined) ?? []
  if (other)
    throw new ConfigError(`--protocol ${COLD_PROTOCOL}: found --${other} beside it; it divides the movies itself`)
  const configured = configOf(flags, cwd, {})
  if (configured.model.cf.type === 'imported')
    throw new ConfigError(
      'model.cf.type: found imported; its engine has seen the cold movies, so it must be als, bpr or two_tower',
    )
  const cutoffs = k ?? configured.evaluation.cutoffs
  const config = { ...configured, evaluation: { ...configured.evaluation, cutoffs } }
  const inputs = input?.map((path) => resolve(cwd, path)) ?? null
  const { commandLine = '' } = flags
  await tracked(
    { kind: 'evaluate', config, commandLine },
    surroundings,
    async (handles) => {
      const { evaluateCold } = await import('../experiments/evaluate-cold.ts')
      return evaluateCold(inputs, config, { device, ...(threads !== undefined && { threads }) }, handles)
    },
    async (report, run) => {
      stdout.write(`${summaryOf(report, cutoffs)}\n`)
      if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), report)
      await writeReports(flags, coldFindings(report, commandLine), surroundings)
      noteEvaluation(run, report, flags, cwd)
    },
  )
}

function summaryOf(report: ColdReport, cutoffs: number[]): string {
  const rows = report.differences.flatMap(({ a, b, metrics }) =>
    cutoffs.map((cutoff) => {
      const { mean, low, high } = metrics[`ndcg@${cutoff}`]!
      return [`${a} minus ${b}`, `NDCG@${cutoff}`, mean.toFixed(4), `${low.toFixed(4)} to ${high.toFixed(4)}`]
    }),
  )
  return [
    ...cutoffs.map((cutoff) => metricsTable(report, cutoff)),
    table(['paired by user', '', 'difference', '95 % interval'], rows),
    `${report.protocol}\n${report.users} users judged`,
  ].join('\n\n')
}
