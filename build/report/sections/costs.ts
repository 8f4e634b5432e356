import type { Figure } from '../../charts/page.ts'
import { rowChart } from '../../charts/rows.ts'
import { percent } from '../../charts/svg.ts'
import { metricTitle } from '../../io/metric-names.ts'
import type { Told } from '../findings.ts'
import { listed, signed, verdict } from '../numbers.ts'
import { whiskerChart } from '../whisker-chart.ts'

/** What small files and quick answers cost. */
export function costFigures(told: Told): Figure[] {
  const { examination } = told
  if (examination === null) return []
  return [
    ...(examination.compression.length > 0 ? [compressionFigure(told)] : []),
    ...(examination.milliseconds.length > 0 ? [timeFigure(told)] : []),
  ]
}

function compressionFigure({ examination, main, marks, served }: Told): Figure {
  const rows = examination!.compression
  // a variant is named by the row that it changes: `als: …`
  const markOf = (variant: string) => marks.get(variant.split(':')[0]!) ?? marks.get(served.name)!
  const costly = rows.filter(({ difference }) => verdict(difference) === 'behind').map(({ variant }) => variant)
  return {
    title:
      costly.length === 0
        ? 'Compression costs nothing that can be measured'
        : `Compression costs something against ${listed(costly)}`,
    caption:
      'The lists as they are served, from 8-bit factors and weights cut to the strongest, minus the lists of the uncompressed variant, paired by user. ' +
      `Movies that both lists have: ${rows.map(({ variant, overlap }) => `${percent(overlap)} with ${variant}`).join('; ')}.`,
    draw: whiskerChart(
      {
        title: `${metricTitle(main)} of the served bytes minus that of uncompressed variants`,
        description: rows.map(({ variant, difference }) => `${variant}: ${signed(difference.mean)}`).join('; '),
      },
      rows.map(({ variant, difference }) => ({
        ...{ name: variant, mark: markOf(variant), estimate: difference },
      })),
      `difference in ${metricTitle(main)}`,
      signed,
    ),
    table: {
      header: ['served minus', 'difference', 'low', 'high', 'same places'],
      rows: rows.map(({ variant, difference: { mean, low, high }, overlap }) => [
        ...[variant, signed(mean, 5), signed(low, 5), signed(high, 5), percent(overlap)],
      ]),
    },
  }
}

function timeFigure({ examination, served, marks }: Told): Figure {
  const rows = examination!.milliseconds
  const ours = rows.find(({ name }) => name === served.name)
  const figure = (median: number) => `${median < 10 ? median.toPrecision(2) : median.toFixed(0)}\u00a0ms`
  return {
    title: ours ? `${ours.name} ranks the catalogue in ${figure(ours.median)}` : 'Time of one ranking',
    caption:
      'Median over users of one whole ranking, as the evaluation ran it on its own machine: good to compare rows, not machines. This is the one plot that another run does not repeat to the digit.',
    draw: rowChart(
      {
        title: 'Milliseconds for one ranking',
        description: rows.map(({ name, median }) => `${name} ${figure(median)}`).join('; '),
      },
      rows.map(({ name, median }) => ({
        label: name,
        values: [median],
        text: figure(median),
        color: `${marks.get(name)!.color} segment`,
      })),
      ['median'],
      92,
    ),
    table: { header: ['model', 'median'], rows: rows.map(({ name, median }) => [name, figure(median)]) },
  }
}
