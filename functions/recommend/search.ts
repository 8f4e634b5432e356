import type { CatalogIndex } from '#core/format/catalog.ts'
import type { SeriesPart } from '#core/query/series.ts'
import type { Locale } from '#core/schemas/api.ts'
import { topK } from '#core/scoring/top-k.ts'
import { fold } from '#core/text/analyse.ts'
import type { FindTitles } from '#core/text/titles.ts'

/** Popularity, 0 to 1, orders equal matches and never outweighs a better one. */
const POPULARITY_COUNTS = 0.999

/** What a search needs of a model. */
export interface Searchable {
  catalog: Pick<CatalogIndex, 'popularity'>
  titles: FindTitles
  /** the movie that a search names by its series and number */
  series?(search: string): SeriesPart | null
}

/**
 * Movies by name. Every word of the query must begin a word of the movie's names or be its year, diacritics aside; where
 * no movie is found, typos are forgiven. The whole name comes before one that begins so, that before any other, and
 * popularity decides among equals. A name in another language counts less, but where it is the whole one, or the query is in
 * such a language. A part of a series that is named by its number (`godfather part 2`) comes before all, and where no title has
 * that number those of the series follow. Of a larger k the first ones are the same.
 * @param query empty: every movie matches
 * @param blocked numItems flags; 1 is never returned
 * @param locale of whoever asks
 * @returns item indices, best match first
 */
export function searchMovies(
  query: string,
  blocked: Uint8Array,
  k: number,
  { catalog, titles, series }: Searchable,
  locale: Locale = 'en',
): Int32Array {
  if (query.trim() === '') {
    const popularity = catalog.popularity.map((one, item) => (blocked[item] === 1 ? Number.NaN : one))
    return topK(popularity, k).items
  }
  const isMarked = fold(query) !== query.normalize('NFC').toLowerCase()
  const localNames = locale !== 'en' || isMarked ? 'alike' : 'behind'
  const part = series?.(query) ?? null
  const exact = titles(query, false, blocked, localNames)
  const { items, qualities } =
    exact.items.length > 0 ? exact : titles(part?.series ?? query, part === null, blocked, localNames)
  const scores = Float64Array.from(items, (item, at) => qualities[at]! + POPULARITY_COUNTS * catalog.popularity[item]!)
  const best = topK(scores, k).items.map((at) => items[at]!)
  if (part === null || blocked[part.item] === 1) return best
  return Int32Array.of(part.item, ...best.filter((item) => item !== part.item)).slice(0, k)
}
