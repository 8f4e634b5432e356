import { type Draw, type Frame, frameOf, type Label, linearScale, picture, rect, text } from './svg.ts'

export interface Row {
  label: string
  /** one bar a series, from 0 */
  values: number[]
  text: string
  /** class of its colour, in place of the series' */
  color?: string
}

/** Lying bars, one group a row, up to two series. */
export function rowChart(label: Label, rows: readonly Row[], series: readonly string[], labelWidth: number): Draw {
  return (width) => {
    const rowHeight = series.length > 1 ? 24 : 22
    const top = series.length > 1 ? 26 : 6
    const frame = frameOf(width, top + rows.length * rowHeight + 4, [top, 92, 4, labelWidth])
    const highest = Math.max(...rows.flatMap(({ values }) => values)) || 1
    const x = linearScale([0, highest], [frame.left, frame.right])
    const barHeight = (rowHeight - 6) / series.length
    const bars = rows.map(({ label, values, text: said, color }, index) => {
      const y = frame.top + index * rowHeight
      const marks = values.map((value, place) =>
        rect(
          frame.left,
          y + 3 + place * barHeight,
          x(value) - frame.left,
          barHeight - 1,
          `rx="2" class="${color ?? `mark${place + 1}`}"`,
        ),
      )
      const middle = y + rowHeight / 2 + 4
      const end = x(Math.max(...values)) + 6
      return text(frame.left - 8, middle, label, 'end tick') + marks.join('') + text(end, middle, said, 'value')
    })
    return picture(
      frame,
      label.title,
      label.description,
      (series.length > 1 ? legend(frame, series) : '') + bars.join(''),
    )
  }
}

function legend(frame: Frame, series: readonly string[]): string {
  let x = frame.left
  return series
    .map((name, place) => {
      const entry = rect(x, 4, 10, 10, `rx="2" class="mark${place + 1}"`) + text(x + 15, 13, name, 'tick')
      x += 32 + name.length * 6.6
      return entry
    })
    .join('')
}
