import type { TowersReport } from '../experiments/evaluate-towers.ts'
import { table } from '../io/table.ts'
import { evaluateByProtocol, type ProtocolCommand } from './evaluate-protocol.ts'
import type { EvaluateSplitFlags } from './evaluate-split.ts'
import type { Surroundings } from './index.ts'

/** The protocol that asks whether a two-tower network is worth it. */
export const TOWERS_PROTOCOL = 'two-towers'

export function asksForTowers({ protocol }: { protocol?: string }): boolean {
  return protocol === TOWERS_PROTOCOL
}

/** Learn the blend with the factors of ALS and with a two-tower network; prints which is to be shipped, and why. */
export function evaluateTowersCommand(flags: EvaluateSplitFlags, surroundings: Surroundings): Promise<void> {
  const protocol: ProtocolCommand<TowersReport> = {
    name: TOWERS_PROTOCOL,
    because: 'it takes the configured split',
    makesLists: false,
    async evaluate({ inputs, config, compute }, handles) {
      const { evaluateTowers } = await import('../experiments/evaluate-towers.ts')
      return evaluateTowers(inputs, config, compute, handles)
    },
    summaryOf,
  }
  return evaluateByProtocol(protocol, flags, surroundings)
}

function summaryOf({ models, differences, diversity, shipped, protocol, users }: TowersReport): string {
  const rows = [
    ...models.map(({ name, metrics }) => [name, metrics]),
    ...differences.map(({ a, b, metrics }) => [`${a} minus ${b}`, metrics]),
  ] as [string, (typeof models)[number]['metrics']][]
  return [
    table(
      ['model', 'NDCG@10', '95 % interval'],
      rows.map(([name, metrics]) => {
        const { mean, low, high } = metrics['ndcg@10']!
        return [name, mean.toFixed(4), `${low.toFixed(4)} to ${high.toFixed(4)}`]
      }),
    ),
    table(
      ['two_tower alone, diversity asked in serving', 'NDCG@10', 'diversity of the texts'],
      diversity.map(({ asked, metrics }) => [
        asked.toFixed(1),
        ...[metrics['ndcg@10']!, metrics['diversity@10']!].map(({ mean }) => mean.toFixed(4)),
      ]),
    ),
    `to be shipped: ${shipped}`,
    `${protocol}\n${users} users judged`,
  ].join('\n\n')
}
