import type { Model } from '../model.ts'
import { words } from '../text/analyse.ts'
import { collectNames, type NameIndex } from './name-index.ts'
import { ARTICLES, areAlike, hashOfName, visitNames, wordsOfTitle } from './title-keys.ts'

/** Titles found by the words of a query. */
export interface TitleNames {
  /**
   * The movie that goes by these words as its whole name; of several that of the year, else the one with most ratings.
   * @param year null where the query tells none; a year off is forgiven where no movie of the name is of that very year
   * @returns −1 where none does, or none of that year
   */
  named(found: readonly string[], year: number | null): number
  /** The same, or a name that these words begin or end: `lord of the rings` */
  called(found: readonly string[], year: number | null): number
  /** The movie of that number, in the order of their years, of a series that is better known than any movie called so; −1 */
  ofSeries(found: readonly string[], number: number): number
  /** The same as `called`, with typos; up to 4 ms for 87,000 titles. */
  spelled(text: string): number
  title(item: number): string
  movieId(item: number): number
  year(item: number): number
  sizeBytes: number
}

/** A part of a name is meant where its movie has so many times the ratings of the one with the whole name. */
const PART_RATINGS = 5
/** As in text/titles.ts: a whole name, a name begun, what a typo costs. */
const WHOLE_NAME = 4
const BEGINS_NAME = 3
const TYPO = 10
const MOST_TYPOS = 2
/** Years that sources differ by: made in one, shown in the next. */
const YEARS_OFF = 1

export function openTitleNames({ catalog, titles }: Pick<Model, 'catalog' | 'titles'>): TitleNames {
  const names = indexTitles(catalog)
  let noneBlocked: Uint8Array | undefined
  /** −1 for none; of several that of the very year, then the best known */
  const bestOf = (items: number[], year: number | null) => {
    const inYear = items.filter((item) => catalog.years[item] === year)
    const among = inYear.length > 0 ? inYear : items
    return among.reduce(
      (best, item) => (best < 0 || catalog.numRatings[item]! > catalog.numRatings[best]! ? item : best),
      -1,
    )
  }
  const find = (found: readonly string[], year: number | null) => {
    const whole: number[] = []
    const parts: number[] = []
    for (const number of found.length === 0 ? [] : names.numbersOf(hashOfName(found))) {
      const item = number >>> 1
      if (year !== null && Math.abs(catalog.years[item]! - year) > YEARS_OFF) continue
      const called = wordsOfTitle(catalog.title(item))
      const isCalled = (name: string[]) => areAlike(name, found)
      if (called.whole.some(isCalled)) whole.push(item)
      else if (called.parts.some(isCalled)) parts.push(item)
    }
    return { whole: bestOf(whole, year), part: bestOf(parts, year), parts }
  }
  const isSeries = (whole: number, part: number) =>
    part >= 0 && (whole < 0 || catalog.numRatings[part]! > PART_RATINGS * catalog.numRatings[whole]!)
  return {
    named: (found, year) => find(found, year).whole,
    called(found, year) {
      const { whole, part } = find(found, year)
      return isSeries(whole, part) ? part : whole
    },
    ofSeries(found, number) {
      const { whole, part, parts } = find(found, null)
      const inOrder = isSeries(whole, part)
        ? parts.toSorted((a, b) => catalog.years[a]! - catalog.years[b]! || a - b)
        : []
      return inOrder[number - 1] ?? -1
    },
    spelled(text) {
      noneBlocked ??= new Uint8Array(catalog.numItems)
      const { items, qualities } = titles(text, true, noneBlocked)
      // “the office” begins too many names
      const mayBegin = words(text).filter((word) => !ARTICLES.has(word)).length > 1
      let best = -1
      for (let at = 0; at < items.length; at++) {
        const typos = Math.ceil(Math.max(0, -qualities[at]!) / TYPO)
        if (typos > MOST_TYPOS || qualities[at]! + TYPO * typos < (typos === 0 && mayBegin ? BEGINS_NAME : WHOLE_NAME))
          continue
        const isBetter =
          best < 0 ||
          qualities[at]! > qualities[best]! ||
          (qualities[at] === qualities[best] && catalog.numRatings[items[at]!]! > catalog.numRatings[items[best]!]!)
        if (isBetter) best = at
      }
      return best < 0 ? -1 : items[best]!
    },
    title: catalog.title,
    movieId: (item) => catalog.movieIds[item]!,
    year: (item) => catalog.years[item]!,
    sizeBytes: names.sizeBytes,
  }
}

/** 2 · item, and one more for a part of its name. */
function indexTitles({ numItems, title }: Model['catalog']): NameIndex {
  const names = collectNames()
  for (let item = 0; item < numItems; item++)
    visitNames(title(item), (hash, isPart) => names.add(hash, 2 * item + (isPart ? 1 : 0)))
  return names.index()
}
