import type { RankerCard } from '#core/schemas/manifest.ts'
import type { Figure } from '../../charts/page.ts'
import { percent, whole } from '../../charts/svg.ts'
import type { Told } from '../findings.ts'
import { signed, signedWithInterval } from '../numbers.ts'
import { shareChart } from '../share-chart.ts'
import { whiskerChart } from '../whisker-chart.ts'

/** What is asked for at least so often, in parts of all, has a part of the bar of its own. */
const WORTH_NAMING = 0.05

/** Whether the learned order of the first movies proved itself, and what it goes by. */
export function rankerFigures({ card, marks, served }: Told): Figure[] {
  const ranker = card?.model.ranker
  if (!ranker) return []
  const { shipped, 'ndcg@10': difference, pool, trees, users, folds, minRatings } = ranker
  const gate: Figure = {
    title: `A learned order of the first ${pool} movies ${shipped ? 'proved itself' : 'did not prove itself, and is not used'}: ${signed(difference.mean)}`,
    caption:
      `NDCG@10 of the lists in the learned order minus that of the blend's own, on the validation part, paired by user; each of ${folds} ` +
      'parts of the users is judged by trees that were grown on the others. It is shipped only where the whole interval lies above 0.',
    draw: whiskerChart(
      { title: 'Learned order minus the blend on validation', description: signedWithInterval(difference) },
      [
        {
          name: 'ranker',
          estimate: difference,
          mark: marks.get(served.name)!,
          note: shipped ? 'shipped' : 'not shipped',
        },
      ],
      'difference in NDCG@10 on validation',
      signed,
    ),
    table: {
      header: ['users', 'trees', 'histories from', 'difference', 'low', 'high', 'shipped'],
      rows: [
        [
          ...[whole(users), whole(trees), `${minRatings} ratings`],
          ...[signed(difference.mean), signed(difference.low), signed(difference.high), shipped ? 'yes' : 'no'],
        ],
      ],
    },
  }
  return shipped ? [gate, gainsFigure(ranker)] : [gate]
}

/** What the trees ask for, by how much that told them. */
function gainsFigure({ gains }: RankerCard): Figure {
  const all = Object.entries(gains)
  const named = all.filter(([, part]) => part >= WORTH_NAMING)
  const rest = 1 - named.reduce((sum, [, part]) => sum + part, 0)
  const parts = [...named, ['others', rest] as const]
  return {
    title: `The learned order goes by ${all[0]![0]} more than by anything else: ${percent(all[0]![1])}`,
    caption:
      'Parts of all that the trees gained on the users that they were grown on, by what they asked for; docs/ranker.md says what is what.',
    draw: shareChart(
      {
        title: 'Gain of the trees by what they ask for',
        description: parts.map(([name, part]) => `${name} ${percent(part)}`).join(', '),
      },
      [{ name: 'gain', shares: parts.map(([, part]) => part) }],
      parts.map(([name], at) => ({ name, color: `m${at % 7}`, opacity: at < 7 ? 1 : 0.5 })),
    ),
    table: { header: ['asked for', 'part of the gain'], rows: all.map(([name, part]) => [name, percent(part)]) },
  }
}
