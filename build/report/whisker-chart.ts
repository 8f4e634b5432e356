import type { Estimate } from '#core/schemas/manifest.ts'
import { type Draw, frameOf, type Label, line, linearScale, picture, text, textWidth, xAxis } from '../charts/svg.ts'
import { type Mark, symbol } from './marks.ts'

export interface WhiskerRow {
  name: string
  mark: Mark
  estimate: Estimate
  /** in place of the interval's ends, which stand at the right where there is room */
  note?: string
}

/** from this width on a plot has room for the ends of the intervals in figures */
const ROOMY = 480
const ROW = 24
/** of the width that the axis has at least: where names leave less they stand above their rows */
const LEAST_AXIS = 0.35
const NAME_ROW = 38

/** A dot at each mean and a line over its 95 % interval, one row a model; the figures stand at the right. */
export function whiskerChart(
  label: Label,
  rows: readonly WhiskerRow[],
  axis: string,
  format: (value: number) => string,
): Draw {
  return (width) => {
    const roomy = width >= ROOMY
    const figures = rows.map(({ estimate: { mean, low, high }, note }) => ({
      mean: format(mean),
      interval: note ?? `${format(low)} to ${format(high)}`,
    }))
    const widestMean = Math.max(...figures.map(({ mean }) => textWidth(mean)))
    const widestInterval = roomy ? Math.max(...figures.map(({ interval }) => textWidth(interval))) + 14 : 0
    const namesWidth = Math.max(...rows.map(({ name }) => textWidth(name))) + 14
    const isBeside = width - namesWidth - widestMean - widestInterval - 16 > LEAST_AXIS * width
    const rowHeight = isBeside ? ROW : NAME_ROW
    const top = roomy ? 20 : 6
    const margin: [number, number, number, number] = [
      top,
      widestMean + widestInterval + 16,
      42,
      isBeside ? namesWidth : 8,
    ]
    const frame = frameOf(width, top + rows.length * rowHeight + 42, margin)
    const domain = whiskerDomain(rows.map(({ estimate }) => estimate))
    const x = linearScale(domain, [frame.left, frame.right], width / 85)
    const right = width - 2
    const marks = rows.map(({ name, mark, estimate: { mean, low, high } }, index) => {
      const y = frame.top + (index + 1) * rowHeight - ROW / 2
      const { mean: shown, interval } = figures[index]!
      return (
        (isBeside ? text(frame.left - 10, y + 4, name, 'end label') : text(0, y - ROW / 2 + 1, name, 'label halo')) +
        line(x(low), y, x(high), y, `${mark.color} interval`) +
        symbol(x(mean), y, mark, 4.5) +
        text(right - widestInterval, y + 4, shown, 'end value') +
        (roomy ? text(right, y + 4, interval, 'end value quiet') : '')
      )
    })
    const heads = roomy
      ? text(right - widestInterval, 12, 'mean', 'end tick') +
        text(right, 12, rows[0]?.note === undefined ? '95 % interval' : '', 'end tick')
      : ''
    const zero = domain[0] < 0 ? line(x(0), frame.top, x(0), frame.bottom, 'zero') : ''
    return picture(
      frame,
      label.title,
      label.description,
      xAxis(frame, x, axis, (tick) => String(tick).replace('-', '−')) + zero + heads + marks.join(''),
    )
  }
}

/** What the intervals span; from 0 where that leaves them half of the axis. */
export function whiskerDomain(estimates: readonly Estimate[]): [number, number] {
  const low = Math.min(...estimates.map(({ low }) => low))
  const high = Math.max(...estimates.map(({ high }) => high))
  const pad = (high - low || Math.abs(high) || 1) * 0.06
  if (low >= 0 && low < high / 2) return [0, high + pad]
  return high <= 0 || low < 0 ? [Math.min(0, low) - pad, Math.max(0, high) + pad] : [low - pad, high + pad]
}
