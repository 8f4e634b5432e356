import type { StarsEvaluation } from '#core/schemas/manifest.ts'
import { table } from '../io/table.ts'

/** How the errors are headed, and in which order. */
const TITLES = { rmse: 'RMSE', mae: 'MAE', rmseByUser: 'RMSE by user', maeByUser: 'MAE by user' } as const

/** Models × errors of predicted stars, with the 95 % interval of the first; beneath it what they are of. */
export function starsTable({
  models,
  overBaseline,
  ratings,
  users,
}: Pick<StarsEvaluation, 'models' | 'overBaseline' | 'ratings' | 'users'>): string {
  const [first, ...others] = Object.keys(TITLES) as (keyof typeof TITLES)[]
  const header = ['predicted stars', TITLES[first!], '95 % interval', ...others.map((name) => TITLES[name])]
  const rows = models.map(({ name, metrics }) => [
    name,
    number(metrics[first!]?.mean),
    `${number(metrics[first!]?.low)} to ${number(metrics[first!]?.high)}`,
    ...others.map((other) => number(metrics[other]?.mean)),
  ])
  const { mean, low, high } = overBaseline[first!] ?? {}
  return [
    table(header, rows),
    `${ratings} ratings of ${users} users predicted; ${models[0]?.name} minus userAndMovieMean: ` +
      `RMSE ${number(mean)} (95 % interval ${number(low)} to ${number(high)})`,
  ].join('\n')
}

function number(value: number | undefined): string {
  return value?.toFixed(4) ?? '–'
}
