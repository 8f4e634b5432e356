import type { ModelMetrics } from '#core/schemas/manifest.ts'
import { metricOrder, metricTitle, splitMetric } from '../io/metric-names.ts'
import { type Findings, leads, tell } from './findings.ts'
import { decimal, signed } from './numbers.ts'

/**
 * The leaderboard as Markdown, aligned so that a terminal shows it well too: every metric with its 95 % interval, the
 * paired differences, and how the numbers came about.
 * @throws {RangeError} without models
 */
export function leaderboardText(findings: Findings): string {
  const told = tell(findings)
  const { name, protocol, command, seed, buildId, users, ranked, served, main, facts } = told
  const [, cutoff] = splitMetric(main)
  const measured = Object.keys(served.metrics).toSorted((a, b) => metricOrder(a) - metricOrder(b))
  const cutoffs = [...new Set(measured.map((metric) => splitMetric(metric)[1]))].toSorted((a, b) => (a ?? 0) - (b ?? 0))
  // the length that the report is about comes first
  const lengths = [cutoff, ...cutoffs.filter((other) => other !== cutoff)]
  const tables = lengths.map((length) => {
    const metrics = measured.filter((metric) => splitMetric(metric)[1] === length)
    const coverage = Object.keys(served.coverage).filter((metric) => splitMetric(metric)[1] === length)
    return markdownTable(
      ['model', ...[...metrics, ...coverage].map(metricTitle)],
      ranked.map((model) => [
        model.name,
        ...metrics.map((metric) => withInterval(model, metric)),
        ...coverage.map((metric) => model.coverage[metric]?.toFixed(4) ?? '–'),
      ]),
    )
  })
  const paired = leads(told).map(({ other, estimate: { mean, low, high } }) => [
    ...[`${served.name} − ${other}`, signed(mean), signed(low), signed(high)],
  ])
  return [
    `# Leaderboard: ${name}`,
    `${users} users judged; means with 95 % intervals by bootstrap over users.`,
    ...tables,
    ...(paired.length > 0
      ? [`## Paired differences in ${metricTitle(main)}`, markdownTable(['', 'mean', 'low', 'high'], paired)]
      : []),
    '## How the numbers came about',
    [
      ['protocol', protocol],
      ...facts,
      ['seed', String(seed)],
      ...(buildId === null ? [] : [['build', buildId]]),
      ['command', `\`${command}\``],
    ]
      .map(([what, is]) => `- ${what}: ${is}`)
      .join('\n'),
  ]
    .join('\n\n')
    .concat('\n')
}

function withInterval({ metrics }: ModelMetrics, metric: string): string {
  const estimate = metrics[metric]
  return estimate ? `${decimal(estimate.mean)} [${decimal(estimate.low)}, ${decimal(estimate.high)}]` : '–'
}

/** The first column to the left, the others to the right. */
function markdownTable(header: string[], rows: string[][]): string {
  const widths = header.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]!.length)))
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(header), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n')
}
