import type { CurvePoint, LearningCurve } from '../experiments/learning-curve.ts'
import { table } from '../io/table.ts'

/** Rows of chance and of what needs no learning say nothing here. */
const ROWS = ['marquee', 'als', 'next', 'ease', 'popularity']

/** NDCG of the main models by what they learned from, and what a doubling of the users brought. */
export function learningCurveTable({ points, protocol, judgedUsers }: LearningCurve, cutoff: number): string {
  const metric = `ndcg@${cutoff}`
  const names = ROWS.filter((name) => points.every(({ models }) => models.some((model) => model.name === name)))
  const of = ({ models }: CurvePoint, name: string) => models.find((model) => model.name === name)!.metrics[metric]!
  const rows = points.map((point) => [
    point.users.toLocaleString('en'),
    point.interactions.toLocaleString('en'),
    ...names.map((name) => of(point, name).mean.toFixed(4)),
    `${of(point, names[0]!).low.toFixed(4)} to ${of(point, names[0]!).high.toFixed(4)}`,
  ])
  const gains = points.slice(1).map((point, before) => {
    const gain = of(point, names[0]!).mean - of(points[before]!, names[0]!).mean
    return `${gain < 0 ? '−' : '+'}${Math.abs(gain).toFixed(4)}`
  })
  return [
    table(['users', 'interactions', ...names.map((name) => `${name} NDCG@${cutoff}`), `${names[0]}, 95 %`], rows),
    `each step has twice the users of the one before: ${gains.join(', ')}`,
    `${protocol}\n${judgedUsers} users judged, the same in every row`,
  ].join('\n\n')
}
