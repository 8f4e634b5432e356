import type { Figure } from '../../charts/page.ts'
import { percent } from '../../charts/svg.ts'
import { metricTitle } from '../../io/metric-names.ts'
import type { Told } from '../findings.ts'
import { decimal } from '../numbers.ts'
import { type NamedPoint, pointChart } from '../point-chart.ts'
import { shareChart } from '../share-chart.ts'

/** Loss of accuracy that is still called cheap. */
const CHEAP = 0.01

/** The tenths of the catalogue that a plot tells apart, the most popular first. */
const TENTHS = ['most popular tenth', '2nd', '3rd', '4th', '5th', 'other half']

/** Whether lists are more than the best known movies, and what it costs to vary them. */
export function varietyFigures(told: Told): Figure[] {
  const { examination } = told
  if (examination === null) return []
  const { popularityBias, diversity } = examination
  return [
    ...(popularityBias.length > 0 ? [decileFigure(told), noveltyFigure(told)] : []),
    ...(diversity.length > 1 ? [diversityFigure(told)] : []),
  ]
}

type Bias = NonNullable<Told['examination']>['popularityBias']

function decileFigure({ examination, served }: Told): Figure {
  const bias = examination!.popularityBias
  const ours = bias.find(({ name }) => name === served.name) ?? bias[0]!
  const parts = TENTHS.map((name, index) => ({ name, color: 'm0', opacity: 0.95 * 0.6 ** index }))
  return {
    title: `${percent(ours.shareByDecile[0]!)} of what ${ours.name} shows are movies of the most popular tenth`,
    caption:
      'All places of all lists, by how popular the movie is: the strongest colour is the most popular tenth of the catalogue, the faintest its less popular half. ' +
      'A model that only repeats what everyone knows is one bar of one colour; chance gives each tenth 10 %. In percent.',
    draw: shareChart(
      {
        title: 'Share of the recommended places by popularity of the movie',
        description: bias
          .map(({ name, shareByDecile }) => `${name}: ${percent(shareByDecile[0]!)} most popular`)
          .join('; '),
      },
      bias.map(({ name, shareByDecile }) => ({
        name,
        shares: [...shareByDecile.slice(0, 5), shareByDecile.slice(5).reduce((sum, share) => sum + share, 0)],
      })),
      parts,
    ),
    table: {
      header: ['model', ...ours.shareByDecile.map((_, index) => `tenth ${index + 1}`)],
      rows: bias.map(({ name, shareByDecile }) => [name, ...shareByDecile.map(percent)]),
    },
  }
}

function noveltyFigure({ examination, models, main, marks, served }: Told): Figure {
  const bias = examination!.popularityBias
  const metric = metricTitle(main)
  const points = bias.map(({ name, novelty }): NamedPoint => {
    const accuracy = models.find((model) => model.name === name)?.metrics[main]?.mean ?? 0
    return { name, mark: marks.get(name)!, x: novelty, y: accuracy }
  })
  const novelties = points.map(({ x }) => x)
  const accurate = points.filter(({ y }) => y >= 0.5 * Math.max(...points.map(({ y }) => y)))
  const freshest = accurate.reduce((a, b) => (b.x > a.x ? b : a))
  const ours = bias.find(({ name }) => name === served.name)
  return {
    title: `Of the accurate models ${freshest.name} shows the least known movies`,
    caption:
      'Up: more accurate. Right: movies that fewer people have rated, in bits: one bit more is half as many people. ' +
      'Accurate here: at least half of the best model’s value. ' +
      (ours
        ? `${ours.name} has ${percent(ours.coverage)} of the catalogue in its lists, a Gini coefficient of ${ours.gini.toFixed(2)} (0: every movie equally often) and a mean dissimilarity of ${ours.intraListDiversity.toFixed(2)} within a list.`
        : ''),
    draw: pointChart(
      {
        title: `${metric} against novelty`,
        description: points
          .map(({ name, x, y }) => `${name}: novelty ${x.toFixed(1)}, ${metric} ${decimal(y)}`)
          .join('; '),
      },
      points,
      {
        axes: { x: 'novelty: −log2 of the share of users (bits)', y: metric },
        domain: {
          x: padded(Math.min(...novelties), Math.max(...novelties)),
          y: [0, Math.max(...points.map(({ y }) => y)) * 1.15],
        },
      },
    ),
    table: biasTable(bias),
  }
}

function biasTable(bias: Bias): Figure['table'] {
  return {
    header: ['model', 'novelty (bits)', 'Gini', 'diversity in a list', 'coverage'],
    rows: bias.map(({ name, novelty, gini, intraListDiversity, coverage }) => [
      ...[name, novelty.toFixed(2), gini.toFixed(3), intraListDiversity.toFixed(3), percent(coverage)],
    ]),
  }
}

function diversityFigure({ examination, marks, served, main }: Told): Figure {
  const steps = examination!.diversity
  const [plain] = steps
  const cheap = steps.filter(({ ndcg }) => ndcg.mean >= (1 - CHEAP) * plain!.ndcg.mean).at(-1)!
  const metric = metricTitle(main)
  const loss = plain!.ndcg.mean > 0 ? 1 - cheap.ndcg.mean / plain!.ndcg.mean : 0
  const varieties = steps.map(({ intraListDiversity }) => intraListDiversity)
  const values = steps.flatMap(({ ndcg }) => [ndcg.low, ndcg.high])
  return {
    title:
      cheap === plain
        ? 'Any diversity has its price here: the first step costs more than 1 % of the accuracy'
        : `Diversity up to ${cheap.diversity} costs ${loss > 0 ? percent(loss) : 'nothing'}${loss > 0 ? ' of the accuracy' : ''}`,
    caption:
      `Each point is the served blend with another setting of “diversity” (at the point), reordered by maximal marginal relevance; up is more accurate, right more varied. ` +
      `At ${cheap.diversity} movies of a list differ by ${cheap.intraListDiversity.toFixed(2)} instead of ${plain!.intraListDiversity.toFixed(2)} ` +
      `and the lists reach ${percent(cheap.coverage)} instead of ${percent(plain!.coverage)} of the catalogue. Lines: 95 % intervals.`,
    full: true,
    draw: pointChart(
      {
        title: `${metric} against diversity within a list`,
        description: steps.map(({ diversity, ndcg }) => `${diversity}: ${decimal(ndcg.mean)}`).join('; '),
      },
      steps.map(({ diversity, ndcg: { mean, low, high }, intraListDiversity }) => ({
        ...{ name: String(diversity), mark: marks.get(served.name)!, x: intraListDiversity, y: mean, low, high },
      })),
      {
        axes: { x: 'diversity in a list: mean of 1 − cosine', y: metric },
        domain: {
          x: padded(Math.min(...varieties), Math.max(...varieties)),
          y: padded(Math.min(...values), Math.max(...values)),
        },
        connected: true,
      },
    ),
    table: {
      header: ['diversity', metric, 'low', 'high', 'diversity in a list', 'coverage'],
      rows: steps.map(({ diversity, ndcg, intraListDiversity, coverage }) => [
        ...[String(diversity), decimal(ndcg.mean), decimal(ndcg.low), decimal(ndcg.high)],
        ...[intraListDiversity.toFixed(3), percent(coverage)],
      ]),
    },
  }
}

function padded(low: number, high: number): [number, number] {
  const pad = (high - low || 1) * 0.08
  return [low - pad, high + pad]
}
