import { textWidth } from './svg.ts'

/** Where names go so that none lies on another: pure geometry, in px. */

const LINE = 14

/**
 * Places on a line for labels that would like to be at `wanted`: in the same order, at least `gap` apart, within
 * [low, high] as long as there is room, and near to where they belong.
 */
export function spreadLabels(wanted: readonly number[], gap: number, [low, high]: [number, number]): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a]! - wanted[b]!)
  const places = wanted.slice()
  let floor = low
  for (const index of order) {
    places[index] = Math.max(wanted[index]!, floor)
    floor = places[index]! + gap
  }
  let ceiling = high
  for (const index of order.reverse()) {
    places[index] = Math.min(places[index]!, ceiling)
    ceiling = places[index]! - gap
  }
  return places
}

export interface Named {
  x: number
  y: number
  /** of the symbol at x, y */
  radius: number
  name: string
}

export interface PlacedName {
  x: number
  /** of the text's base line */
  y: number
  anchor: 'start' | 'middle' | 'end'
  /** so far from its symbol that a line should lead there */
  far: boolean
}

export interface Box {
  left: number
  right: number
  top: number
  bottom: number
}

/** directions in which a name is tried, the best to read first: right, left, above, below, the corners */
const DIRECTIONS: [x: number, y: number][] = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, -1],
  [1, 1],
  [-1, -1],
  [-1, 1],
]

/** of points that a falling line goes through */
export const ABOVE_LINE: typeof DIRECTIONS = [
  [1, -1],
  [0, -1],
  [-1, 1],
  [0, 1],
]

/**
 * Greedy in the order given: each name goes to the first place near its symbol that is free of names and symbols
 * and within the area; null where there is none.
 * @param distances from the symbol's edge, ascending
 * @param obstacles what else no name may lie on
 */
export function placeNames(
  points: readonly Named[],
  area: Box,
  distances: readonly number[],
  directions = DIRECTIONS,
  obstacles: readonly Box[] = [],
): (PlacedName | null)[] {
  const symbols: Box[] = points.map(({ x, y, radius }) => ({
    ...{ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius },
  }))
  const taken = [...symbols, ...obstacles]
  return points.map(({ x, y, radius, name }) => {
    for (const distance of distances)
      for (const [right, down] of directions) {
        const reach = radius + distance
        const placed: PlacedName = {
          x: x + right * reach,
          y: y + 4 + down * (reach + (right === 0 ? 5 : 2)),
          anchor: right > 0 ? 'start' : right < 0 ? 'end' : 'middle',
          far: distance > distances[0]!,
        }
        const box = boxOf(placed, name)
        if (!isWithin(box, area) || taken.some((other) => overlap(box, other))) continue
        taken.push(box)
        return placed
      }
    return null
  })
}

function boxOf({ x, y, anchor }: PlacedName, name: string): Box {
  const width = textWidth(name)
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2
  return { left, right: left + width, top: y - LINE + 4, bottom: y + 3 }
}

function isWithin(box: Box, area: Box): boolean {
  return box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
