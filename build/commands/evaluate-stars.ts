import { STAR_PROTOCOLS, type StarProtocolName } from '../evaluate/index.ts'
import type { StarsReport } from '../experiments/evaluate-stars.ts'
import { table } from '../io/table.ts'
import { evaluateByProtocol, type ProtocolCommand } from './evaluate-protocol.ts'
import type { EvaluateSplitFlags } from './evaluate-split.ts'
import type { Surroundings } from './index.ts'
import { starsFindings } from './reports.ts'
import { starsTable } from './stars-table.ts'

/** A protocol that judges predicted stars instead of lists; null for the others. */
export function starProtocolOf({ protocol }: { protocol?: string }): StarProtocolName | null {
  return protocol !== undefined && protocol in STAR_PROTOCOLS ? (protocol as StarProtocolName) : null
}

/** Learn and predict the folds of a published protocol; prints the errors beside the baselines'. */
export function evaluateStarsCommand(
  name: StarProtocolName,
  flags: EvaluateSplitFlags,
  surroundings: Surroundings,
): Promise<void> {
  const protocol: ProtocolCommand<StarsReport> = {
    name,
    because: 'it predicts stars of its own folds',
    makesLists: false,
    async evaluate({ inputs, config, compute }, handles) {
      const { evaluateStars } = await import('../experiments/evaluate-stars.ts')
      return evaluateStars(name, inputs, config, compute.threads, handles)
    },
    summaryOf,
    findingsOf: starsFindings,
  }
  return evaluateByProtocol(protocol, flags, surroundings)
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
