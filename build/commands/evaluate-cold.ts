import type { ColdReport } from '../experiments/evaluate-cold.ts'
import { table } from '../io/table.ts'
import { evaluateByProtocol, type ProtocolCommand } from './evaluate-protocol.ts'
import type { EvaluateSplitFlags } from './evaluate-split.ts'
import type { Surroundings } from './index.ts'
import { metricsTable } from './metrics-table.ts'
import { coldFindings } from './reports.ts'

/** The protocol that judges movies which nobody has rated. */
export const COLD_PROTOCOL = 'cold-items'

export function asksForCold({ protocol }: { protocol?: string }): boolean {
  return protocol === COLD_PROTOCOL
}

/** Learn without a fifth of the movies and find these; prints the metrics, and how far each row is above the texts'. */
export function evaluateColdCommand(flags: EvaluateSplitFlags, surroundings: Surroundings): Promise<void> {
  const protocol: ProtocolCommand<ColdReport> = {
    name: COLD_PROTOCOL,
    because: 'it divides the movies itself',
    makesLists: true,
    notImported: 'its engine has seen the cold movies',
    async evaluate({ inputs, config, compute }, handles) {
      const { evaluateCold } = await import('../experiments/evaluate-cold.ts')
      return evaluateCold(inputs, config, compute, handles)
    },
    summaryOf,
    findingsOf: coldFindings,
  }
  return evaluateByProtocol(protocol, flags, surroundings)
}

function summaryOf(report: ColdReport, cutoffs: readonly number[]): string {
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
