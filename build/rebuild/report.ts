import type { FeedbackSummary } from '#core/schemas/feedback.ts'
import type { PairedJudgement } from '../nouns.ts'
import type { Drift } from './drift.ts'
import { interval, type Verdict } from './gate.ts'

/**
 * published: it is served; refused: a verdict was not ok, the model before stays; unchanged: the build is the served model;
 * skipped: too little new feedback; passed: the gate is open, and nothing was published, as was asked
 */
export type Outcome = 'published' | 'refused' | 'unchanged' | 'skipped' | 'passed'

/** What a rebuild did, and why: the contents of `marquee rebuild --json`. */
export interface RebuildReport {
  outcome: Outcome
  /** ISO time of its beginning */
  startedAt: string
  seconds: number
  /** model that was served when it began; null where none was */
  servedId: string | null
  /** model that was built; null where it did not come to that */
  candidateId: string | null
  /** model that is served now */
  currentId: string | null
  feedback: { events: number; newEvents: number; merged: FeedbackSummary | null }
  /** null where there was nothing to compare */
  judged: PairedJudgement | null
  /** in the order in which they were given; the last ones by the canary */
  verdicts: Verdict[]
  drift: Drift | null
  /** models that were removed after publishing */
  pruned: string[]
}

/** The report for people, as Markdown: an issue's text, a step's summary. */
export function reportText(report: RebuildReport): string {
  const { outcome, servedId, candidateId, currentId, verdicts, feedback, judged, drift, pruned, seconds } = report
  const failed = verdicts.filter(({ ok }) => !ok)
  const id = (buildId: string | null) => (buildId === null ? 'none' : `\`${buildId}\``)
  return [
    `# ${TITLE[outcome]}`,
    `Begun ${report.startedAt.slice(0, 16).replace('T', ' ')} UTC, ${seconds.toFixed(0)} s. ` +
      `Served before: ${id(servedId)}. Built: ${id(candidateId)}. Served now: ${id(currentId)}.`,
    ...(failed.length > 0 ? ['## Refused by', verdictTable(failed)] : []),
    '## Feedback',
    feedbackText(feedback),
    ...(judged ? ['## Metrics', ...metricsText(judged)] : []),
    ...(drift ? ['## Drift of what is said now against the data', ...driftText(drift)] : []),
    ...(verdicts.length > 0 ? ['## All verdicts', verdictTable(verdicts)] : []),
    ...(pruned.length > 0 ? [`Removed old models: ${pruned.map((buildId) => `\`${buildId}\``).join(', ')}.`] : []),
    '',
  ].join('\n\n')
}

const TITLE: Record<Outcome, string> = {
  published: 'Rebuild: a new model is served',
  refused: 'Rebuild refused: the model before is still served',
  unchanged: 'Rebuild: nothing has changed',
  skipped: 'Rebuild skipped: too little new feedback',
  passed: 'Rebuild: the gate is open, nothing was published',
}

function feedbackText({ events, newEvents, merged }: RebuildReport['feedback']): string {
  const said = `${events} events, of which ${newEvents} are new to the served model.`
  if (merged === null) return said
  const leftOut = Object.entries(merged.leftOut).map(([reason, rows]) => `${rows} ${reason}`)
  return (
    `${said} Of ${merged.users} users ${merged.added} ratings were added, ${merged.replaced} replaced and ${merged.removed} ` +
    `taken back; ${merged.erasedUsers} users were forgotten with ${merged.erasedRatings} ratings.` +
    (leftOut.length > 0 ? ` Left out: ${leftOut.join('; ')}.` : '')
  )
}

function metricsText({ users, ratedAgain, unknownToServed, metrics, coverage }: PairedJudgement): string[] {
  const rows = metrics.map(({ name, served, candidate, difference, byChance }) => [
    name,
    served.mean.toFixed(4),
    candidate.mean.toFixed(4),
    interval(difference, '+'),
    byChance.toFixed(3),
  ])
  for (const { name, served, candidate } of coverage)
    rows.push([name, served.toFixed(4), candidate.toFixed(4), (candidate - served).toFixed(4), ''])
  return [
    `Both models on the same ${users} users of the test part; the served catalogue lacks ${percent(unknownToServed)} of what is to be found. Left out: ${ratedAgain} ratings of movies rated before, which the served model may have learned.`,
    markdownTable(['metric', 'served', 'new', 'difference', 'as bad by chance'], rows),
  ]
}

function driftText({ ratings, meanStars, popularity, genres, cold }: Drift): string[] {
  return [
    `${ratings.live} ratings and likes beside ${ratings.base} of the data; mean stars ${meanStars.live.toFixed(2)} beside ${meanStars.base.toFixed(2)}. ` +
      `Movies with fewer than five ratings: ${percent(cold.movies)}; users: ${percent(cold.users)}. ` +
      `Divergence (0 alike, 1 nothing in common): popularity ${popularity.divergence.toFixed(3)}, genres ${genres.divergence.toFixed(3)}.`,
    markdownTable(
      ['tenth of the movies', ...popularity.live.map((_, tenth) => String(tenth + 1))],
      [
        ['now', ...popularity.live.map(percent)],
        ['data', ...popularity.base.map(percent)],
      ],
    ),
    markdownTable(
      ['genre', 'now', 'data'],
      genres.shares.map(({ genre, live, base }) => [genre, percent(live), percent(base)]),
    ),
  ]
}

function verdictTable(verdicts: Verdict[]): string {
  return markdownTable(
    ['', 'rule', 'found', 'expected'],
    verdicts.map(({ ok, rule, found, expected }) => [ok ? 'ok' : '**no**', rule, found, expected]),
  )
}

function markdownTable(header: string[], rows: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
