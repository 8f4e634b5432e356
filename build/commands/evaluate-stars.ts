import { resolve } from 'node:path'
import { ConfigError } from '../config/load-config.ts'
import { STAR_PROTOCOLS, type StarProtocolName } from '../evaluate/index.ts'
import type { StarsReport } from '../experiments/evaluate-stars.ts'
import { table } from '../io/table.ts'
import type { EvaluateSplitFlags } from './evaluate-split.ts'
import { configOf, type Surroundings, writeJson } from './index.ts'
import { starsFindings, writeReports } from './reports.ts'
import { noteEvaluation } from './run-notes.ts'
import { starsTable } from './stars-table.ts'
import { tracked } from './tracked.ts'

/** A protocol that judges predicted stars instead of lists; null for the others. */
export function starProtocolOf({ protocol }: { protocol?: string }): StarProtocolName | null {
  return protocol !== undefined && protocol in STAR_PROTOCOLS ? (protocol as StarProtocolName) : null
}

/** Learn and predict the folds of a published protocol; prints the errors beside the baselines'. */
export async function evaluateStarsCommand(
  protocol: StarProtocolName,
  flags: EvaluateSplitFlags,
  surroundings: Surroundings,
): Promise<void> {
  const { cwd, stdout } = surroundings
  const { train, valid, test, format, relevantFrom, k, input, threads } = flags
  const others = { train, valid, test, format, 'relevant-from': relevantFrom, k }
  const [other] = Object.entries(others).find(([, value]) => value !== undefined) ?? []
  if (other)
    throw new ConfigError(`--protocol ${protocol}: found --${other} beside it; it predicts stars of its own folds`)
  const config = configOf(flags, cwd, {})
  const inputs = input?.map((path) => resolve(cwd, path)) ?? null
  const { commandLine = '' } = flags
  await tracked(
    { kind: 'evaluate', config, commandLine },
    surroundings,
    async (handles) => {
      const { evaluateStars } = await import('../experiments/evaluate-stars.ts')
      return evaluateStars(protocol, inputs, config, threads, handles)
    },
    async (report, run) => {
      stdout.write(`${summaryOf(report)}\n`)
      if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), report)
      await writeReports(flags, starsFindings(report, commandLine), surroundings)
      noteEvaluation(run, report, flags, cwd)
    },
  )
}

function summaryOf(report: StarsReport): string {
  const folds = report.folds.map(({ factors, learnedFrom, ratings, rmse }, at) =>
    [at + 1, learnedFrom, ratings, factors, rmse.toFixed(4)].map(String),
  )
  return [
    starsTable(report),
    table(['fold', 'learned from', 'predicted', 'factors', 'RMSE'], folds),
    `${report.protocol}; seed ${report.seed}`,
  ].join('\n\n')
}
