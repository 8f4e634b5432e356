import type { Model } from '#core/model.ts'
import type { Intent } from '#core/schemas/intent.ts'
import type { Receipt } from '#core/schemas/query.ts'
import { words } from '#core/text/analyse.ts'
import { movieName, nameOf } from '../movie-name.ts'

/** All that an explanation of a movie may say; a sentence with anything else in it is not sent. */
export interface Facts {
  language: Intent['language']
  title: string
  /** null where unknown */
  year: number | null
  genres: string[]
  receipt: Receipt
  /** of the wanted people, those who directed it */
  directedBy: string[]
  /** titles of the viewer's history that carried it; none where taste took no part */
  because: string[]
  /** mean stars, to one decimal; null without ratings */
  meanRating: string | null
  numRatings: number
}

export function factsOf(
  itemIndex: number,
  receipt: Receipt,
  because: string[],
  language: Intent['language'],
  { catalog, content }: Model,
): Facts {
  const numRatings = catalog.numRatings[itemIndex]!
  return {
    language,
    title: nameOf(movieName(itemIndex, catalog, language)),
    year: catalog.years[itemIndex] || null,
    genres: catalog.genres(itemIndex),
    receipt,
    directedBy: (receipt.people ?? []).filter((name) => isDirector(name, itemIndex, content)),
    because,
    meanRating: numRatings > 0 ? catalog.meanRatings[itemIndex]!.toFixed(1) : null,
    numRatings,
  }
}

function isDirector(name: string, itemIndex: number, { termIndexOf, offsets, termIndices }: Model['content']): boolean {
  const term = termIndexOf(`director:${words(name).join(' ')}`)
  return term >= 0 && termIndices.subarray(offsets[itemIndex]!, offsets[itemIndex + 1]!).includes(term)
}

/** The receipt with its movies called as those do who read the query's language. */
export function withNames(
  receipt: Receipt,
  { language, similarTitles }: Pick<Intent, 'language' | 'similarTitles'>,
  { catalog }: Pick<Model, 'catalog'>,
): Receipt {
  if (!receipt.similarTo) return receipt
  const similarTo = similarTitles.map(({ movieId, title }) => {
    const itemIndex = catalog.itemIndexOf(movieId)
    return itemIndex < 0 ? title : nameOf(movieName(itemIndex, catalog, language))
  })
  return { ...receipt, similarTo }
}
