import type { Figure } from '../../charts/page.ts'
import { metricTitle } from '../../io/metric-names.ts'
import type { Told } from '../findings.ts'
import { lineChart } from '../line-chart.ts'
import { decimal } from '../numbers.ts'

/** list lengths that a table names; the plot has all of them */
const NAMED_LENGTHS = [1, 2, 3, 5, 10, 20, 30, 50]

/** What changes when more of the list is shown: one figure a metric. */
export function lengthFigures({ examination, served, marks }: Told): Figure[] {
  return (examination?.curves ?? []).map(({ metric, models }) => {
    const title = metricTitle(metric)
    const lengths = models[0]!.points.map(({ k }) => k)
    const best = lengths.map((_, at) => models.reduce((a, b) => (b.points[at]!.mean > a.points[at]!.mean ? b : a)).name)
    const led = best.filter((name) => name === served.name).length
    const [from, to] = [lengths[0], lengths.at(-1)]
    const rows = lengths
      .map((k, at) => ({ k, at }))
      .filter(({ k }) => NAMED_LENGTHS.includes(k) || lengths.length <= NAMED_LENGTHS.length)
    return {
      title:
        led === lengths.length
          ? `${title}: ${served.name} is first at every list length`
          : `${title}: ${served.name} is first at ${led} of ${lengths.length} list lengths`,
      caption: `Means over users by the number of movies shown, ${from} to ${to}; the band is the 95 % interval of ${served.name}.`,
      draw: lineChart(
        {
          title: `${title} by list length`,
          description: `${models.length} models, list lengths ${from} to ${to}; ${served.name} is first at ${led} of ${lengths.length}.`,
        },
        models.map(({ name, points }) => ({
          name,
          mark: marks.get(name)!,
          points: points.map(({ k, mean, low, high }) => ({
            ...{ x: k, y: mean },
            ...(name === served.name && { low, high }),
          })),
        })),
        { x: 'movies in the list (k)', y: `${title}@k` },
      ),
      table: {
        header: ['k', ...models.map(({ name }) => name)],
        rows: rows.map(({ k, at }) => [String(k), ...models.map(({ points }) => decimal(points[at]!.mean))]),
      },
    }
  })
}
