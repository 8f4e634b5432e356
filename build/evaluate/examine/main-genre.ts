import type { CatalogIndex } from '#core/format/catalog.ts'

/** More are not told apart by colour. */
const MOST_GENRES = 8
export const OTHER = 'Other'

/**
 * One genre a movie: of the eight most common ones among some movies, the rarest that the movie has, for that says most
 * of it; Other where it has none of them.
 * @param items that the genres are counted of
 */
export function mainGenreOf(
  { genres }: Pick<CatalogIndex, 'genres'>,
  items: ArrayLike<number>,
): { commonest: string[]; genreOf(item: number): string } {
  const counts = new Map<string, number>()
  for (const item of Array.from(items))
    for (const genre of genres(item)) counts.set(genre, (counts.get(genre) ?? 0) + 1)
  const commonest = [...counts.keys()]
    .sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1))
    .slice(0, MOST_GENRES)
  return {
    commonest,
    genreOf: (item) => commonest.findLast((genre) => genres(item).includes(genre)) ?? OTHER,
  }
}
