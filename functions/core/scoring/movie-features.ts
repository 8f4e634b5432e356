/**
 * Columns of a regression on what is told of a movie, beside its terms: a number as its shares of the two points around it,
 * so that what follows from it need not be a line.
 */
export interface Scale {
  first: number
  step: number
  points: number
  /** of both shares together, beside a movie's terms, which have length 1 */
  length: number
}

export const YEARS: Scale = { first: 1880, step: 5, points: 60, length: 0.5 }
/** minutes */
export const RUNTIMES: Scale = { first: 0, step: 15, points: 17, length: 0.5 }

/** Columns of a placement: the terms', the years', the runtimes', and one that is 1 for every movie. */
export function placementColumns(numTerms: number): {
  years: number
  runtimes: number
  constant: number
  numColumns: number
} {
  const years = numTerms
  const runtimes = years + YEARS.points
  const constant = runtimes + RUNTIMES.points
  return { years, runtimes, constant, numColumns: constant + 1 }
}

/** A point of a scale and how much of a value lies there; none for a value that is not known (0). */
export function sharesOnScale(value: number, { first, step, points, length }: Scale): [point: number, share: number][] {
  if (value <= 0) return []
  const at = Math.min(points - 1.001, Math.max(0, (value - first) / step))
  const below = Math.floor(at)
  return [
    [below, length * (below + 1 - at)],
    [below + 1, length * (at - below)],
  ]
}
