import type { CatalogIndex } from '#core/format/catalog.ts'
import { topK } from '#core/scoring/top-k.ts'
import type { FindTitles } from '#core/text/titles.ts'

/** Popularity, 0 to 1, orders equal matches and never outweighs a better one. */
const POPULARITY_COUNTS = 0.999

/** What a search needs of a model. */
export interface Searchable {
  catalog: Pick<CatalogIndex, 'popularity'>
  titles: FindTitles
}

/**
 * Movies by name. Every word of the query must begin a word of the movie's names or be its year, diacritics aside; where
 * no movie is found, typos are forgiven. The whole name comes before one that begins so, that before any other, and
 * popularity decides among equals. Of a larger k the first ones are the same.
 * @param query empty: every movie matches
 * @param blocked numItems flags; 1 is never returned
 * @returns item indices, best match first
 */
export function searchMovies(
  query: string,
  blocked: Uint8Array,
  k: number,
  { catalog, titles }: Searchable,
): Int32Array {
  if (query.trim() === '') {
    const popularity = catalog.popularity.map((one, item) => (blocked[item] === 1 ? Number.NaN : one))
    return topK(popularity, k).items
  }
  const exact = titles(query, false, blocked)
  const { items, qualities } = exact.items.length > 0 ? exact : titles(query, true, blocked)
  const scores = Float64Array.from(items, (item, at) => qualities[at]! + POPULARITY_COUNTS * catalog.popularity[item]!)
  return topK(scores, k).items.map((at) => items[at]!)
}
