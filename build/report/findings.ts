import type { Estimate, ModelCard, ModelMetrics, StarsEvaluation } from '#core/schemas/manifest.ts'
import { metricOrder } from '../io/metric-names.ts'
import type { Examination } from '../nouns.ts'
import { type Mark, marksOf } from './marks.ts'

/** What a report tells of one evaluation. */
export interface Findings {
  /** what was judged: a project or a protocol */
  name: string
  /** how the numbers came about, in words */
  protocol: string
  /** command line that makes the report again */
  command: string
  seed: number
  /** null where nothing was built to be published */
  buildId: string | null
  users: number
  /** the served blend first */
  models: ModelMetrics[]
  /** one model minus another, paired by user */
  differences: Difference[]
  /** what a reader has to know of data and settings: a name and what it is */
  facts: [name: string, is: string][]
  /** null where no model was made for the card */
  card: ModelCard | null
  /** of predicted stars; null where none were */
  stars: StarsEvaluation | null
  /** null where only the leaderboard was measured */
  examination: Examination | null
}

export interface Difference {
  a: string
  b: string
  metrics: Record<string, Estimate>
}

/** The findings with what every section asks of them. */
export interface Told extends Findings {
  /** that plots and titles are about: NDCG@10 where it was measured */
  main: string
  /** by the main metric, the best first */
  ranked: ModelMetrics[]
  /** the one whose bytes are served */
  served: ModelMetrics
  marks: ReadonlyMap<string, Mark>
}

/** @throws {RangeError} without models */
export function tell(findings: Findings): Told {
  const { models } = findings
  const [served] = models
  if (!served) throw new RangeError('found no models, a report is about one at least')
  const main = mainMetric(served)
  const better = isError(main) ? 1 : -1
  const cost = ({ metrics }: ModelMetrics) => better * (metrics[main]?.mean ?? Number.NaN)
  const ranked = models.toSorted((a, b) => cost(a) - cost(b))
  return { ...findings, main, ranked, served, marks: marksOf(models.map(({ name }) => name)) }
}

/** Whether less of a metric is better. */
export function isError(metric: string): boolean {
  return /^(rmse|mae)/.test(metric)
}

function mainMetric({ metrics }: ModelMetrics): string {
  if ('ndcg@10' in metrics) return 'ndcg@10'
  return Object.keys(metrics).toSorted((a, b) => metricOrder(a) - metricOrder(b))[0] ?? 'nothing'
}

/** The served blend minus each other model, by the main metric, where both were compared; the best other first. */
export function leads({ differences, served, main, ranked }: Told): { other: string; estimate: Estimate }[] {
  const placeOf = (other: string) => ranked.findIndex(({ name }) => name === other)
  return differences
    .filter(({ a, metrics }) => a === served.name && main in metrics)
    .map(({ b, metrics }) => ({ other: b, estimate: metrics[main]! }))
    .toSorted((one, two) => placeOf(one.other) - placeOf(two.other))
}
