import { resolve } from 'node:path'
import { ConfigError } from '../config/load-config.ts'
import type { RerankReport } from '../experiments/evaluate-rerank.ts'
import { table } from '../io/table.ts'
import { type BuildFlags, configOf, type Surroundings, writeJson } from './index.ts'
import { measuresOf, noteFiles } from './run-notes.ts'
import { tracked } from './tracked.ts'

const DEFAULT_USERS = 200
const DEFAULT_MAX_MOVE = 10

export interface EvaluateRerankFlags extends BuildFlags {
  rerank?: boolean
  users?: number
  maxMove?: number
}

export function asksForRerank({ rerank }: EvaluateRerankFlags): boolean {
  return rerank === true
}

/** Put lists to a language model and say what its order is worth; prints NDCG by how much the model counts. */
export async function evaluateRerankCommand(flags: EvaluateRerankFlags, surroundings: Surroundings): Promise<void> {
  const { cwd, stdout, openLlm } = surroundings
  if (!openLlm) throw new ConfigError('--rerank: found no client for a language model; run it as "marquee evaluate"')
  const { device, threads, users = DEFAULT_USERS, maxMove = DEFAULT_MAX_MOVE } = flags
  const config = configOf(flags, cwd, {})
  const { commandLine = '' } = flags
  const report = await tracked(
    { kind: 'evaluate', config, commandLine },
    surroundings,
    async (handles) => {
      const named = await openLlm(handles)
      const { evaluateRerank } = await import('../experiments/evaluate-rerank.ts')
      const compute = { device, ...(threads !== undefined && { threads }) }
      return evaluateRerank(named, users, maxMove, config, compute, handles)
    },
    async (report, run) => {
      stdout.write(`${summaryOf(report)}\n`)
      if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), report)
      run.note({ params: { protocol: report.protocol, scoreWeight: report.scoreWeight, maxMove: report.maxMove } })
      if (report.evidence) run.metrics(measuresOf('rerank.ndcg@10', report.evidence['ndcg@10']))
      noteFiles(run, flags, cwd)
    },
  )
  if (report.evidence === null)
    throw new Error(`the language model answered none of ${report.usersAsked} requests: ${reasonsOf(report)}`)
}

function summaryOf(report: RerankReport): string {
  const { byWeight, evidence, protocol, scoreWeight, maxMove } = report
  const rows = byWeight.map((row) => [row.scoreWeight.toFixed(2), row['ndcg@10'].toFixed(4)])
  const gains = evidence
    ? [
        ['in the order of the scores', evidence['ndcg@10']] as const,
        ['in an order of chance', evidence.shuffled['ndcg@10']] as const,
      ].map(([order, { mean, low, high }]) => [order, signed(mean), `${signed(low)} to ${signed(high)}`])
    : []
  return [
    table(['weight of the score', 'NDCG@10'], rows),
    ...(gains.length > 0 ? [table(['candidates put to it', 'gain', '95 % interval'], gains)] : []),
    `best weight ${scoreWeight}, moves of at most ${maxMove} places: LLM_RERANK_SCORE_WEIGHT and LLM_RERANK_MAX_MOVE`,
    protocol + (reasonsOf(report) === '' ? '' : `; without a reply: ${reasonsOf(report)}`),
  ].join('\n\n')
}

function reasonsOf({ failures }: RerankReport): string {
  return Object.entries(failures)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ')
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`
}
