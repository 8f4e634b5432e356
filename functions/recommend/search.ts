import type { Model } from '#core/model.ts'
import { topK } from '#core/scoring/top-k.ts'

/**
 * Movies by title. Every word of the query must begin a word of the title, diacritics aside; the whole title
 * comes before a title that begins so, that before any other, and popularity decides among equals.
 * @param query empty: every movie matches
 * @param blocked numItems flags; 1 is never returned
 * @returns item indices, best match first
 */
export function searchMovies(query: string, blocked: Uint8Array, k: number, model: Model): Int32Array {
  const { catalog, titles } = model
  const matchOf = titles(query)
  const scores = Float64Array.from(blocked, (flag, item) => {
    const match = flag ? -1 : matchOf(item)
    return match < 0 ? Number.NaN : match + catalog.popularity[item]!
  })
  return topK(scores, k).items
}
