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
  let titles: string[] | undefined

  return (query) => {
    titles ??= Array.from({ length: catalog.numItems }, (_, item) => words(catalog.title(item)))
    const folded = titles
    const wanted = words(query)
    if (wanted === '') return () => (query.trim() === '' ? 0 : -1)
    const wantedWords = wanted.split(' ')
    return (item) => matchOf(folded[item]!, String(catalog.years[item]), wanted, wantedWords)
  }
}

function matchOf(title: string, year: string, wanted: string, wantedWords: string[]): number {
  if (title === wanted || `${title} ${year}` === wanted) return 3
  const spaced = ` ${title} `
  let wholeWords = true
  for (const word of wantedWords) {
    if (word === year || spaced.includes(` ${word} `)) continue
    if (!spaced.includes(` ${word}`)) return -1
    wholeWords = false
  }
  if (title.startsWith(wanted)) return 2
  return wholeWords ? 1 : 0
}

/** Folded words with one space between them: letters and digits; an apostrophe joins. */
function words(text: string): string {
  return fold(text)
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}
