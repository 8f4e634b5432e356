import type { Model } from '#core/model.ts'
import type { ListOptions } from '#core/schemas/api.ts'

/** A wish that names something the catalogue does not know. */
export class UnknownNameError extends RangeError {
  override name = 'UnknownNameError'
  readonly path: string
  constructor(path: string, message: string) {
    super(message)
    this.path = path
  }
}

export type Constraints = Pick<ListOptions, 'genres' | 'avoidGenres' | 'yearFrom' | 'yearTo' | 'exclude'>

/**
 * Which movies may not be answered: the seen ones, the excluded ones, and those that break a constraint.
 * A movie of unknown year satisfies no bound on the year.
 * @param seen item indices
 * @returns numItems flags, 1 = blocked
 * @throws {UnknownNameError} for a genre that no movie has
 */
export function blockedItems(model: Model, seen: Int32Array, constraints: Constraints): Uint8Array {
  const { catalog } = model
  const blocked = new Uint8Array(catalog.numItems)
  const wanted = genreMask(model, 'genres', constraints.genres)
  const avoided = genreMask(model, 'avoidGenres', constraints.avoidGenres)
  const yearFrom = constraints.yearFrom ?? 0
  const yearTo = constraints.yearTo ?? Number.POSITIVE_INFINITY
  const yearMatters = constraints.yearFrom !== undefined || constraints.yearTo !== undefined

  for (let item = 0; item < catalog.numItems; item++) {
    const genres = catalog.genreMasks[item]!
    const year = catalog.years[item]!
    if (wanted !== 0 && (genres & wanted) === 0) blocked[item] = 1
    else if ((genres & avoided) !== 0) blocked[item] = 1
    else if (yearMatters && (year === 0 || year < yearFrom || year > yearTo)) blocked[item] = 1
  }
  for (const item of seen) blocked[item] = 1
  for (const movieId of constraints.exclude ?? []) {
    const item = catalog.itemIndexOf(movieId)
    if (item >= 0) blocked[item] = 1
  }
  return blocked
}

/** Genre names, in any case → bits. 0 when none are named. */
function genreMask(model: Model, path: string, names: readonly string[] | undefined): number {
  let mask = 0
  for (const name of names ?? []) {
    const bit = model.catalog.genreNames.findIndex((known) => known.toLowerCase() === name.toLowerCase())
    if (bit < 0)
      throw new UnknownNameError(
        path,
        `no movie has the genre "${name}"; genres: ${model.catalog.genreNames.join(', ')}`,
      )
    mask |= 1 << bit
  }
  return mask
}
