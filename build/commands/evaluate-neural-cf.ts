import type { NeuralCfReport } from '../experiments/evaluate-neural-cf.ts'
import { table } from '../io/table.ts'
import { evaluateByProtocol, type ProtocolCommand } from './evaluate-protocol.ts'
import type { EvaluateSplitFlags } from './evaluate-split.ts'
import type { Surroundings } from './index.ts'

/** The protocol that asks whether neural collaborative filtering is worth it. */
export const NEURAL_CF_PROTOCOL = 'neural-cf'

export function asksForNeuralCf({ protocol }: { protocol?: string }): boolean {
  return protocol === NEURAL_CF_PROTOCOL
}

/** Learn NeuMF and the same by products alone; prints them beside every source, and whether the blend is better for it. */
export function evaluateNeuralCfCommand(flags: EvaluateSplitFlags, surroundings: Surroundings): Promise<void> {
  const protocol: ProtocolCommand<NeuralCfReport> = {
    name: NEURAL_CF_PROTOCOL,
    because: 'it takes the configured split',
    makesLists: false,
    notImported: 'the factors must not have seen the validation part',
    async evaluate({ inputs, config, compute }, handles) {
      const { evaluateNeuralCf } = await import('../experiments/evaluate-neural-cf.ts')
      return evaluateNeuralCf(inputs, config, compute, handles)
    },
    summaryOf,
  }
  return evaluateByProtocol(protocol, flags, surroundings)
}

function summaryOf({ models, differences, epochs, shares, helps, protocol, users }: NeuralCfReport): string {
  const rows = [
    ...models.map(({ name, metrics }) => [name, metrics] as const),
    ...differences.map(({ a, b, metrics }) => [`${a} minus ${b}`, metrics] as const),
  ]
  return [
    table(
      ['model', 'NDCG@10', '95 % interval'],
      rows.map(([name, metrics]) => {
        const { mean, low, high } = metrics['ndcg@10']!
        return [name, mean.toFixed(4), `${low.toFixed(4)} to ${high.toFixed(4)}`]
      }),
    ),
    table(
      ['network', 'epochs', 'of the way, by half'],
      Object.entries(shares).map(([name, own]) => [name, String(epochs[name]), own.join(', ')]),
    ),
    `neural_cf makes the blend better: ${helps ? 'yes' : 'no'}; it is not served either way`,
    `${protocol}\n${users} users judged`,
  ].join('\n\n')
}
