import type { Figure } from '../charts/page.ts'
import { percent, whole } from '../charts/svg.ts'
import { barChart, tailChart } from './charts.ts'
import type { Facts, Tail } from './facts.ts'
import { type Spread, spreadOf } from './statistics.ts'

/** values of a rating that are shown as they are; more are put into classes */
const MOST_BARS = 20

export function ratingFigures({ totals, histogram, userMeans, activity, popularity }: Facts, all: Spread): Figure[] {
  const bars = binned(histogram)
  const top = bars.reduce((best, bar) => (bar.n > best.n ? bar : best))
  const high = histogram.filter(({ value }) => value >= all.median).reduce((sum, { n }) => sum + n, 0) / all.n
  const ratings: Figure = {
    title: 'How ratings are spread',
    caption:
      `Most often given: ${top.label} (${percent(top.n / all.n)}); ${percent(high)} of the ratings are ${all.median} or more. ` +
      'People rate what they chose to watch, so a missing rating is not an average one, and a predicted mean is no recommendation.',
    draw: barChart(
      { title: 'How ratings are spread', description: `${bars.length} values; the most frequent is ${top.label}.` },
      bars.map(({ label, n }) => ({ label, value: n / all.n, text: percent(n / all.n) })),
      { x: 'stars', y: 'share of ratings' },
    ),
    table: {
      header: ['stars', 'ratings', 'share'],
      rows: bars.map(({ label, n }) => [label, whole(n), percent(n / all.n)]),
    },
  }
  return [
    ratings,
    ...(userMeans.bins.some(({ n }) => n > 0) ? [userMeansFigure(userMeans, all)] : []),
    tailFigure(
      'User activity',
      'users',
      activity,
      [totals.ratings, totals.users],
      'rank of the user',
      'ratings a user',
    ),
    tailFigure(
      'Movie popularity',
      'movies',
      popularity,
      [totals.ratings, totals.ratedMovies],
      'rank of the movie',
      'ratings a movie',
    ),
  ]
}

function userMeansFigure(userMeans: Facts['userMeans'], all: Spread): Figure {
  const means = spreadOf(userMeans.bins)
  const share = (means.deviation / all.deviation) ** 2
  const bars = userMeans.bins.map(({ value, n }) => ({ label: String(Number(value.toFixed(2))), n }))
  return {
    title: 'How strict and how generous users are',
    caption:
      `Half of the users have a mean from ${means.lowerQuartile.toFixed(1)} to ${means.upperQuartile.toFixed(1)} stars (each counts once; ${userMeans.least} ratings or more). ` +
      `Their means spread by ± ${means.deviation.toFixed(2)}, about ${percent(share)} of the variance of all ratings: 3 stars of one are 4 of another, so compare stars only after taking off the user’s mean.`,
    draw: barChart(
      { title: 'Mean rating of each user', description: `${bars.length} classes of means.` },
      bars.map(({ label, n }) => ({ label, value: n / means.n, text: percent(n / means.n) })),
      { x: 'mean stars of a user', y: 'share of users' },
    ),
    table: {
      header: ['mean stars, about', 'users', 'share'],
      rows: bars.map(({ label, n }) => [label, whole(n), percent(n / means.n)]),
    },
  }
}

function tailFigure(
  title: string,
  who: string,
  tail: Tail,
  [ratings, size]: [number, number],
  x: string,
  y: string,
): Figure {
  const advice =
    who === 'users'
      ? 'Average metrics over users, not over ratings, or these few decide the result.'
      : 'A list of the best known alone scores well: compare every model with that baseline, and report coverage.'
  return {
    title: `${title}: the long tail`,
    caption:
      `The most active tenth of the ${who} holds ${percent(tail.topTenth)} of the ratings; half of the ${who} have ${whole(tail.median)} or fewer (mean ${whole(ratings / size)}). ${advice}`.replace(
        'most active tenth of the movies',
        'best known tenth of the movies',
      ),
    draw: tailChart(
      {
        title: `${title}: ratings by rank, both axes logarithmic`,
        description: `From ${whole(tail.most)} ratings at rank 1 to ${whole(tail.points.at(-1)!.n)} at rank ${whole(size)}.`,
      },
      tail.points,
      { x: `${x} (log)`, y: `${y} (log)` },
    ),
    table: { header: [x, y], rows: tail.points.map(({ rank, n }) => [whole(rank), whole(n)]) },
  }
}

/** Bars of a histogram: its values, or about MOST_BARS classes of equal width when there are more. */
function binned(histogram: Facts['histogram']): { label: string; n: number }[] {
  if (histogram.length <= MOST_BARS) return histogram.map(({ value, n }) => ({ label: String(value), n }))
  const [low, high] = [histogram[0]!.value, histogram.at(-1)!.value]
  const width = (high - low) / MOST_BARS
  const bars = Array.from({ length: MOST_BARS }, (_, bar) => ({
    label: String(Number((low + bar * width).toPrecision(3))),
    n: 0,
  }))
  for (const { value, n } of histogram) bars[Math.min(MOST_BARS - 1, Math.floor((value - low) / width))]!.n += n
  return bars
}
