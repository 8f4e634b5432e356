/** The report's style sheet: light and dark by the reader's setting, phones, paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --bg: #f7f4ef; --surface: #fff; --line: #ddd6cb; --grid: #e9e4db; --text: #1c1a18; --muted: #655f58;
  --mark: #2f6fc4; --second: #b4622d; --on-mark: #fff; --on-mid: #1c1a18; --box: #a9c6ec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #0d0f14; --surface: #151820; --line: #2a2f3b; --grid: #242935; --text: #eceef3; --muted: #a1a8b6;
    --mark: #6ea8ff; --second: #f0a35e; --on-mark: #0d0f14; --on-mid: #0d0f14; --box: #2e4a75;
  }
}
* { box-sizing: border-box }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100% }
body { margin: 0 auto; max-width: 1180px; padding: 28px 16px 48px; background: var(--bg); color: var(--text);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif }
h1 { margin: 0; font-size: 28px; line-height: 1.2; letter-spacing: -0.01em }
h2 { margin: 40px 0 14px; font-size: 20px }
h3 { margin: 0 0 10px; font-size: 15px }
header p { margin: 8px 0 20px; max-width: 74ch; color: var(--muted) }
a { color: var(--mark) }
nav { display: flex; flex-wrap: wrap; gap: 6px 18px; margin-top: 18px }
.glance { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 1px; margin: 0; overflow: hidden;
  border: 1px solid var(--line); border-radius: 10px; background: var(--surface) }
.glance div { outline: 1px solid var(--line); padding: 12px 16px; background: var(--surface); display: flex; flex-direction: column-reverse; justify-content: flex-end }
.glance dt { color: var(--muted); font-size: 13px }
.glance dd { margin: 0; white-space: nowrap; font-size: 19px; font-weight: 600; font-variant-numeric: tabular-nums }
.figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px }
figure { margin: 0; padding: 18px 20px 16px; border: 1px solid var(--line); border-radius: 10px; background: var(--surface);
  display: flex; flex-direction: column; min-width: 0 }
.full { grid-column: 1 / -1 }
figcaption { margin-top: 10px; color: var(--text); max-width: 78ch }
details { margin-top: auto; padding-top: 10px; color: var(--muted); font-size: 13px }
summary { cursor: pointer }
.phone { display: none }
svg { display: block; width: 100%; height: auto; overflow: visible }
svg text { font-size: 12px; fill: var(--text) }
svg .tick, svg .axis { fill: var(--muted) }
svg .end { text-anchor: end } svg .middle { text-anchor: middle }
svg .value { font-variant-numeric: tabular-nums; fill: var(--text) }
svg .cell { font-size: 10px; text-anchor: middle; fill: var(--text) } svg .mid { fill: var(--on-mid) } svg .on { fill: var(--on-mark) }
svg .grid { stroke: var(--grid); stroke-width: 1 }
svg .mark, svg .mark1 { fill: var(--mark) } svg .mark2 { fill: var(--second) }
svg .area { fill: var(--mark); fill-opacity: 0.12 }
svg .curve { fill: none; stroke: var(--mark); stroke-width: 1.6; stroke-linejoin: round }
svg .box { fill: var(--box) } svg .whisker { stroke: var(--muted); stroke-width: 1.2 }
svg .median { stroke: var(--text); stroke-width: 2 } svg .mean { fill: var(--second) }
svg .empty { fill: var(--bg); stroke: var(--line) } svg .dots { stroke: var(--mark) }
.table { margin-top: 10px; overflow-x: auto; max-height: 420px } figure > .table { max-height: none }
table { border-collapse: collapse; font-size: 13px; width: 100% }
th, td { padding: 4px 14px 4px 0; text-align: left; vertical-align: top; font-weight: 400; border-bottom: 1px solid var(--grid); color: var(--text) }
thead th { color: var(--muted); white-space: nowrap; position: sticky; top: 0; background: var(--surface) }
tbody th { overflow-wrap: anywhere; min-width: 9em }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px }
figure:not(.full) .desk { max-width: 620px }
@media screen and (max-width: 900px) { .figures { grid-template-columns: minmax(0, 1fr) } }
@media screen and (max-width: 600px) {
  body { padding: 20px 12px 32px } h1 { font-size: 23px } figure { padding: 14px 16px }
  th, td { padding-right: 10px } tbody th { min-width: 7em }
  .desk { display: none } .phone { display: block } .glance { grid-template-columns: 1fr 1fr } .glance div:last-child:nth-child(odd) { grid-column: 1 / -1 }
}
@media print {
  :root { color-scheme: light; --bg: #fff; --surface: #fff; --line: #ccc; --grid: #e6e6e6; --text: #000; --muted: #444;
    --mark: #2f6fc4; --second: #b4622d; --on-mark: #fff; --on-mid: #000; --box: #a9c6ec }
  body { padding: 0; max-width: none; font-size: 11px } nav, details:not([open]) { display: none }
  figure, .glance { break-inside: avoid } h2 { break-after: avoid } .table { max-height: none; overflow: visible }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
`
