/** What the report's plots have beyond the shared style sheet: colours of models and genres, dots and their intervals. */

/** Okabe & Ito's colours, dark enough for white paper: blend, learners, popularity, random */
const LIGHT = ['#0b5fb8', '#d1530a', '#007f5c', '#a3458a', '#a87400', '#2592c4', '#7a5230', '#595f69', '#868c96']
/** and light enough for a dark page */
const DARK = ['#5ea2ff', '#ff8d4f', '#35c796', '#e391c8', '#edbd45', '#93dcff', '#cda683', '#b3bac6', '#7f8796']

export const REPORT_STYLE = `
${rules(LIGHT, 'svg')}
svg { --halo: #fff; --on: #fff }
@media (prefers-color-scheme: dark) {
${rules(DARK, 'svg')}
svg { --halo: #151820; --on: #0d0f14 }
}
@media print { ${rules(LIGHT, 'svg')} svg { --halo: #fff; --on: #fff } }
svg .symbol, svg .segment { fill: var(--c) }
svg .symbol { stroke: var(--halo); stroke-width: 1 }
svg .interval { stroke: var(--c); stroke-width: 2.4; stroke-linecap: round } svg .thin { stroke-width: 1.6; stroke-opacity: 0.75 }
svg .trace { fill: none; stroke: var(--c); stroke-width: 1.8; stroke-linejoin: round } svg .m0.trace { stroke-width: 2.6 }
svg .band { fill: var(--c); fill-opacity: 0.14 }
svg .lead { fill: none; stroke: var(--muted); stroke-width: 0.8; stroke-opacity: 0.6 }
svg .zero { stroke: var(--text); stroke-width: 1.2; stroke-dasharray: 4 3 }
svg .cloud { fill: none; stroke: var(--c); stroke-linecap: round; stroke-opacity: 0.85 } svg .g-other { --c: var(--muted); stroke-opacity: 0.35 }
svg .movie { font-size: 11px } svg .halo { paint-order: stroke; stroke: var(--halo); stroke-width: 3px; stroke-linejoin: round }
svg .quiet { fill: var(--muted) } svg .cell.on { fill: var(--on) }
tbody th { overflow-wrap: break-word; min-width: 0 } td:not(.number) { overflow-wrap: anywhere }
.lists { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 18px 28px; margin: 4px 0 6px }
h4 { margin: 0 0 4px; font-size: 14px } ol { margin: 0; padding: 0; list-style: none; font-size: 13px }
li { display: flex; justify-content: space-between; gap: 12px; padding: 2px 0; border-bottom: 1px solid var(--grid) } li .number { color: var(--muted) }
`

/** `m` for models, `g` for genres: the same colours, in plots of different things. */
function rules(colors: readonly string[], within: string): string {
  return colors.map((color, index) => `${within} .m${index}, ${within} .g${index} { --c: ${color} }`).join('\n')
}
