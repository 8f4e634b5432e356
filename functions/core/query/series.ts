import { partNumberAt } from './part-number.ts'
import { readWords } from './read-words.ts'
import type { TitleNames } from './title-names.ts'

export interface SeriesPart {
  item: number
  /** what stands in front of the number */
  series: string
}

/**
 * The movie that a search names by its series and number: `godfather part 2`, `harry potter tập 4`, `công viên kỷ jura 2`; null
 * for any other search.
 * @param titlesOf asked only where the search ends in a number
 */
export function seriesPart(search: string, titlesOf: () => TitleNames): SeriesPart | null {
  const { words } = readWords(search)
  for (let at = 1; at < words.length; at++) {
    const part = partNumberAt(words, at)
    if (part?.to !== words.length) continue
    const series = words.slice(0, at)
    const names = series.map(({ joined }) => joined)
    const typed = series.map(({ typed }) => typed)
    const item = titlesOf().ofSeries(names, part.number, typed)
    return item < 0 ? null : { item, series: typed.join(' ') }
  }
  return null
}
