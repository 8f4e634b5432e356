import type { ModelMetrics } from '#core/schemas/manifest.ts'
import type { Figure } from '../../charts/page.ts'
import { metricOrder, metricTitle } from '../../io/metric-names.ts'
import { isError, leads, type Told } from '../findings.ts'
import { decimal, listed, signed, signedWithInterval, verdict } from '../numbers.ts'
import { whiskerChart } from '../whisker-chart.ts'

export function leaderboardFigures(told: Told): Figure[] {
  return [standings(told), ...(leads(told).length > 0 ? [pairedFigure(told)] : []), everyMetric(told)]
}

function standings(told: Told): Figure {
  const { main, ranked, served, marks, users } = told
  const [best, second] = ranked
  const metric = metricTitle(main)
  const lead = leads(told).find(({ other }) => other === second?.name)
  const isLevel = second !== undefined && meanOf(second, main) === meanOf(best!, main)
  const level = isLevel ? `, level with ${second.name}` : ''
  const settled = lead && { ahead: 'settled', behind: 'settled', open: 'not settled' }[verdict(lead.estimate)]
  return {
    title:
      best === served
        ? `${served.name} leads with ${metric} ${meanOf(served, main)}${level}${timesPopularity(told)}`
        : `${best!.name} leads with ${metric} ${meanOf(best!, main)}; the served ${served.name} has ${meanOf(served, main)}`,
    caption:
      `Dot: mean over ${users.toLocaleString('en')} users; line: 95 % interval by bootstrap over users. ` +
      `${isError(main) ? 'Less is better. ' : ''}` +
      'Lines that overlap do not say that two models are alike: all judge the same users, so their paired differences decide. ' +
      (lead && best === served
        ? `Over ${lead.other}, the next best, ${served.name} has ${signedWithInterval(lead.estimate)}: ${settled}.`
        : ''),
    full: true,
    draw: whiskerChart(
      { title: `${metric} of each model`, description: ranked.map((model) => said(model, main)).join('; ') },
      ranked.map((model) => ({
        ...{ name: model.name, mark: marks.get(model.name)!, estimate: model.metrics[main]! },
      })),
      `${metric}, mean over users`,
      decimal,
    ),
    table: {
      header: ['model', metric, 'low', 'high'],
      rows: ranked.map(({ name, metrics }) => {
        const { mean, low, high } = metrics[main]!
        return [name, decimal(mean), decimal(low), decimal(high)]
      }),
    },
  }
}

function pairedFigure(told: Told): Figure {
  const { served, main, marks } = told
  const better = isError(main) ? 'behind' : 'ahead'
  const rows = leads(told)
  const beaten = rows.filter(({ estimate }) => verdict(estimate) === better)
  const open = rows.filter(({ estimate }) => verdict(estimate) === 'open').map(({ other }) => other)
  const lost = rows.filter(({ estimate }) => !['open', better].includes(verdict(estimate))).map(({ other }) => other)
  return {
    title:
      // some protocols compare with a few rows alone
      beaten.length === rows.length
        ? `${served.name} is clearly ahead of ${listed(rows.map(({ other }) => other))}`
        : `${served.name} is clearly ahead of ${beaten.length} of the ${rows.length} rows it is compared with`,
    caption:
      `${served.name} minus each row it is compared with, user by user, so that easy and hard users weigh the same on both sides; right of 0 it ${isError(main) ? 'errs more' : 'finds more'}. ` +
      'Where the line crosses 0 the data do not tell the two apart. ' +
      (open.length > 0 ? `Here that is so for ${listed(open)}. ` : '') +
      (lost.length > 0 ? `Behind: ${listed(lost)}. ` : ''),
    full: true,
    draw: whiskerChart(
      {
        title: `${metricTitle(main)} of ${served.name} minus that of each other model`,
        description: rows.map(({ other, estimate }) => `over ${other} ${signedWithInterval(estimate)}`).join('; '),
      },
      rows.map(({ other, estimate }) => ({ name: other, mark: marks.get(other)!, estimate })),
      `${metricTitle(main)} of ${served.name} minus the other’s`,
      signed,
    ),
    table: {
      header: ['other', ...Object.keys(rows[0]!.estimate)],
      rows: rows.map(({ other, estimate: { mean, low, high } }) => [other, signed(mean), signed(low), signed(high)]),
    },
  }
}

const OF_LISTS =
  'Means over users. Relevance is binary, gains are discounted by log2(rank + 1), the ideal list has min(k, relevant) movies; recall divides by all relevant ones, ' +
  'capped recall by min(k, relevant), precision by k, MAP by min(k, relevant); HR is the share of users with a hit; coverage the share of the catalogue in any list; ' +
  'novelty the mean −log2 of the share of users who have a movie, in bits; diversity the mean of 1 − cosine over the pairs of a list.'
const OF_STARS =
  'In stars. RMSE and MAE weigh every rating the same; “by user” they weigh every user the same, however many ratings there are.'

/** The same models by all else that was measured: a reader looks for the metric of another paper. */
function everyMetric({ ranked, served, main }: Told): Figure {
  const names = [...Object.keys(served.metrics), ...Object.keys(served.coverage)]
  const value = ({ metrics, coverage }: ModelMetrics, name: string) => metrics[name]?.mean ?? coverage[name]
  return {
    title: isError(main) ? 'Every measure of the error' : 'Every metric at every list length',
    caption: isError(main) ? OF_STARS : OF_LISTS,
    full: true,
    table: {
      header: ['metric', ...ranked.map(({ name }) => name)],
      rows: names
        .toSorted((a, b) => metricOrder(a) - metricOrder(b))
        .map((name) => [
          metricTitle(name),
          ...ranked.map((model) => {
            const found = value(model, name)
            return found === undefined ? '–' : decimal(found)
          }),
        ]),
    },
  }
}

function meanOf({ metrics }: ModelMetrics, metric: string): string {
  return decimal(metrics[metric]!.mean)
}

function said({ name, metrics }: ModelMetrics, metric: string): string {
  const { mean, low, high } = metrics[metric]!
  return `${name} ${decimal(mean)}, ${decimal(low)} to ${decimal(high)}`
}

/** `, 1.9 times popularity`, where popularity was judged and is not nothing. */
function timesPopularity({ models, served, main }: Told): string {
  const popularity = models.find(({ name }) => name === 'popularity')?.metrics[main]?.mean ?? 0
  return popularity > 0 && !isError(main)
    ? `, ${(served.metrics[main]!.mean / popularity).toFixed(1)} times popularity`
    : ''
}
