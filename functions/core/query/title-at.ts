import { STOP_WORDS } from '../text/stop-words.ts'
import { type PartNumber, partNumberAt } from './part-number.ts'
import { isWish } from './phrase-table.ts'
import { areFree, areOnlyPhrases, hasRole, isBoundary, phraseOf, type Reading } from './reading.ts'
import { ARTICLES } from './title-keys.ts'

/** Words of the longest name that is looked for. */
export const LONGEST_TITLE = 14
/** “disaster movie” is no title, though there is one of that name. */
export const BEHIND_TITLE: ReadonlySet<string> = new Set(['phim', 'movie', 'film'])

/** How sure it is that a title follows. */
export type Expected = 'surely' | 'perhaps'

export interface FoundTitle {
  item: number
  /** its words, with the year behind it or before it */
  to: number
  /** words of the name of its series, where it was meant by its number */
  series?: { from: number; to: number }
}

/** The longest title that begins at a word. */
export function titleAt(reading: Reading, at: number, expected: Expected): FoundTitle | undefined {
  const { words } = reading.text
  const ofYear = isYear(words[at]?.folded ?? '') ? titleOfYear(reading, at) : undefined
  if (ofYear) return ofYear
  for (let to = Math.min(words.length, at + LONGEST_TITLE); to > at; to--) {
    if (!areFree(reading, at, to)) continue
    const year = yearBehind(reading, to)
    const exact = year === null ? -1 : nameAt(reading, at, to, year.year, false)
    if (exact >= 0) return { item: exact, to: year!.to }
    if (!mayBeTitle(reading, at, to, expected)) continue
    const item = nameAt(reading, at, to, null, expected === 'surely' || isSeries(reading, at, to), expected)
    if (item >= 0) return ofSeries(reading, at, to) ?? numberedWithin(reading, at, { item, to })
  }
  return gluedTitle(reading, at)
}

/** `harry potter 3`, `bố già phần hai`: the part of the series that words [at, to) and the number behind them name. */
export function ofSeries(reading: Reading, at: number, to: number): FoundTitle | undefined {
  const part = partNumberAt(reading.text.words, to)
  return part && areFree(reading, to, part.to) ? partOfSeries(reading, { from: at, to }, part) : undefined
}

/** `Toy Story 3` is a name that ends in its number. */
function numberedWithin({ text: { words } }: Reading, from: number, found: FoundTitle): FoundTitle {
  for (const to of [found.to - 1, found.to - 2])
    if (to > from && partNumberAt(words, to)?.to === found.to) return { ...found, series: { from, to } }
  return found
}

/** @param series its words */
export function partOfSeries(
  reading: Reading,
  series: { from: number; to: number },
  { number, to }: PartNumber,
): FoundTitle | undefined {
  const { from } = series
  const item = reading.lexicon.titles.ofSeries(
    namesIn(reading, from, series.to),
    number,
    typedIn(reading, from, series.to),
  )
  return item < 0 ? undefined : { item, to, series }
}

/** Letters of a word that may be a name without its spaces. */
const GLUED = { least: 6, most: 18 }

/** `starwars`, `lalaland`: a word that no text has, cut into two or three. */
function gluedTitle(reading: Reading, at: number): FoundTitle | undefined {
  const word = reading.text.words[at]?.joined ?? ''
  if (word.length < GLUED.least || word.length > GLUED.most || phraseOf(reading, at) || !areFree(reading, at, at + 1))
    return undefined
  const { titles, isKnownWord } = reading.lexicon
  if (isKnownWord(word)) return undefined
  const item = cutName(word, (cut) => titles.called(cut, null))
  return item < 0 ? undefined : { item, to: at + 1 }
}

/** The movie whose name a word is when cut into two or three; −1 */
function cutName(word: string, find: (cut: string[]) => number): number {
  if (word.length > GLUED.most) return -1
  for (let first = 1; first < word.length; first++) {
    const item = find([word.slice(0, first), word.slice(first)])
    if (item >= 0) return item
  }
  for (let first = 1; first < word.length - 1; first++)
    for (let second = first + 1; second < word.length; second++) {
      const item = find([word.slice(0, first), word.slice(first, second), word.slice(second)])
      if (item >= 0) return item
    }
  return -1
}

/** “the 1933 King Kong”, “the 1994 version of Little Women” */
function titleOfYear(reading: Reading, at: number): FoundTitle | undefined {
  const { words } = reading.text
  let from = at + 1
  while (/^(?:version|film|movie|ban|phien|cua|of)$/.test(words[from]?.folded ?? '')) from++
  for (let to = Math.min(words.length, from + LONGEST_TITLE); to > from; to--) {
    // `năm 2013 đến 2016` is no `The Den`
    if (!areFree(reading, from, to) || (to - from === 1 && phraseOf(reading, from) && !words[from]!.isCapital)) continue
    const item = nameAt(reading, from, to, Number(words[at]!.folded), false)
    if (item >= 0) return { item, to }
  }
  return undefined
}

/** “the movie” and “the one” are names too. */
const NOUNS = new Set(['movie', 'movies', 'film', 'films', 'one', 'ones', 'flick', 'show', 'genre', 'story'])

/** Whether words that are a name are meant as one: “like horror” and “I like it” are not. */
function mayBeTitle(reading: Reading, from: number, to: number, expected: Expected): boolean {
  const { words } = reading.text
  const isLone = to - from === 1
  const word = words[from]!
  if (isLone && (STOP_WORDS.has(word.folded) || word.folded.length < 3))
    return (expected === 'surely' || word.isCapital) && isBoundary(reading, to)
  // “disaster movie”
  if (expected === 'perhaps' && to - from === 2 && BEHIND_TITLE.has(words[to - 1]!.folded) && !word.isCapital)
    return false
  if (!isLone && ARTICLES.has(word.folded) && areOnlyPhrases(reading, from + 1, to)) {
    return (
      areCapitals(reading, from + 1, to) ||
      (expected === 'surely' && isBoundary(reading, to) && !NOUNS.has(words[to - 1]!.folded))
    )
  }
  if (isLone && word.isCapital && expected === 'surely' && (!isWishAt(reading, from) || isBoundary(reading, to)))
    return true
  if (areOnlyPhrases(reading, from, to))
    return !isLone && ((expected === 'surely' && isNameBehindLike(reading, from, to)) || areCapitals(reading, from, to))
  return expected === 'surely' || !isLone || word.isCapital || isBoundary(reading, to)
}

/** Whether a part of a name is meant, as in “fan of Star Wars”; “Chris Rock” is a person, and part of a name. */
function isSeries(reading: Reading, from: number, to: number): boolean {
  return (
    to - from > 1 && areCapitals(reading, from, to) && !reading.lexicon.people.has(namesIn(reading, from, to).join(' '))
  )
}

/** But for words such as “of”. */
export function areCapitals({ text: { words } }: Reading, from: number, to: number): boolean {
  if (!words[from]!.isCapital) return false
  for (let at = from; at < to; at++) if (!words[at]!.isCapital && !STOP_WORDS.has(words[at]!.folded)) return false
  return true
}

/** Of words that are all known, whether “like” makes a name of them: “like strange days”, but not “like war movies”. */
function isNameBehindLike(reading: Reading, from: number, to: number): boolean {
  if (to - from > 2 || hasOtherWord(reading, from, to)) return true
  return isBoundary(reading, to) && !NOUNS.has(reading.text.words[to - 1]!.folded)
}

/** Whether one of a name's words neither asks for anything nor says nothing: `star` of `star wars`. */
function hasOtherWord(reading: Reading, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const phrase = phraseOf(reading, at)
    if (phrase && !isWish(phrase) && !phrase.roles.has('filler')) return true
  }
  return false
}

export function isWishAt(reading: Reading, at: number): boolean {
  const phrase = phraseOf(reading, at)
  return phrase !== undefined && isWish({ ...phrase, topics: [] })
}

/**
 * The movie that goes by words [from, to); −1 where none does.
 * @param expected how sure it is that they are a title: `surely` where they are in quotes too
 */
export function nameAt(
  reading: Reading,
  from: number,
  to: number,
  year: number | null,
  withParts: boolean,
  expected: Expected = 'perhaps',
): number {
  const names = namesIn(reading, from, to)
  const { titles } = reading.lexicon
  const isLocal = year !== null || mayBeLocal(reading, from, to, expected)
  const typed = isLocal ? typedIn(reading, from, to) : undefined
  const item = withParts ? titles.called(names, year, typed) : titles.named(names, year, typed)
  // `Oldboy (2003)`
  if (item < 0 && names.length === 1 && year !== null) return cutName(names[0]!, (cut) => titles.named(cut, year))
  if (item >= 0 || names.length !== 2) return item
  // `good fellas`
  const glued = names.join('')
  return glued.length < GLUED.least ? -1 : titles.named([glued], year)
}

/**
 * Whether words may be the name of a movie in another language than the catalogue's. Such names are made of what people
 * say (`Bố già` is an old father too): alone they are meant behind “like” and where something ends; elsewhere it takes two
 * words that ask for nothing, up to where something ends or only words such as `lắm` follow.
 */
function mayBeLocal(reading: Reading, from: number, to: number, expected: Expected): boolean {
  const ends = isBoundary(reading, to)
  if (expected === 'surely') return to - from > 1 || ends
  if (to - from === 1 || !(ends || hasRole(reading, to, 'filler'))) return false
  return areCapitals(reading, from, to) || !areOnlyWishes(reading, from, to)
}

/** Whether words [from, to) are nothing but phrases of the tables, topics among them. */
function areOnlyWishes(reading: Reading, from: number, to: number): boolean {
  for (let at = from; at < to; ) {
    const phrase = phraseOf(reading, at)
    if (!phrase) return false
    at += phrase.folded.length
  }
  return true
}

/** With their marks. */
function typedIn({ text }: Reading, from: number, to: number): string[] {
  return text.words.slice(from, to).map(({ typed }) => typed)
}

/** As titles have them; the last without the ’s of “Heat’s”. */
export function namesIn({ text }: Reading, from: number, to: number): string[] {
  return text.words.slice(from, to).map(({ joined }) => joined)
}

export const BEFORE_YEAR = /^(?:ban|phien|nam|cua|goc|cu|from|of|the|one|version|original)$/
export const BEHIND_YEAR = /^(?:one|version|remake|original)$/

const MOST_BEFORE_YEAR = 3

/** A year right behind a title: `Solaris (1972)`, `Solaris bản 1972`, “Solaris from 1972”. */
export function yearBehind({ text: { words } }: Reading, from: number): { year: number; to: number } | null {
  let at = from
  while (at - from < MOST_BEFORE_YEAR && BEFORE_YEAR.test(words[at]?.folded ?? '')) at++
  const year = words[at]?.folded ?? ''
  if (!isYear(year)) return null
  return { year: Number(year), to: BEHIND_YEAR.test(words[at + 1]?.folded ?? '') ? at + 2 : at + 1 }
}

export function isYear(word: string): boolean {
  return /^(?:18|19|20)\d\d$/.test(word)
}
