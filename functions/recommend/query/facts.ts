import type { Model } from '#core/model.ts'
import type { Intent } from '#core/schemas/intent.ts'
import type { Receipt } from '#core/schemas/query.ts'

/** All that an explanation of a movie may say; a sentence with anything else in it is not sent. */
export interface Facts {
  language: Intent['language']
  title: string
  /** null where unknown */
  year: number | null
  genres: string[]
  receipt: Receipt
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
  { catalog }: Model,
): Facts {
  const numRatings = catalog.numRatings[itemIndex]!
  return {
    language,
    title: catalog.title(itemIndex),
    year: catalog.years[itemIndex] || null,
    genres: catalog.genres(itemIndex),
    receipt,
    because,
    meanRating: numRatings > 0 ? catalog.meanRatings[itemIndex]!.toFixed(1) : null,
    numRatings,
  }
}
