/** Small parts that every plot is made of: text that is safe in HTML, numbers to read, scales with ticks, axes. */

export interface Frame {
  width: number
  height: number
  /** of the plot's area within the picture */
  left: number
  right: number
  top: number
  bottom: number
}

export interface Scale {
  (value: number): number
  ticks: number[]
}

/** A plot drawn for a width in pixels: the page has one for desks and one for phones, both with letters of one size. */
export type Draw = (width: number) => string

/** Name and description for those who do not see the plot. */
export interface Label {
  title: string
  description: string
}

/** Of a letter on average at the page's 12 px: enough to keep texts apart, whatever the reader's font. */
const LETTER = 7.2

export function textWidth(text: string): number {
  return text.length * LETTER
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** A coordinate: tenths of a pixel are enough, and keep the file small. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10)
}

/** `812`, `4.2k`, `32M`: for axes. */
export function short(value: number): string {
  const [unit, divisor] = value >= 1e6 ? ['M', 1e6] : value >= 1e3 ? ['k', 1e3] : ['', 1]
  return `${Number((value / (divisor as number)).toPrecision(2))}${unit}`
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** `12 %`, `0.34 %`: two digits that mean something, and a space that does not break. */
export function percent(share: number): string {
  const value = share * 100
  if (value > 99 && value < 100) return `${Math.min(99.99, Number(value.toFixed(2)))}\u00a0%`
  return `${value === 0 || value >= 10 ? value.toFixed(0) : Number(value.toPrecision(2))}\u00a0%`
}

/** `low` and `high` go to `start` and `end`; ticks at 1, 2 or 5 times a power of ten, about `wanted` of them. */
export function linearScale([low, high]: [number, number], [start, end]: [number, number], wanted = 5): Scale {
  const span = high - low || 1
  const rough = span / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999)!
  const ticks: number[] = []
  for (let count = Math.ceil(low / step - 1e-9); count * step <= high + span * 1e-9; count++)
    ticks.push(Number((count * step).toPrecision(12)))
  return Object.assign((value: number) => start + ((value - low) / span) * (end - start), { ticks })
}

/** Decades from 1 to the power of ten that holds `high`. */
export function logScale(high: number, [start, end]: [number, number]): Scale {
  const decades = Math.max(1, Math.ceil(Math.log10(high) - 1e-9))
  const ticks = Array.from({ length: decades + 1 }, (_, power) => 10 ** power)
  return Object.assign((value: number) => start + (Math.log10(value) / decades) * (end - start), { ticks })
}

export function frameOf(
  width: number,
  height: number,
  margin: [top: number, right: number, bottom: number, left: number],
): Frame {
  const [top, right, bottom, left] = margin
  return { width, height, left, right: width - right, top, bottom: height - bottom }
}

export function text(x: number, y: number, content: string, classes: string): string {
  return `<text x="${px(x)}" y="${px(y)}" class="${classes}">${escapeHtml(content)}</text>`
}

export function line(x1: number, y1: number, x2: number, y2: number, classes: string): string {
  return `<path d="M${px(x1)} ${px(y1)}L${px(x2)} ${px(y2)}" class="${classes}"/>`
}

export function rect(x: number, y: number, width: number, height: number, attributes: string): string {
  return `<rect x="${px(x)}" y="${px(y)}" width="${px(Math.max(0, width))}" height="${px(Math.max(0, height))}" ${attributes}/>`
}

/** Grid lines across the frame with their numbers on the left, and what they count above. */
export function yAxis(frame: Frame, scale: Scale, title: string, format: (value: number) => string): string {
  const ticks = scale.ticks.map(
    (tick) =>
      line(frame.left, scale(tick), frame.right, scale(tick), 'grid') +
      text(frame.left - 6, scale(tick) + 4, format(tick), 'end tick'),
  )
  return ticks.join('') + text(0, 12, title, 'axis')
}

/** Grid lines from top to bottom with their numbers below, and what they count under those. */
export function xAxis(frame: Frame, scale: Scale, title: string, format: (value: number) => string): string {
  const ticks = scale.ticks.map(
    (tick) =>
      line(scale(tick), frame.top, scale(tick), frame.bottom, 'grid') +
      text(scale(tick), frame.bottom + 16, format(tick), 'middle tick'),
  )
  // a title longer than the axis may use the whole width
  const end = Math.max(frame.right, Math.min(frame.width, textWidth(title)))
  return ticks.join('') + text(end, frame.bottom + 34, title, 'end axis')
}

/** The picture, with a name and a description for those who do not see it. */
export function picture(frame: Frame, title: string, description: string, content: string): string {
  return (
    `<svg viewBox="0 0 ${frame.width} ${frame.height}" role="img">` +
    `<title>${escapeHtml(title)}</title><desc>${escapeHtml(description)}</desc>${content}</svg>`
  )
}
