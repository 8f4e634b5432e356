import type { QueryShares, Shares } from '../../client/index.ts'
import { strings } from '../strings.ts'

/** Of a list for a taste, and of one for a wish. */
const SOURCES = [
  'cf',
  'next',
  'neighbours',
  'content',
  'similar',
  'terms',
  'taste',
  'popularity',
  'ranker',
  'batch',
] as const satisfies (keyof Shares | keyof QueryShares)[]
export type NamedShares = Partial<Record<(typeof SOURCES)[number], number | undefined>>

/** How much of the score came from where, as one bar; with `legend`, in words beneath it too. */
export function ScoreShares({ shares, legend = false }: { shares: NamedShares; legend?: boolean }) {
  const parts = sharePercents(shares)
  if (parts.length === 0) return null
  const words = parts.map(({ source, percent }) => strings.shares.part(percent, strings.shares[source]))
  return (
    <div class="shares">
      <div
        class="shares-bar"
        role="img"
        aria-label={`${strings.shares.label}: ${words.join(', ')}`}
        title={words.join(' · ')}
      >
        {parts.map(({ source, percent }) => (
          <span key={source} class={`share-${source}`} style={{ flexGrow: percent }} />
        ))}
      </div>
      {legend ? (
        <ul class="shares-legend" aria-hidden="true">
          {parts.map(({ source }, position) => (
            <li key={source} class={`share-${source}`}>
              {words[position]}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}

/** Whole percents of the sources that added to the score; none when nothing did. */
function sharePercents(shares: NamedShares) {
  const partOf = (source: keyof NamedShares) => Math.max(0, shares[source] ?? 0)
  const total = SOURCES.reduce((sum, source) => sum + partOf(source), 0)
  if (total === 0) return []
  return SOURCES.map((source) => ({ source, percent: Math.round((100 * partOf(source)) / total) })).filter(
    ({ percent }) => percent > 0,
  )
}
