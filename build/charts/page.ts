import { STYLE } from './style.ts'
import { type Draw, escapeHtml } from './svg.ts'

/** widths that plots are drawn for, in px: two beside each other, one across the page, one on a phone */
const HALF = 510
const FULL = 1060
const PHONE = 326

/** One plot (or a table alone) with what to conclude from it. */
export interface Figure {
  title: string
  /** plain text */
  caption: string
  draw?: Draw
  /** short lists beside each other, in place of a plot */
  lists?: { title: string; items: { text: string; value: string }[] }[]
  /** across the page instead of half of it */
  full?: boolean
  /** the table stands open below the plot */
  open?: boolean
  table: Table
}

export interface Table {
  header: string[]
  /** as many cells as the header; the first is the row's name */
  rows: string[][]
}

export interface Section {
  id: string
  title: string
  figures: Figure[]
}

export interface Page {
  title: string
  lead: string
  /** the figures of a glance */
  tiles: { value: string; label: string }[]
  sections: Section[]
  /** what the style sheet has to say beyond the shared one */
  style?: string
}

/** One HTML file with all it needs in it: no script, no address that is fetched. */
export function renderPage({ title, lead, tiles, sections, style = '' }: Page): string {
  const contents = sections.map(({ id, title }) => `<a href="#${id}">${escapeHtml(title)}</a>`)
  const glance = tiles.map(
    ({ value, label }) => `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(lead)}</p>
<dl class="glance">${glance.join('')}</dl>
<nav aria-label="Sections">${contents.join(' ')}</nav>
</header>
<main>
${sections.map(renderSection).join('\n')}
</main>
</body>
</html>
`
}

function renderSection({ id, title, figures }: Section): string {
  return `<section id="${id}"><h2>${escapeHtml(title)}</h2>
<div class="figures">
${figures.map(renderFigure).join('\n')}
</div></section>`
}

function renderFigure({ title, caption, draw, lists, full = false, open = false, table }: Figure): string {
  const plots = draw ? `<div class="desk">${draw(full ? FULL : HALF)}</div><div class="phone">${draw(PHONE)}</div>` : ''
  const columns = lists ? `<div class="lists">${lists.map(renderList).join('')}</div>` : ''
  const data = renderTable(table)
  return (
    `<figure${full ? ' class="full"' : ''}><h3>${escapeHtml(title)}</h3>${plots}${columns}<figcaption>${escapeHtml(caption)}</figcaption>` +
    `${draw || lists ? `<details${open ? ' open' : ''}><summary>The numbers as a table</summary>${data}</details>` : data}</figure>`
  )
}

function renderList({ title, items }: NonNullable<Figure['lists']>[number]): string {
  const entries = items.map(
    ({ text, value }) => `<li><span>${escapeHtml(text)}</span><span class="number">${escapeHtml(value)}</span></li>`,
  )
  return `<div><h4>${escapeHtml(title)}</h4><ol>${entries.join('')}</ol></div>`
}

function renderTable({ header, rows }: Table): string {
  const numeric = header.map(
    (_, column) => column > 0 && rows.every((row) => /^[-+−\d.,–]+(\u00a0(%|ms))?$/.test(row[column]!)),
  )
  const attribute = (column: number) => (numeric[column] ? ' class="number"' : '')
  const head = header.map((title, column) => `<th scope="col"${attribute(column)}>${escapeHtml(title)}</th>`)
  const body = rows.map(([name, ...cells]) => {
    const data = cells.map((cell, index) => `<td${attribute(index + 1)}>${escapeHtml(cell)}</td>`)
    return `<tr><th scope="row">${escapeHtml(name!)}</th>${data.join('')}</tr>`
  })
  return `<div class="table" tabindex="0"><table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
}
