import {
  type Draw,
  frameOf,
  type Label,
  line,
  linearScale,
  logScale,
  picture,
  px,
  rect,
  short,
  text,
  xAxis,
  yAxis,
} from '../charts/svg.ts'
import type { Spread } from './statistics.ts'

export interface Bar {
  label: string
  value: number
  /** what stands at the bar */
  text: string
}

/** Upright bars, for values in an order of their own. */
export function barChart(label: Label, bars: readonly Bar[], axes: { x: string; y: string }): Draw {
  return (width) => {
    const frame = frameOf(width, 280, [26, 6, 42, 44])
    const highest = Math.max(...bars.map(({ value }) => value))
    const y = linearScale([0, highest * 1.08], [frame.bottom, frame.top])
    const step = (frame.right - frame.left) / bars.length
    const labelEvery = Math.ceil((8 + Math.max(...bars.map(({ label }) => label.length)) * 7) / step)
    const columns = bars.map(({ label, value, text: said }, index) => {
      const x = frame.left + index * step
      const top = y(value)
      return (
        rect(x + step * 0.12, top, step * 0.76, frame.bottom - top, 'rx="2" class="mark"') +
        (step > 34 ? text(x + step / 2, top - 5, said, 'middle value') : '') +
        (index % labelEvery === 0 ? text(x + step / 2, frame.bottom + 16, label, 'middle tick') : '')
      )
    })
    const content = yAxis(frame, y, axes.y, (tick) => `${Math.round(tick * 100)} %`) + columns.join('')
    return picture(frame, label.title, label.description, content + text(frame.right, 275, axes.x, 'end axis'))
  }
}

/** A long tail: how many the one at each rank has, both axes by powers of ten. */
export function tailChart(
  label: Label,
  points: readonly { rank: number; n: number }[],
  axes: { x: string; y: string },
): Draw {
  return (width) => {
    const frame = frameOf(width, 280, [26, 14, 42, 44])
    const x = logScale(points.at(-1)!.rank, [frame.left, frame.right])
    const y = logScale(points[0]!.n, [frame.bottom, frame.top])
    const path = points.map(({ rank, n }, index) => `${index === 0 ? 'M' : 'L'}${px(x(rank))} ${px(y(n))}`)
    const area = `${path.join('')}L${px(x(points.at(-1)!.rank))} ${frame.bottom}L${frame.left} ${frame.bottom}Z`
    const content =
      yAxis(frame, y, axes.y, short) +
      xAxis(frame, x, axes.x, short) +
      `<path d="${area}" class="area"/><path d="${path.join('')}" class="curve"/>` +
      points.map(({ rank, n }) => `<circle cx="${px(x(rank))}" cy="${px(y(n))}" r="1.8" class="mark"/>`).join('')
    return picture(frame, label.title, label.description, content)
  }
}

/** A bar for each of many equal steps of time, names of the years below. */
export function monthChart(label: Label, months: readonly { month: string; n: number }[], yTitle: string): Draw {
  return (width) => {
    const frame = frameOf(width, 250, [26, 6, 28, 44])
    const y = linearScale([0, Math.max(...months.map(({ n }) => n)) * 1.05], [frame.bottom, frame.top])
    const step = (frame.right - frame.left) / months.length
    const bars = months.map(({ n }, index) =>
      n === 0
        ? ''
        : rect(frame.left + index * step, y(n), Math.max(0.6, step * 0.82), frame.bottom - y(n), 'class="mark"'),
    )
    // years when there are enough of them, else months, at least 44 px apart
    const byYear = months.length > 18
    const named = months
      .map(({ month }, index) => ({ month, index }))
      .filter(({ month }) => !byYear || month.endsWith('-01'))
    const every = Math.ceil((44 * named.length) / (frame.right - frame.left))
    const names = named
      .filter((_, place) => place % every === 0)
      .map(({ month, index }) => {
        const x = frame.left + (index + 0.5) * step
        return text(x, frame.bottom + 16, byYear ? month.slice(0, 4) : month, 'middle tick')
      })
    return picture(
      frame,
      label.title,
      label.description,
      yAxis(frame, y, yTitle, short) + bars.join('') + names.join(''),
    )
  }
}

export interface RangeRow {
  label: string
  spread: Spread
  text: string
}

/** A box a row: 10th to 90th percentile, quartiles, median (line) and mean (dot). */
export function rangeChart(
  label: Label,
  rows: readonly RangeRow[],
  domain: [number, number],
  axisTitle: string,
  labelWidth: number,
): Draw {
  return (width) => {
    const rowHeight = 24
    const frame = frameOf(width, 6 + rows.length * rowHeight + 42, [6, 64, 42, labelWidth])
    const x = linearScale(domain, [frame.left, frame.right])
    const boxes = rows.map(({ label, spread, text: said }, index) => {
      const y = frame.top + index * rowHeight + rowHeight / 2
      return (
        text(frame.left - 8, y + 4, label, 'end tick') +
        line(x(spread.low), y, x(spread.high), y, 'whisker') +
        rect(
          x(spread.lowerQuartile),
          y - 7,
          x(spread.upperQuartile) - x(spread.lowerQuartile),
          14,
          'rx="2" class="box"',
        ) +
        line(x(spread.median), y - 7, x(spread.median), y + 7, 'median') +
        `<circle cx="${px(x(spread.mean))}" cy="${px(y)}" r="3.5" class="mean"/>` +
        text(frame.right + 8, y + 4, said, 'value')
      )
    })
    return picture(frame, label.title, label.description, xAxis(frame, x, axisTitle, String) + boxes.join(''))
  }
}

/** Shades from none to full for shares or counts; `says` is what a cell wide enough shows. */
export function heatMap(
  label: Label,
  grid: { rows: readonly string[]; columns: readonly string[]; values: readonly (readonly number[])[] },
  options: { labelWidth: number; upright: boolean; most?: number; says: (value: number) => string },
): Draw {
  const highest = options.most ?? (Math.max(...grid.values.flat()) || 1)
  return (width) => {
    const top = options.upright ? 84 : 20
    const cell = (width - options.labelWidth - 2) / grid.columns.length
    const height = Math.max(options.upright ? 12 : 20, Math.min(32, cell))
    const frame = frameOf(width, Math.round(top + height * grid.rows.length + 4), [top, 2, 4, options.labelWidth])
    const columnEvery = options.upright || cell > 22 ? 1 : 3
    const columns = grid.columns.map((name, column) => {
      const x = frame.left + (column + 0.5) * cell
      if (column % columnEvery !== 0) return ''
      if (!options.upright) return text(x, top - 6, name, 'middle tick')
      return `<text transform="translate(${px(x + 4)} ${top - 5}) rotate(-90)" class="tick">${name}</text>`
    })
    const rows = grid.rows.map((name, row) => {
      const y = top + row * height
      const cells = grid.values[row]!.map((value, column) => {
        const strength = Math.min(1, value / highest)
        const x = frame.left + column * cell
        const shade = rect(
          x + 0.5,
          y + 0.5,
          cell - 1,
          height - 1,
          `class="mark" fill-opacity="${(0.06 + 0.94 * strength).toFixed(2)}"`,
        )
        const said = cell > 20 ? options.says(value) : ''
        return said === ''
          ? shade
          : shade +
              text(
                x + cell / 2,
                y + height / 2 + 3.5,
                said,
                strength > 0.9 ? 'cell on' : strength > 0.6 ? 'cell mid' : 'cell',
              )
      })
      return text(frame.left - 6, y + height / 2 + 4, name, 'end tick') + cells.join('')
    })
    return picture(frame, label.title, label.description, columns.join('') + rows.join(''))
  }
}

/** One dot for each filled cell of a matrix. */
export function dotPlot(
  label: Label,
  { rows, columns, dots }: { rows: number; columns: number; dots: readonly { row: number; column: number }[] },
  axes: { x: string; y: string },
): Draw {
  return (width) => {
    const cell = (width - 4) / columns
    const frame = frameOf(width, Math.round(rows * cell) + 44, [20, 2, 24, 2])
    const path = dots.map(
      ({ row, column }) => `M${px(frame.left + column * cell)} ${px(frame.top + (row + 0.5) * cell)}h${px(cell)}`,
    )
    const content =
      rect(frame.left, frame.top, columns * cell, rows * cell, 'class="empty"') +
      `<path d="${path.join('')}" class="dots" stroke-width="${px(Math.max(1.2, cell))}"/>` +
      text(frame.left, 13, axes.y, 'axis') +
      text(frame.right, frame.height - 8, axes.x, 'end axis')
    return picture(frame, label.title, label.description, content)
  }
}
