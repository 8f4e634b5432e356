import type { CatalogIndex } from '#core/format/catalog.ts'
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

export type Constraints = Omit<ListOptions, 'k' | 'cursor'>

/**
 * Which movies may not be answered: the seen ones, the excluded ones, and those that break a constraint.
 * A movie of unknown year, running time or language satisfies no bound on it. O(numItems).
 * @param seen item indices
 * @returns numItems flags, 1 = blocked
 * @throws {UnknownNameError} for a genre or language that no movie has
 */
export function blockedItems(
  { catalog }: Pick<Model, 'catalog'>,
  seen: Int32Array,
  constraints: Constraints,
): Uint8Array {
  const blocked = new Uint8Array(catalog.numItems)
  const { only, exclude = [] } = constraints
  if (only) {
    blocked.fill(1)
    for (const movieId of only) mark(blocked, catalog.itemIndexOf(movieId), 0)
  }
  blockByTraits(catalog, constraints, blocked)
  for (const item of seen) blocked[item] = 1
  for (const movieId of exclude) mark(blocked, catalog.itemIndexOf(movieId), 1)
  return blocked
}

/**
 * Block movies of some genres besides.
 * @param path names the field in the error
 * @throws {UnknownNameError} for a genre that no movie has
 */
export function blockGenres(
  { catalog }: Pick<Model, 'catalog'>,
  path: string,
  genres: readonly string[],
  blocked: Uint8Array,
): void {
  const none = genreMask(catalog, path, genres)
  if (none !== 0) blockWhere(blocked, (item) => (catalog.genreMasks[item]! & none) !== 0)
}

/** What is said of each movie in the catalogue against what is asked; a trait that nobody asks about costs nothing. */
function blockByTraits(catalog: CatalogIndex, constraints: Constraints, blocked: Uint8Array): void {
  const { genreMasks, years, runtimes, numRatings, languages } = catalog
  const any = genreMask(catalog, 'genres', constraints.genres)
  const all = genreMask(catalog, 'genresAll', constraints.genresAll)
  const none = genreMask(catalog, 'avoidGenres', constraints.avoidGenres)
  if (any !== 0 || all !== 0 || none !== 0)
    blockWhere(blocked, (item) => {
      const genres = genreMasks[item]!
      return (any !== 0 && (genres & any) === 0) || (genres & all) !== all || (genres & none) !== 0
    })
  blockOutside(blocked, years, constraints.yearFrom, constraints.yearTo)
  blockOutside(blocked, runtimes, constraints.runtimeFrom, constraints.runtimeTo)
  const { minRatings = 0 } = constraints
  if (minRatings > 0) blockWhere(blocked, (item) => numRatings[item]! < minRatings)
  if (constraints.language !== undefined) {
    const wanted = languageNumber(catalog, constraints.language)
    blockWhere(blocked, (item) => languages[item] !== wanted)
  }
}

/** Inclusive bounds, either may be left open; 0 is unknown, and outside of both. */
function blockOutside(
  blocked: Uint8Array,
  values: Int16Array,
  from: number | undefined,
  to = Number.POSITIVE_INFINITY,
): void {
  if (from === undefined && to === Number.POSITIVE_INFINITY) return
  const lowest = Math.max(1, from ?? 1)
  blockWhere(blocked, (item) => values[item]! < lowest || values[item]! > to)
}

function blockWhere(blocked: Uint8Array, isOut: (itemIndex: number) => boolean): void {
  for (let item = 0; item < blocked.length; item++) if (isOut(item)) blocked[item] = 1
}

/** @param itemIndex below 0 for a movie that the catalogue lacks */
function mark(blocked: Uint8Array, itemIndex: number, flag: 0 | 1): void {
  if (itemIndex >= 0) blocked[itemIndex] = flag
}

/**
 * Genre names, in any case → bits. 0 when none are named.
 * @param path names the field in the error
 * @throws {UnknownNameError} for a genre that no movie has
 */
export function genreMask({ genreNames }: CatalogIndex, path: string, names: readonly string[] | undefined): number {
  let mask = 0
  for (const name of names ?? []) {
    const bit = genreNames.findIndex((known) => known.toLowerCase() === name.toLowerCase())
    if (bit < 0) throw new UnknownNameError(path, `no movie has the genre "${name}"; genres: ${genreNames.join(', ')}`)
    mask |= 1 << bit
  }
  return mask
}

/** The code's number in the catalogue. */
function languageNumber({ languageCodes }: CatalogIndex, code: string): number {
  if (languageCodes.length === 0)
    throw new UnknownNameError(
      'language',
      'the catalogue has no original languages: no source of this model tells them',
    )
  const place = languageCodes.indexOf(code.toLowerCase())
  if (place < 0)
    throw new UnknownNameError(
      'language',
      `no movie has the original language "${code}"; languages: ${languageCodes.join(', ')}`,
    )
  return place + 1
}
