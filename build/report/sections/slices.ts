import type { Figure } from '../../charts/page.ts'
import { whole } from '../../charts/svg.ts'
import { metricTitle } from '../../io/metric-names.ts'
import type { Told } from '../findings.ts'
import { groupChart } from '../group-chart.ts'
import { decimal } from '../numbers.ts'

/** Who is served well and who is not: one figure a way of dividing users or movies. */
export function sliceFigures({ examination, served, marks }: Told): Figure[] {
  const slices = (examination?.slices ?? []).filter(({ groups }) => groups.length > 0)
  return slices.map(({ by, metric, groups }, index, all) => {
    const title = metricTitle(metric)
    const isFirst = groups.map(({ models }) => models.every(({ value }) => value.mean <= meanOf(models, served.name)))
    const led = isFirst.filter(Boolean).length
    const means = groups.map(({ models }) => meanOf(models, served.name))
    const [hardest, easiest] = [groups[means.indexOf(Math.min(...means))]!, groups[means.indexOf(Math.max(...means))]!]
    return {
      title: `By ${by}: ${served.name} is first in ${led === groups.length ? 'every group' : `${led === 0 ? 'none' : led} of ${groups.length} groups`}`,
      caption:
        `${served.name} does best for “${easiest.label}” (${decimal(Math.max(...means))}) and worst for “${hardest.label}” (${decimal(Math.min(...means))}). ` +
        'Groups differ in how much there is to be found, so compare models within a group rather than groups.',
      // the last of an odd number would stand alone
      full: index === all.length - 1 && index % 2 === 0,
      draw: groupChart(
        {
          title: `${title} by ${by}`,
          description: groups.map(({ label }, at) => `${label}: ${served.name} ${decimal(means[at]!)}`).join('; '),
        },
        groups.map(({ label, users, models }) => ({
          ...{ label, note: `${whole(users)} users` },
          models: models.map(({ name, value }) => ({ name, mark: marks.get(name)!, value })),
        })),
        `${title}, mean over users`,
      ),
      table: {
        header: [by, 'users', ...groups[0]!.models.map(({ name }) => name)],
        rows: groups.map(({ label, users, models }) => [
          ...[label, whole(users)],
          ...models.map(({ value }) => decimal(value.mean)),
        ]),
      },
    }
  })
}

function meanOf(models: readonly { name: string; value: { mean: number } }[], name: string): number {
  return models.find((model) => model.name === name)?.value.mean ?? 0
}
