import type { StarsEvaluation } from '#core/schemas/manifest.ts'
import type { Figure } from '../../charts/page.ts'
import { percent, whole } from '../../charts/svg.ts'
import { metricTitle } from '../../io/metric-names.ts'
import { isError, type Told } from '../findings.ts'
import { marksOf } from '../marks.ts'
import { decimal, signedWithInterval, verdict } from '../numbers.ts'
import { pointChart } from '../point-chart.ts'
import { whiskerChart } from '../whisker-chart.ts'

/** radius in px of the bin with the most ratings: areas are as their numbers */
const LARGEST = 11

/** stars that a prediction may be off on average and still be called true */
const CALIBRATED = 0.1

/** How far predicted stars are off, and whether four stars mean four. */
export function starFigures({ stars, main }: Told): Figure[] {
  if (stars === null) return []
  return [
    // where stars are all that is judged the leaderboard has them
    ...(isError(main) ? [] : [errorFigure(stars)]),
    ...(stars.calibration.some(({ ratings }) => ratings > 0) ? [calibrationFigure(stars)] : []),
  ]
}

function errorFigure({ models, users, ratings, overBaseline }: StarsEvaluation): Figure {
  const marks = marksOf(models.map(({ name }) => name))
  const ranked = models.toSorted((a, b) => a.metrics.rmse!.mean - b.metrics.rmse!.mean)
  const [served] = models
  const [best] = ranked
  const gain = overBaseline.rmse
  const names = Object.keys(served!.metrics)
  return {
    title:
      best === served
        ? `Predicted stars are off by ${decimal(served!.metrics.rmse!.mean, 3)} (RMSE), less than every baseline`
        : `${best!.name} predicts stars best: RMSE ${decimal(best!.metrics.rmse!.mean, 3)}`,
    caption:
      `Root of the mean squared error over ${whole(ratings)} ratings of ${whole(users)} users, less is better; lines are 95 % intervals by bootstrap over users. ` +
      (gain
        ? `Minus the mean of movie and user, paired by user: ${signedWithInterval(gain)}, ${verdict(gain) === 'open' ? 'not settled' : 'settled'}.`
        : ''),
    draw: whiskerChart(
      {
        title: 'RMSE of predicted stars',
        description: ranked.map(({ name, metrics }) => `${name} ${decimal(metrics.rmse!.mean)}`).join('; '),
      },
      ranked.map(({ name, metrics }) => ({ name, mark: marks.get(name)!, estimate: metrics.rmse! })),
      'RMSE in stars',
      decimal,
    ),
    table: {
      header: ['model', ...names.flatMap((name) => [metricTitle(name), 'low', 'high'])],
      rows: ranked.map(({ name, metrics }) => [
        name,
        ...names.flatMap((metric) => {
          const { mean, low, high } = metrics[metric]!
          return [decimal(mean), decimal(low), decimal(high)]
        }),
      ]),
    },
  }
}

function calibrationFigure({ models, calibration, withinDeviation: { one, two } }: StarsEvaluation): Figure {
  const mark = marksOf(models.map(({ name }) => name)).get(models[0]!.name)!
  const bins = calibration.filter(({ ratings }) => ratings > 0)
  const total = bins.reduce((sum, { ratings }) => sum + ratings, 0)
  const gap =
    bins.reduce((sum, { predicted, actual, ratings }) => sum + ratings * Math.abs(predicted - actual), 0) / total
  const most = Math.max(...bins.map(({ ratings }) => ratings))
  const values = bins.flatMap(({ predicted, actual }) => [predicted, actual])
  const domain: [number, number] = [Math.floor(Math.min(...values)), Math.ceil(Math.max(...values))]
  return {
    title: `${gap < CALIBRATED ? 'Four stars mean four: predictions' : 'Predictions'} and ratings differ by ${decimal(gap, 2)} stars within bins`,
    caption:
      'Ratings binned by the stars predicted for them; on the dashed line people gave on average what was predicted, below it they gave less. The area of a dot is the number of its ratings. ' +
      `${percent(one)} of the ratings lie within one predicted standard deviation and ${percent(two)} within two (68 % and 95 % of normal ones).`,
    draw: pointChart(
      {
        title: 'Mean stars given against stars predicted',
        description: bins
          .map(
            ({ predicted, actual, ratings }) =>
              `${decimal(predicted, 2)} predicted, ${decimal(actual, 2)} given, ${ratings} ratings`,
          )
          .join('; '),
      },
      bins.map(({ predicted, actual, ratings }) => ({
        ...{ name: '', mark: { ...mark, shape: 'circle' as const }, x: predicted, y: actual },
        radius: Math.max(2.5, LARGEST * Math.sqrt(ratings / most)),
      })),
      { axes: { x: 'stars predicted', y: 'mean stars given' }, domain: { x: domain, y: domain }, diagonal: true },
    ),
    table: {
      header: ['predicted from', 'to', 'ratings', 'mean predicted', 'mean given'],
      rows: bins.map(({ from, to, ratings, predicted, actual }) => [
        ...[String(from), String(to), whole(ratings), decimal(predicted, 3), decimal(actual, 3)],
      ]),
    },
  }
}
