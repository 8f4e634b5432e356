import type { CatalogIndex } from '#core/format/catalog.ts'
import type { Locale, MovieSummary } from '#core/schemas/api.ts'

export type MovieName = Pick<MovieSummary, 'movieId' | 'title' | 'localTitle'>

/** @param locale whose title it is to have too, where there is one */
export function movieName(
  itemIndex: number,
  { movieIds, title, localTitles }: Pick<CatalogIndex, 'movieIds' | 'title' | 'localTitles'>,
  locale?: Locale,
): MovieName {
  const localTitle = locale && localTitles.shown(itemIndex, locale)
  return {
    movieId: movieIds[itemIndex]!,
    title: title(itemIndex),
    ...(localTitle !== undefined && { localTitle }),
  }
}

/** What people who read that language call it. */
export function nameOf({ title, localTitle = title }: Pick<MovieName, 'title' | 'localTitle'>): string {
  return localTitle
}
