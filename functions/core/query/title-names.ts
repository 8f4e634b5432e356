import type { Model } from '../model.ts'
import { fold, words } from '../text/analyse.ts'
import { collectNames, type NameIndex } from './name-index.ts'
import { readWords } from './read-words.ts'
import { ARTICLES, areAlike, hashOfName, visitNames, wordsOfTitle } from './title-keys.ts'

/** Titles found by the words of a query. */
export interface TitleNames {
  /**
   * The movie that goes by these words as its whole name; of several that of the year, else the one with most ratings.
   * @param year null where the query tells none; a year off is forgiven where no movie of the name is of that very year
   * @param typed the same words with their marks, where a name in another language than the catalogue's may be meant; what is
   * typed with marks must have them there
   * @returns −1 where none does, or none of that year
   */
  named(found: readonly string[], year: number | null, typed?: readonly string[]): number
  /** The same, or a name that these words begin or end: `lord of the rings` */
  called(found: readonly string[], year: number | null, typed?: readonly string[]): number
  /**
   * The movie of that number among those called so: the one that has the number in its name, else by the order of their years
   * where that is certain; −1
   */
  ofSeries(found: readonly string[], number: number, typed?: readonly string[]): number
  /** The same as `called`, with typos, also in the marks; up to 4 ms for 87,000 titles. */
  spelled(text: string, isLocal: boolean): number
  /** The best known of few movies with a word in their titles that no other has: `totoro`; −1 */
  withRareWord(word: string): number
  title(item: number): string
  movieId(item: number): number
  year(item: number): number
  sizeBytes: number
}

/** A part of a name is meant where its movie has so many times the ratings of the one with the whole name. */
const PART_RATINGS = 5
/** The highest number that is looked for in the names of a series. */
const MOST_PARTS = 13
/** What its name alone makes a sequel: so many ratings of the first movie to one of its own, and so many years at most. */
const RATINGS_OF_SEQUEL = 8
const YEARS_TO_SEQUEL = 5
/** The same where others of the series have their number in the name. */
const RATINGS_OF_NUMBERED = 20
/** As in text/titles.ts: a whole name, a name begun, whole words, what a typo costs. */
const WHOLE_NAME = 4
const BEGINS_NAME = 3
const WHOLE_WORDS = 1
const TYPO = 10
const MOST_TYPOS = 2
/** Movies that a word of their titles may stand for. */
const MOST_OF_RARE_WORD = 3
/** Years that sources differ by: made in one, shown in the next. */
const YEARS_OFF = 1

interface SeriesName {
  found: readonly string[]
  /** with its marks, where it may be local */
  typed?: readonly string[] | undefined
}

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
  const { numItems, localTitles } = catalog
  const find = (found: readonly string[], year: number | null, typed?: readonly string[]) => {
    const whole = new Set<number>()
    const parts = new Set<number>()
    for (const number of found.length === 0 ? [] : names.numbersOf(hashOfName(found))) {
      const row = (number >>> 1) - numItems
      const isLocal = row >= 0
      const item = isLocal ? localTitles.items[row]! : number >>> 1
      if (year !== null && Math.abs(catalog.years[item]! - year) > YEARS_OFF) continue
      const title = isLocal ? localTitles.title(row) : catalog.title(item)
      if (isLocal && !(typed && haveMarksOf(title, typed))) continue
      const called = wordsOfTitle(title)
      const isCalled = (name: string[]) => areAlike(name, found)
      if (called.whole.some(isCalled)) whole.add(item)
      else if (called.parts.some(isCalled)) parts.add(item)
    }
    return { whole: bestOf([...whole], year), part: bestOf([...parts], year), parts: [...parts] }
  }
  const isSeries = (whole: number, part: number) =>
    part >= 0 && (whole < 0 || catalog.numRatings[part]! > PART_RATINGS * catalog.numRatings[whole]!)
  /** The same series by other words: what its first movie is called in the catalogue, where a local name was found. */
  const namesOfSeries = (found: readonly string[], typed?: readonly string[]): SeriesName[] => {
    const { whole, part } = find(found, null, typed)
    const item = isSeries(whole, part) ? -1 : whole
    const own = item < 0 ? [] : wordsOfTitle(catalog.title(item)).whole
    return [{ found, typed }, ...own.filter((name) => !areAlike(name, found)).map((name) => ({ found: name }))]
  }
  const ofSeries = (names: SeriesName[], number: number) => {
    const numbered = new Map<number, number>()
    for (const { found, typed } of names)
      for (let place = 1; place <= MOST_PARTS; place++) {
        const digits = String(place)
        const { whole, part } = find([...found, digits], null, typed && [...typed, digits])
        const item = whole >= 0 ? whole : part
        if (item >= 0 && !numbered.has(item)) numbered.set(item, place)
      }
    const said = [...numbered.keys()].filter((item) => numbered.get(item) === number)
    if (said.length > 0) return bestOf(said, null)
    return inOrder(names, numbered)[number - 1] ?? -1
  }
  /** Parts of a series by their years; none where they are not certain to be all of its beginning. */
  const inOrder = (names: SeriesName[], numbered: ReadonlyMap<number, number>): number[] => {
    const found = names.map(({ found, typed }) => find(found, null, typed))
    const { whole, part } = found[0]!
    // `Rambo (Rambo 4)` has the name of the series, and is not its first
    const first = isSeries(whole, part) || (numbered.get(whole) ?? 1) > 1 ? -1 : whole
    const isPart = (item: number) =>
      item !== first &&
      (first < 0 || (catalog.years[item]! > catalog.years[first]! && isKnownBeside(item, first, numbered.size > 0)))
    const items = new Set([...found.flatMap(({ parts }) => parts), ...numbered.keys()].filter(isPart))
    const ordered = [...(first < 0 ? [] : [first]), ...items].sort(
      (a, b) => catalog.years[a]! - catalog.years[b]! || a - b,
    )
    const areNumbered = ordered.every((item, place) => (numbered.get(item) ?? place + 1) === place + 1)
    if (!areNumbered) return []
    if (first < 0 || numbered.size > 0) return ordered
    const end = ordered.findIndex(
      (item, place) => place > 0 && catalog.years[item]! - catalog.years[ordered[place - 1]!]! > YEARS_TO_SEQUEL,
    )
    return end < 0 ? ordered : ordered.slice(0, end)
  }
  /** `Jurassic Park` has a sequel that has its name within its own; a `Batman` of which few know is none. */
  const isKnownBeside = (item: number, first: number, isNumbered: boolean) =>
    catalog.numRatings[item]! * (isNumbered ? RATINGS_OF_NUMBERED : RATINGS_OF_SEQUEL) >= catalog.numRatings[first]!
  return {
    named: (found, year, typed) => find(found, year, typed).whole,
    called(found, year, typed) {
      const { whole, part } = find(found, year, typed)
      return isSeries(whole, part) ? part : whole
    },
    ofSeries(found, number, typed) {
      const digits = String(number)
      const ofNumber = find([...found, digits], null, typed && [...typed, digits])
      const { whole, part } = find(found, null, typed)
      // most words are no name: what follows looks for thirteen numbers
      const isName = Math.max(whole, part, ofNumber.whole, ofNumber.part) >= 0
      return isName ? ofSeries(namesOfSeries(found, typed), number) : -1
    },
    spelled(text, isLocal) {
      noneBlocked ??= new Uint8Array(numItems)
      const { items, qualities } = titles(text, true, noneBlocked, isLocal ? 'whole' : 'none')
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
    withRareWord(word) {
      noneBlocked ??= new Uint8Array(numItems)
      const { items, qualities } = titles(word, false, noneBlocked, 'none')
      const having = Array.from(items).filter((_, at) => qualities[at]! >= WHOLE_WORDS)
      return having.length > MOST_OF_RARE_WORD ? -1 : bestOf(having, null)
    },
    title: catalog.title,
    movieId: (item) => catalog.movieIds[item]!,
    year: (item) => catalog.years[item]!,
    sizeBytes: names.sizeBytes,
  }
}

/** 2 · item, and one more for a part of its name; behind the items come the local titles. */
function indexTitles({ numItems, title, localTitles }: Model['catalog']): NameIndex {
  const names = collectNames()
  const add = (number: number, name: string) =>
    visitNames(name, (hash, isPart) => names.add(hash, 2 * number + (isPart ? 1 : 0)))
  for (let item = 0; item < numItems; item++) add(item, title(item))
  // without its marks most are plain names, which are hashed as they stand
  for (let row = 0; row < localTitles.numTitles; row++) add(numItems + row, fold(localTitles.title(row)))
  return names.index()
}

/** Whether every word that was typed with marks stands so in the title: `bộ gia` is no “Bố già”, `bo gia` may be. */
function haveMarksOf(title: string, typed: readonly string[]): boolean {
  const marked = typed.filter((word) => fold(word) !== word)
  if (marked.length === 0) return true
  const inTitle = new Set(readWords(title).words.map(({ typed }) => typed))
  return marked.every((word) => inTitle.has(word))
}
