import { ABOVE_LINE, placeNames } from '../charts/labels.ts'
import { type Draw, frameOf, type Label, line, linearScale, picture, px, text, xAxis, yAxis } from '../charts/svg.ts'
import { type Mark, symbol } from './marks.ts'

export interface NamedPoint {
  /** '' for none */
  name: string
  mark: Mark
  x: number
  y: number
  /** 95 % interval of y */
  low?: number
  high?: number
  /** px */
  radius?: number
}

export interface PointOptions {
  axes: { x: string; y: string }
  domain: { x: [number, number]; y: [number, number] }
  /** a line through the points in their order */
  connected?: boolean
  /** the line where y is x */
  diagonal?: boolean
}

/** px between a symbol and its name */
const DISTANCES = [5, 16, 30, 46]

/** Named points in a plane. */
export function pointChart(
  label: Label,
  points: readonly NamedPoint[],
  { axes, domain, connected = false, diagonal = false }: PointOptions,
): Draw {
  return (width) => {
    const frame = frameOf(width, Math.min(340, width * 0.95), [26, 12, 42, 44])
    const x = linearScale(domain.x, [frame.left, frame.right], width / 80)
    const y = linearScale(domain.y, [frame.bottom, frame.top])
    const named = points.map(({ name, radius = 5, ...point }) => ({ name, radius, x: x(point.x), y: y(point.y) }))
    const whiskers = points.flatMap(({ low, high }, index) => {
      const at = named[index]!.x
      return low === undefined || high === undefined
        ? []
        : [{ left: at - 1, right: at + 1, top: y(high), bottom: y(low) }]
    })
    const places = placeNames(named, frame, DISTANCES, connected ? ABOVE_LINE : undefined, whiskers)
    const path = named.map((point, at) => `${at === 0 ? 'M' : 'L'}${px(point.x)} ${px(point.y)}`)
    const [from, to] = [Math.max(domain.x[0], domain.y[0]), Math.min(domain.x[1], domain.y[1])]
    const drawn = points.map(({ mark, low, high }, index) => {
      const at = named[index]!
      const place = places[index]
      return (
        (low !== undefined && high !== undefined
          ? line(at.x, y(low), at.x, y(high), `${mark.color} interval thin`)
          : '') +
        symbol(at.x, at.y, mark, at.radius) +
        (place && at.name !== ''
          ? (place.far ? line(at.x, at.y, place.x, place.y - 4, 'lead') : '') +
            text(place.x, place.y, at.name, `${place.anchor} label`)
          : '')
      )
    })
    return picture(
      frame,
      label.title,
      label.description,
      yAxis(frame, y, axes.y, String) +
        xAxis(frame, x, axes.x, String) +
        (diagonal ? line(x(from), y(from), x(to), y(to), 'zero') : '') +
        (connected ? `<path d="${path.join('')}" class="${points[0]!.mark.color} trace"/>` : '') +
        drawn.join(''),
    )
  }
}
