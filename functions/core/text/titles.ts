import type { CatalogIndex } from '../format/catalog.ts'
import { fold } from './analyse.ts'

/** How well a movie's title matches: −1 not at all, else 0 to 3. Popularity (0 to 1) added to it breaks ties. */
export type TitleMatch = (itemIndex: number) => number

/**
 * Title matcher of a catalogue; the folded titles are made at its first use and kept.
 * Every word of the query must begin a word of the title or be its year. 3: the whole title; 2: it begins so;
 * 1: whole words only; 0: beginnings of words. An empty query matches every movie at 0.
 */
export function openTitles(catalog: Pick<CatalogIndex, 'numItems' | 'title' | 'years'>): (query: string) => TitleMatch {
  // a space before every word and behind the last: a word's beginning and end are found by `includes`
  let titles: string[] | undefined

  return (query) => {
    titles ??= Array.from({ length: catalog.numItems }, (_, item) => ` ${words(catalog.title(item))} `)
    const folded = titles
    const wanted = words(query)
    if (wanted === '') return () => (query.trim() === '' ? 0 : -1)
    const begins = wanted.split(' ').map((word) => ` ${word}`)
    return (item) => matchOf(folded[item]!, String(catalog.years[item]), wanted, begins)
  }
}

/** @param begins the wanted words, each behind a space */
function matchOf(title: string, year: string, wanted: string, begins: string[]): number {
  let wholeWords = true
  for (const word of begins) {
    if (title.includes(word)) wholeWords &&= title.includes(`${word} `)
    else if (word.slice(1) !== year) return -1
  }
  if (title === ` ${wanted} ` || `${title}${year}` === ` ${wanted}`) return 3
  if (title.startsWith(` ${wanted}`)) return 2
  return wholeWords ? 1 : 0
}

/** Folded words with one space between them: letters and digits; an apostrophe joins. */
function words(text: string): string {
  return fold(text)
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}
