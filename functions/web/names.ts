import type { Intent, MovieSummary, Receipt } from '../client/index.ts'
import { inLanguage } from './strings.ts'

type Named = Pick<MovieSummary, 'title' | 'localTitle'>

/** What the page calls a movie: its title in the page's language, where it has one. */
export function nameOf({ title, localTitle }: Named): string {
  return (inLanguage().locale && localTitle) ?? title
}

/** The catalogue's title, where the page calls the movie something else. */
export function originalOf(movie: Named): string | null {
  return nameOf(movie) === movie.title ? null : movie.title
}

/** The movies that a wish names, as the page calls them. */
export function withNames(receipt: Receipt, { similarTitles }: Pick<Intent, 'similarTitles'>): Receipt {
  return receipt.similarTo ? { ...receipt, similarTo: similarTitles.map(nameOf) } : receipt
}
