import { renderPage, type Section } from '../charts/page.ts'
import { whole } from '../charts/svg.ts'
import { metricTitle } from '../io/metric-names.ts'
import { type Findings, leads, type Told, tell } from './findings.ts'
import { capitalized, decimal, signed } from './numbers.ts'
import { blendFigures } from './sections/blend.ts'
import { costFigures } from './sections/costs.ts'
import { leaderboardFigures } from './sections/leaderboard.ts'
import { lengthFigures } from './sections/lengths.ts'
import { protocolFigures } from './sections/protocol.ts'
import { rankerFigures } from './sections/ranker.ts'
import { sliceFigures } from './sections/slices.ts'
import { spaceFigures } from './sections/space.ts'
import { starFigures } from './sections/stars.ts'
import { varietyFigures } from './sections/variety.ts'
import { REPORT_STYLE } from './style.ts'

export type { Difference, Findings } from './findings.ts'
export { leaderboardText } from './leaderboard-text.ts'
export { renderRuns } from './runs-page.ts'

const SECTIONS: { id: string; title: string; figures: (told: Told) => Section['figures'] }[] = [
  { id: 'leaderboard', title: 'Leaderboard', figures: leaderboardFigures },
  { id: 'lengths', title: 'Longer lists', figures: lengthFigures },
  { id: 'slices', title: 'For whom it works', figures: sliceFigures },
  { id: 'variety', title: 'Popularity, novelty, diversity', figures: varietyFigures },
  { id: 'stars', title: 'Predicted stars', figures: starFigures },
  { id: 'blend', title: 'The blend', figures: blendFigures },
  { id: 'ranker', title: 'The learned order', figures: rankerFigures },
  { id: 'space', title: 'What the factors know', figures: spaceFigures },
  { id: 'costs', title: 'What it costs', figures: costFigures },
  { id: 'protocol', title: 'Data and protocol', figures: protocolFigures },
]

/**
 * Report of an evaluation: one HTML file with plots, tables and what to conclude from them; what was not measured is
 * left out. The same findings give the same bytes.
 * @throws {RangeError} without models
 */
export function renderReport(findings: Findings): string {
  const told = tell(findings)
  const { name, protocol, models, served, main, users } = told
  const value = served.metrics[main]!
  const lead = leads(told).find(({ other }) => other === 'popularity')
  return renderPage({
    title: `How well the models recommend: ${name}`,
    // the title has the name already
    lead: `${capitalized(protocol.replace(`${name}: `, ''))}.`,
    tiles: [
      { value: decimal(value.mean), label: `${metricTitle(main)} of ${served.name}` },
      { value: `${decimal(value.low)} – ${decimal(value.high)}`, label: '95 % interval' },
      ...(lead ? [{ value: signed(lead.estimate.mean), label: 'over popularity' }] : []),
      { value: whole(users), label: 'users judged' },
      { value: String(models.length), label: 'models compared' },
    ],
    sections: SECTIONS.map(({ figures, ...section }) => ({ ...section, figures: figures(told) })).filter(
      ({ figures }) => figures.length > 0,
    ),
    style: REPORT_STYLE,
  })
}
