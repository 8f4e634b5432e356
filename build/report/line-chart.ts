import { spreadLabels } from '../charts/labels.ts'
import {
  type Draw,
  frameOf,
  type Label,
  linearScale,
  picture,
  px,
  text,
  textWidth,
  xAxis,
  yAxis,
} from '../charts/svg.ts'
import { type Mark, symbol } from './marks.ts'

export interface Series {
  name: string
  mark: Mark
  /** x ascending; low and high where the interval is to be shown */
  points: { x: number; y: number; low?: number; high?: number }[]
}

export interface LineAxes {
  x: string
  y: string
  /** whether y begins at 0, which is the default, or at the lowest value */
  isFromZero?: boolean
}

/** A line a model, each named at its end, names kept apart. */
export function lineChart(label: Label, series: readonly Series[], axes: LineAxes): Draw {
  return (width) => {
    const nameWidth = Math.max(...series.map(({ name }) => textWidth(name)))
    const points = series.flatMap(({ points }) => points)
    const range = rangeOf(points, axes)
    const tickWidth = Math.max(...linearScale(range, [0, 1]).ticks.map((tick) => textWidth(String(tick))))
    const frame = frameOf(width, 320, [26, nameWidth + 34, 42, Math.max(40, tickWidth + 10)])
    const [first, last] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))]
    const x = linearScale([first, last], [frame.left, frame.right])
    const y = linearScale(range, [frame.bottom, frame.top])
    const ends = spreadLabels(
      series.map(({ points }) => y(points.at(-1)!.y)),
      15,
      [frame.top, frame.bottom],
    )
    const drawn = series.map(({ name, mark, points }, index) => {
      const last = points.at(-1)!
      const end = ends[index]!
      const path = points.map((point, at) => `${at === 0 ? 'M' : 'L'}${px(x(point.x))} ${px(y(point.y))}`)
      const bounds = points.filter(({ low }) => low !== undefined)
      const band = [
        ...bounds.map((point) => `${px(x(point.x))} ${px(y(point.high!))}`),
        ...bounds.reverse().map((point) => `${px(x(point.x))} ${px(y(point.low!))}`),
      ]
      return (
        (band.length > 0 ? `<path d="M${band.join('L')}Z" class="${mark.color} band"/>` : '') +
        `<path d="${path.join('')}" class="${mark.color} trace"/>` +
        `<path d="M${px(x(last.x) + 2)} ${px(y(last.y))}L${px(frame.right + 10)} ${px(end)}" class="lead"/>` +
        symbol(frame.right + 16, end, mark, 3.6) +
        text(frame.right + 26, end + 4, name, 'label')
      )
    })
    return picture(
      frame,
      label.title,
      label.description,
      yAxis(frame, y, axes.y, String) + xAxis(frame, x, axes.x, String) + drawn.reverse().join(''),
    )
  }
}

/** With some air above, and below where it does not begin at 0. */
function rangeOf(points: Series['points'], { isFromZero = true }: LineAxes): [number, number] {
  const highest = Math.max(...points.map(({ y, high = y }) => high))
  if (isFromZero) return [0, highest * 1.04]
  const lowest = Math.min(...points.map(({ y, low = y }) => low))
  const air = 0.04 * (highest - lowest || Math.abs(highest) || 1)
  return [lowest - air, highest + air]
}
