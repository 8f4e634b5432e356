import type { Figure } from '../charts/page.ts'
import { percent, whole } from '../charts/svg.ts'
import { heatMap, monthChart } from './charts.ts'
import type { TimeFacts } from './facts.ts'

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

export function timeFigures({ months, week, busiestTenth, first, last }: TimeFacts): Figure[] {
  const total = months.reduce((sum, { n }) => sum + n, 0)
  const peak = months.reduce((best, month) => (month.n > best.n ? month : best))
  const hours = week[0]!.map((_, hour) => week.reduce((sum, day) => sum + day[hour]!, 0))
  const busiest = hours.indexOf(Math.max(...hours))
  const quietest = hours.indexOf(Math.min(...hours))
  const weekend = [...week[5]!, ...week[6]!].reduce((sum, n) => sum + n, 0) / total
  return [
    {
      title: 'Ratings per month',
      caption:
        `${first} to ${last}; the busiest month is ${peak.month} with ${whole(peak.n)} ratings (${percent(peak.n / total)}), and the busiest tenth of the hours ` +
        `holds ${percent(busiestTenth)}. Where the flow is uneven, a split at one date gives parts of very different users; a split within each user does not.`,
      full: true,
      draw: monthChart(
        { title: 'Ratings per month', description: `${months.length} months; most in ${peak.month}.` },
        months,
        'ratings a month',
      ),
      table: { header: ['month', 'ratings'], rows: months.map(({ month, n }) => [month, whole(n)]) },
    },
    {
      title: 'Hour and weekday',
      caption:
        `Busiest around ${busiest}:00, quietest around ${quietest}:00 UTC; the weekend has ${percent(weekend)} of the ratings (2 of 7 days: 29 %). ` +
        'Times are of the rating, not of watching, and in UTC: viewers of several time zones blur the pattern.',
      full: true,
      draw: heatMap(
        { title: 'Ratings by weekday and hour, UTC', description: `Most in the hour from ${busiest}:00.` },
        {
          rows: DAYS,
          columns: hours.map((_, hour) => String(hour)),
          values: week.map((day) => day.map((n) => n / total)),
        },
        { labelWidth: 84, upright: false, says: (value) => (value * 100).toFixed(1) },
      ),
      table: {
        header: ['weekday', ...hours.map((_, hour) => `${hour} h`)],
        rows: DAYS.map((day, index) => [day, ...week[index]!.map(whole)]),
      },
    },
  ]
}
