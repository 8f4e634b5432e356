import { resolve } from 'node:path'
import type { Estimate } from '#core/schemas/manifest.ts'
import { ConfigError } from '../config/load-config.ts'
import type { NewMoviesReport } from '../experiments/evaluate-new-movies.ts'
import { table } from '../io/table.ts'
import type { EvaluateSplitFlags } from './evaluate-split.ts'
import { configOf, type Surroundings, writeJson } from './index.ts'
import { newMoviesFindings, writeReports } from './reports.ts'
import { noteEvaluation } from './run-notes.ts'
import { tracked } from './tracked.ts'

/** The protocol that judges predicted stars of movies which are not in the catalogue. */
export const NEW_MOVIES_PROTOCOL = 'new-movies'

export function asksForNewMovies({ protocol }: { protocol?: string }): boolean {
  return protocol === NEW_MOVIES_PROTOCOL
}

/** Learn without a fifth of the movies, then predict their ratings from what is told of them; prints the errors. */
export async function evaluateNewMoviesCommand(flags: EvaluateSplitFlags, surroundings: Surroundings): Promise<void> {
  const { cwd, stdout } = surroundings
  const { train, valid, test, format, relevantFrom, k, input, device, threads } = flags
  const others = { train, valid, test, format, 'relevant-from': relevantFrom, k }
  const [other] = Object.entries(others).find(([, value]) => value !== undefined) ?? []
  if (other)
    throw new ConfigError(
      `--protocol ${NEW_MOVIES_PROTOCOL}: found --${other} beside it; it predicts stars of its own movies`,
    )
  const config = configOf(flags, cwd, {})
  if (config.model.cf.type === 'imported')
    throw new ConfigError(
      'model.cf.type: found imported; its engine has seen the new movies, so it must be als, bpr or two_tower',
    )
  const inputs = input?.map((path) => resolve(cwd, path)) ?? null
  const { commandLine = '' } = flags
  await tracked(
    { kind: 'evaluate', config, commandLine },
    surroundings,
    async (handles) => {
      const { evaluateNewMovies } = await import('../experiments/evaluate-new-movies.ts')
      return evaluateNewMovies(inputs, config, { device, ...(threads !== undefined && { threads }) }, handles)
    },
    async (report, run) => {
      stdout.write(`${summaryOf(report)}\n`)
      if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), report)
      await writeReports(flags, newMoviesFindings(report, commandLine), surroundings)
      noteEvaluation(run, report, flags, cwd)
    },
  )
}

function summaryOf({ models, differences, withinDeviation, ...report }: NewMoviesReport): string {
  const interval = ({ low, high }: Estimate) => `${low.toFixed(4)} to ${high.toFixed(4)}`
  return [
    table(
      ['predicted stars', 'RMSE', '95 % interval', 'MAE'],
      models.map(({ name, metrics: { rmse, mae } }) => [
        name,
        rmse!.mean.toFixed(4),
        interval(rmse!),
        mae!.mean.toFixed(4),
      ]),
    ),
    table(
      ['paired by user', 'RMSE', '95 % interval'],
      differences.map(({ a, b, metrics: { rmse } }) => [`${a} minus ${b}`, rmse!.mean.toFixed(4), interval(rmse!)]),
    ),
    `${report.protocol}\n${report.ratings} ratings of ${report.users} users predicted; within one deviation ` +
      `${percent(withinDeviation.one)}, within two ${percent(withinDeviation.two)}`,
  ].join('\n\n')
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
