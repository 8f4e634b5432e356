import { type Figure, renderPage } from '../charts/page.ts'
import { lineChart } from './line-chart.ts'
import { marksOf } from './marks.ts'
import { REPORT_STYLE } from './style.ts'
import { type WhiskerRow, whiskerChart } from './whisker-chart.ts'

/** Runs beside each other, as build/tracking compares them. */
export interface ComparedRuns {
  runs: { id: string; name: string; kind: string; startedAt: string; seconds: number | null }[]
  differences: { key: string; values: unknown[] }[]
  /** null where a run has none */
  metrics: { key: string; values: (number | null)[] }[]
  curves: { key: string; runs: { run: number; points: { step: number; value: number }[] }[] }[]
}

/**
 * Runs as one HTML file: what differs, metrics with their intervals, and how trainings went.
 * @throws {RangeError} without runs
 */
export function renderRuns(compared: ComparedRuns): string {
  const { runs, differences, metrics, curves } = compared
  if (runs.length === 0) throw new RangeError('found no runs, expected some to compare')
  const names = runs.map((_, run) => nameOf(run))
  const sections = [
    { id: 'runs', title: 'The runs', figures: [runsFigure(compared, names), differencesFigure(compared, names)] },
    { id: 'metrics', title: 'Metrics', figures: metricFigures(compared, names) },
    { id: 'steps', title: 'By step', figures: curves.map((curve) => curveFigure(curve, names)) },
  ]
  return renderPage({
    title: `${runs.length} runs compared`,
    lead: names.map((name, run) => `${name} is ${runs[run]!.id}`).join(', '),
    tiles: [
      { value: String(runs.length), label: 'runs' },
      { value: String(differences.length), label: 'settings and inputs that differ' },
      { value: String(metrics.length), label: 'metrics' },
    ],
    sections: sections.filter(({ figures }) => figures.length > 0),
    style: REPORT_STYLE,
  })
}

/** A, B, …, Z, A1, …: short enough to stand in a plot. */
function nameOf(run: number): string {
  return `${String.fromCharCode(65 + (run % 26))}${run < 26 ? '' : Math.floor(run / 26)}`
}

function runsFigure({ runs }: ComparedRuns, names: string[]): Figure {
  return {
    title: 'Which they are',
    caption: 'Times are in UTC.',
    full: true,
    table: {
      header: ['', 'run', 'name', 'kind', 'started', 'seconds'],
      rows: runs.map(({ id, name, kind, startedAt, seconds }, run) => [
        ...[names[run]!, id, name, kind, startedAt.slice(0, 19).replace('T', ' ')],
        seconds === null ? '–' : seconds.toFixed(1),
      ]),
    },
  }
}

function differencesFigure({ differences }: ComparedRuns, names: string[]): Figure {
  return {
    title: differences.length === 0 ? 'Nothing differs' : 'What differs',
    caption: 'Settings, data, code and machine; what is the same in all runs is left out.',
    full: true,
    table: {
      header: ['', ...names],
      rows: differences.map(({ key, values }) => [
        key,
        ...values.map((value) => (value === null ? '–' : String(value))),
      ]),
    },
  }
}

/** Metrics that are drawn, beside the table of all; those that say the most come first. */
const PLOTTED = 8
const MAIN = /(ndcg|recall)@10$|\.rmse$/

/** A plot for the first metrics that have an interval in some run, and a table of all. */
function metricFigures({ metrics }: ComparedRuns, names: string[]): Figure[] {
  const marks = marksOf(names)
  const byKey = new Map(metrics.map(({ key, values }) => [key, values]))
  const measured = metrics.filter(({ key }) => byKey.has(`${key}.low`) && byKey.has(`${key}.high`))
  const first = measured.toSorted((a, b) => Number(MAIN.test(b.key)) - Number(MAIN.test(a.key))).slice(0, PLOTTED)
  const plotted = first.map(({ key, values }): Figure => {
    const [lows, highs] = [byKey.get(`${key}.low`)!, byKey.get(`${key}.high`)!]
    const rows = values.flatMap((mean, run): WhiskerRow[] => {
      const [low, high] = [lows[run], highs[run]]
      if (mean === null || low == null || high == null) return []
      return [{ name: names[run]!, mark: marks.get(names[run]!)!, estimate: { mean, low, high } }]
    })
    return {
      title: key,
      caption: 'The line is the 95 % interval of the mean.',
      draw: whiskerChart({ title: key, description: `${key} of ${rows.length} runs` }, rows, 'mean over users', digits),
      table: {
        header: ['run', 'mean', 'from', 'to'],
        rows: rows.map(({ name, estimate: { mean, low, high } }) => [name, ...[mean, low, high].map(digits)]),
      },
    }
  })
  if (metrics.length === 0) return []
  const all = metrics.filter(({ key }) => !/\.(low|high)$/.test(key) || !byKey.has(key.replace(/\.(low|high)$/, '')))
  const rows = all.map(({ key, values }) => [key, ...values.map((value) => (value === null ? '–' : digits(value)))])
  const table = { header: ['metric', ...names], rows }
  return [...plotted, { title: 'All metrics', caption: 'The last value of each.', full: true, table }]
}

function curveFigure({ key, runs }: ComparedRuns['curves'][number], names: string[]): Figure {
  const marks = marksOf(names)
  const steps = [...new Set(runs.flatMap(({ points }) => points.map(({ step }) => step)))].sort((a, b) => a - b)
  const valueAt = ({ points }: (typeof runs)[number], step: number) =>
    points.find((point) => point.step === step)?.value
  return {
    title: key,
    caption: `By step, ${steps[0]} to ${steps.at(-1)}.`,
    draw: lineChart(
      { title: key, description: `${key} of ${runs.length} runs by step` },
      runs.map(({ run, points }) => ({
        name: names[run]!,
        mark: marks.get(names[run]!)!,
        points: points.map(({ step, value }) => ({ x: step, y: value })),
      })),
      { x: 'step', y: key, isFromZero: false },
    ),
    table: {
      header: ['step', ...runs.map(({ run }) => names[run]!)],
      rows: steps.map((step) => [
        String(step),
        ...runs.map((ofRun) => {
          const value = valueAt(ofRun, step)
          return value === undefined ? '–' : digits(value)
        }),
      ]),
    },
  }
}

/** Four that mean something; whole numbers as they are. */
function digits(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))
}
