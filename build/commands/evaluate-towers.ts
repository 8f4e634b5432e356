import { resolve } from 'node:path'
import { ConfigError } from '../config/load-config.ts'
import type { TowersReport } from '../experiments/evaluate-towers.ts'
import { table } from '../io/table.ts'
import type { EvaluateSplitFlags } from './evaluate-split.ts'
import { configOf, type Surroundings, writeJson } from './index.ts'
import { noteEvaluation } from './run-notes.ts'
import { tracked } from './tracked.ts'

/** The protocol that asks whether a two-tower network is worth it. */
export const TOWERS_PROTOCOL = 'two-towers'

export function asksForTowers({ protocol }: { protocol?: string }): boolean {
  return protocol === TOWERS_PROTOCOL
}

/** Learn the blend with the factors of ALS and with a two-tower network; prints which is to be shipped, and why. */
export async function evaluateTowersCommand(flags: EvaluateSplitFlags, surroundings: Surroundings): Promise<void> {
  const { cwd, stdout } = surroundings
  const { train, valid, test, format, relevantFrom, k, input, device, threads } = flags
  const others = { train, valid, test, format, 'relevant-from': relevantFrom, k }
  const [other] = Object.entries(others).find(([, value]) => value !== undefined) ?? []
  if (other)
    throw new ConfigError(`--protocol ${TOWERS_PROTOCOL}: found --${other} beside it; it takes the configured split`)
  const config = configOf(flags, cwd, {})
  const inputs = input?.map((path) => resolve(cwd, path)) ?? null
  const { commandLine = '' } = flags
  await tracked(
    { kind: 'evaluate', config, commandLine },
    surroundings,
    async (handles) => {
      const { evaluateTowers } = await import('../experiments/evaluate-towers.ts')
      return evaluateTowers(inputs, config, { device, ...(threads !== undefined && { threads }) }, handles)
    },
    async (report, run) => {
      stdout.write(`${summaryOf(report)}\n`)
      if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), report)
      noteEvaluation(run, report, flags, cwd)
    },
  )
}

function summaryOf({ models, differences, shipped, protocol, users }: TowersReport): string {
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
    `to be shipped: ${shipped}`,
    `${protocol}\n${users} users judged`,
  ].join('\n\n')
}
