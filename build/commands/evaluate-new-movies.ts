import type { Estimate } from '#core/schemas/manifest.ts'
import type { NewMoviesReport } from '../experiments/evaluate-new-movies.ts'
import { table } from '../io/table.ts'
import { evaluateByProtocol, type ProtocolCommand } from './evaluate-protocol.ts'
import type { EvaluateSplitFlags } from './evaluate-split.ts'
import type { Surroundings } from './index.ts'
import { newMoviesFindings } from './reports.ts'

/** The protocol that judges predicted stars of movies which are not in the catalogue. */
export const NEW_MOVIES_PROTOCOL = 'new-movies'

export function asksForNewMovies({ protocol }: { protocol?: string }): boolean {
  return protocol === NEW_MOVIES_PROTOCOL
}

/** Learn without a fifth of the movies, then predict their ratings from what is told of them; prints the errors. */
export function evaluateNewMoviesCommand(flags: EvaluateSplitFlags, surroundings: Surroundings): Promise<void> {
  const protocol: ProtocolCommand<NewMoviesReport> = {
    name: NEW_MOVIES_PROTOCOL,
    because: 'it predicts stars of its own movies',
    makesLists: false,
    notImported: 'its engine has seen the new movies',
    async evaluate({ inputs, config, compute }, handles) {
      const { evaluateNewMovies } = await import('../experiments/evaluate-new-movies.ts')
      return evaluateNewMovies(inputs, config, compute, handles)
    },
    summaryOf,
    findingsOf: newMoviesFindings,
  }
  return evaluateByProtocol(protocol, flags, surroundings)
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
