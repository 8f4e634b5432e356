import { STOP_WORDS } from '../text/stop-words.ts'
import { type PartNumber, partNumberAt } from './part-number.ts'
import { CERTAIN_SURNAMES } from './phrases/surnames.ts'
import {
  areFree,
  areOnlyPhrases,
  hasRole,
  isBoundary,
  phraseOf,
  type Reading,
  take,
  type Understood,
} from './reading.ts'
import {
  areCapitals,
  BEFORE_YEAR,
  BEHIND_TITLE,
  BEHIND_YEAR,
  type Expected,
  type FoundTitle,
  isWishAt,
  isYear,
  LONGEST_TITLE,
  nameAt,
  namesIn,
  ofSeries,
  partOfSeries,
  titleAt,
  yearBehind,
} from './title-at.ts'

/** Words such as `phim` and `the movie` between “like” and a title. */
const MOST_SKIPPED = 4
/** Letters that a lone mistyped word must have. */
const LETTERS_OF_TYPO = 5
/** Letters that a lone word without a capital must have. */
const LETTERS_OF_NAME = 4
const QUERY_OF_TITLE = 16
const LONGEST_CAPITALS = 8

/**
 * Titles that a wish names: in quotes, with their year in brackets, behind “like” and its kin, before “-like”, or when the
 * query is nothing else.
 */
export function readTitles(reading: Reading): void {
  if (readWhole(reading)) return
  readQuoted(reading)
  readAbbreviated(reading)
  readWithYear(reading)
  readNumbered(reading)
  readLiked(reading)
  readBare(reading)
  readBareList(reading)
  readCapitals(reading)
  readBeside(reading)
}

/** `Like Water for Chocolate`: several words that are a name, though it begin with “like”. */
function readWhole(reading: Reading): boolean {
  const { length } = reading.text.words
  if (length < 2 || length > LONGEST_TITLE || areOnlyPhrases(reading, 0, length)) return false
  const item = nameAt(reading, 0, length, null, false)
  if (item >= 0) take(reading, 0, length, { kind: 'title', item })
  return item >= 0
}

const OPENING = /["“„«「《]\s*$/
const CLOSING = /^\s*["”“»」》]/

function readQuoted(reading: Reading): void {
  const { words, rest } = reading.text
  let open = -1
  for (let at = 0; at <= words.length; at++) {
    const gap = at < words.length ? words[at]!.gap : rest
    if (open >= 0 && CLOSING.test(gap)) {
      const item = at - open <= LONGEST_TITLE ? nameAt(reading, open, at, null, true, 'surely') : -1
      const year = yearBehind(reading, at)
      const exact = year === null ? -1 : nameAt(reading, open, at, year.year, true)
      if (item >= 0) take(reading, open, exact >= 0 ? year!.to : at, { kind: 'title', item: exact >= 0 ? exact : item })
      open = -1
    } else if (OPENING.test(gap)) open = at
  }
}

/** Letters that people write for a name, and for nothing else. */
const ABBREVIATIONS: ReadonlyMap<string, string> = new Map([
  ['lotr', 'lord of the rings'],
  ['potc', 'pirates of the caribbean'],
  ['bttf', 'back to the future'],
  ['gotg', 'guardians of the galaxy'],
  ['tdk', 'dark knight'],
  ['tdkr', 'dark knight rises'],
])

function readAbbreviated(reading: Reading): void {
  for (const [at, { folded }] of reading.text.words.entries()) {
    const name = ABBREVIATIONS.get(folded)
    const item = name === undefined ? -1 : reading.lexicon.titles.called(name.split(' '), null)
    if (item >= 0 && reading.taken[at] === 0) take(reading, at, at + 1, { kind: 'title', item })
  }
}

/** `Solaris (1972)` anywhere; without the brackets a lone word is no word of another meaning. */
function readWithYear(reading: Reading): void {
  const { words } = reading.text
  for (let at = 1; at < words.length; at++) {
    if (!isYear(words[at]!.folded)) continue
    const isBracketed = /[([]\s*$/.test(words[at]!.gap)
    // `Carrie, 1976`
    const isApart = /^\s*,\s*$/.test(words[at]!.gap)
    if (!isBracketed && !isApart && words[at]!.gap.trim() !== '') continue
    let to = at
    while (to > 1 && BEFORE_YEAR.test(words[to - 1]!.folded)) to--
    // `Halloween but the 2007 one`
    if (to > 1 && BUT.has(words[to - 1]!.folded) && (to < at || BEHIND_YEAR.test(words[at + 1]?.folded ?? ''))) to--
    const end = BEHIND_YEAR.test(words[at + 1]?.folded ?? '') ? at + 2 : at + 1
    let isFound = false
    for (let from = Math.max(0, to - LONGEST_TITLE); from < to; from++) {
      if (!areFree(reading, from, end) || (isApart && !words[from]!.isCapital)) continue
      const isLone = to - from === 1 && !isOwnName(reading, from, to === at || end > at + 1)
      if (!isBracketed && (isLone || areOnlyPhrases(reading, from, to))) continue
      const item = nameAt(reading, from, to, Number(words[at]!.folded), isBracketed)
      if (item < 0) continue
      take(reading, from, end, { kind: 'title', item })
      isFound = true
      break
    }
    if (isBracketed && !isFound) passUnknown(reading, to, end)
  }
}

/** A movie that the catalogue lacks: neither another of its name is meant, nor its year. */
const UNKNOWN: Understood = {
  kind: 'phrase',
  phrase: { typed: [], folded: [], genres: [], moods: [], topics: [], languages: [], roles: new Set(['filler']) },
}

/** `Parasite (2019)`: the capitals in front of the year are its name. */
function passUnknown(reading: Reading, to: number, end: number): void {
  const { words } = reading.text
  let from = to
  while (from > 0 && words[from - 1]!.isCapital && areFree(reading, from - 1, from)) from--
  if (from < to && areFree(reading, to, end) && !areOnlyPhrases(reading, from, to)) take(reading, from, end, UNKNOWN)
}

/** Whether a lone word in front of a year may be a title: `dune 1984`, and not `made 1984`, “about robots from 2005”. */
function isOwnName({ text: { words } }: Reading, at: number, isYearNext: boolean): boolean {
  const { folded, isCapital } = words[at]!
  if (isCapital) return true
  const isSubject = /^(?:about|ve)$/.test(words[at - 1]?.folded ?? '')
  return isYearNext && !isSubject && folded.length >= LETTERS_OF_NAME && !STOP_WORDS.has(folded)
}

function readLiked(reading: Reading): void {
  const { words } = reading.text
  for (let at = 0; at < words.length; ) {
    const phrase = phraseOf(reading, at)
    if (!phrase) {
      if (isBehindTitle(reading, at)) readBefore(reading, at)
      at++
      continue
    }
    const behind = at + phrase.folded.length
    const expected = phrase.roles.has('like') ? 'surely' : phrase.roles.has('liking') ? 'perhaps' : null
    if (isBehindTitle(reading, at)) readBefore(reading, at)
    if (expected !== null && !hasTitleBefore(reading, at)) readList(reading, behind, expected)
    at = behind
    while (at < words.length && reading.taken[at] === 1) at++
  }
}

/** “Matrix-like”, “Goodfellas-style”, “Fargo vibes”, “Alien meets Jaws”, `x-men vibes` */
function isBehindTitle({ text: { words } }: Reading, at: number): boolean {
  const { folded, gap } = words[at]!
  if (/^[-‐]$/.test(gap)) return /^(?:like|style|styled|esque|type|ish)$/.test(folded)
  return at > 0 && /^(?:vibes?|meets|style)$/.test(folded)
}

function readBefore(reading: Reading, to: number): void {
  const { words } = reading.text
  for (let from = Math.max(0, to - LONGEST_TITLE); from < to; from++) {
    if (!areFree(reading, from, to) || areOnlyPhrases(reading, from, to)) continue
    if (to - from === 1 && !words[from]!.isCapital && words[to]!.gap.trim() === '') continue
    const item = nameAt(reading, from, to, null, true)
    if (item < 0) continue
    take(reading, from, words[to]!.folded === 'meets' ? to : to + 1, { kind: 'title', item })
    return
  }
}

/** `Heat (1995)-like` has its title. */
function hasTitleBefore({ taken, text }: Reading, at: number): boolean {
  return at > 0 && taken[at - 1] === 1 && /^[)\]]?-/.test(text.words[at]!.gap)
}

/** One title or several. */
function readList(reading: Reading, from: number, expected: Expected): void {
  let at = from
  for (let skipped = 0; ; skipped++) {
    const to = knownTitle(reading, at) ?? takeTitleAt(reading, at, expected)
    if (to !== null) {
      at = to
      break
    }
    if (skipped === MOST_SKIPPED || !canBeSkipped(reading, at)) {
      const mistyped = expected === 'surely' ? readMistyped(reading, at) : -1
      at = mistyped >= 0 ? mistyped : behindUnknown(reading, at)
      if (at < 0) return
      break
    }
    at += phraseOf(reading, at)?.folded.length ?? 1
  }
  for (;;) {
    const next = behindSeparator(reading, at)
    const to = next === null ? null : (knownTitle(reading, next) ?? takeTitleAt(reading, next, 'perhaps'))
    if (to === null) return
    at = to
  }
}

/** “like Knives Out or Clue”, where the catalogue lacks the first. @returns the end of its capitals; −1 where a list ends there */
function behindUnknown(reading: Reading, from: number): number {
  const { words } = reading.text
  let to = from
  while (to < words.length && words[to]!.isCapital && areFree(reading, to, to + 1)) to++
  return to > from && hasRole(reading, to, 'and', 'or') ? to : -1
}

/** @returns the end of a title that has been read already, or is none of the catalogue's */
function knownTitle({ parts }: Reading, at: number): number | null {
  const part = parts[at]
  return part && (part.is.kind === 'title' || part.is === UNKNOWN) ? part.to : null
}

function takeTitleAt(reading: Reading, at: number, expected: Expected): number | null {
  const found = titleAt(reading, at, expected)
  return found ? takeTitle(reading, at, found) : null
}

/** @returns its end, or that of the last part of the same series behind it: `harry potter 3 và 4` */
function takeTitle(reading: Reading, from: number, { item, to, series }: FoundTitle): number {
  take(reading, from, to, { kind: 'title', item })
  const next = series ? behindSeparator(reading, to) : null
  const part = next === null ? null : partNumberAt(reading.text.words, next)
  const more = part && areFree(reading, to, part.to) ? partOfSeries(reading, series!, part) : undefined
  return more ? takeTitle(reading, next!, more) : to
}

const BETWEEN_TITLES = /^\s*[,;/&+]\s*$/

/** Behind a comma, “and”, “or” and their kin, where titles go on; null where there is none. */
function behindSeparator(reading: Reading, at: number): number | null {
  const { words } = reading.text
  if (at >= words.length) return null
  if (hasRole(reading, at, 'and', 'or')) return at + phraseOf(reading, at)!.folded.length
  if (/^(?:voi|vs)$/.test(words[at]!.folded)) return at + 1
  return BETWEEN_TITLES.test(words[at]!.gap) ? at : null
}

const SKIPPED = new Set(['the', 'a', 'an', 'that', 'this', 'my', 'those', 'these'])

function canBeSkipped(reading: Reading, at: number): boolean {
  return (
    hasRole(reading, at, 'filler', 'owner', 'like', 'director') || SKIPPED.has(reading.text.words[at]?.folded ?? '')
  )
}

/** Behind “like” stands what nothing else explains: a name with typos, up to where something else begins. */
function readMistyped(reading: Reading, from: number): number {
  const { words } = reading.text
  if (isPerson(reading, from) || isWishAt(reading, from)) return -1
  let to = from
  while (
    to < words.length &&
    to - from < LONGEST_TITLE &&
    areFree(reading, to, to + 1) &&
    (to === from || !isBoundary(reading, to))
  )
    to++
  for (; reading.searchesLeft > 0 && to > from; to--) {
    if (to - from === 1 && words[from]!.joined.length < LETTERS_OF_TYPO) break
    if (areOnlyPhrases(reading, from, to)) continue
    reading.searchesLeft--
    // a name of syllables is soon another one
    const isLocal = to - from > 1 && isBoundary(reading, to)
    const item = reading.lexicon.titles.spelled(namesIn(reading, from, to).join(' '), isLocal)
    if (item >= 0) return takeTitle(reading, from, { item, to })
  }
  return readRareWord(reading, from)
}

/** `giống totoro`: one word for its title, that is no word of another meaning. */
function readRareWord(reading: Reading, at: number): number {
  const { joined } = reading.text.words[at] ?? { joined: '' }
  if (reading.searchesLeft === 0 || joined.length < LETTERS_OF_TYPO || phraseOf(reading, at) || STOP_WORDS.has(joined))
    return -1
  reading.searchesLeft--
  const item = areFree(reading, at, at + 1) ? reading.lexicon.titles.withRareWord(joined) : -1
  return item < 0 ? -1 : takeTitle(reading, at, { item, to: at + 1 })
}

/** “in the style of Wes Anderson” */
function isPerson(reading: Reading, at: number): boolean {
  const { words } = reading.text
  if (CERTAIN_SURNAMES.has(words[at]?.folded ?? '')) return true
  return [2, 3].some((length) =>
    reading.lexicon.people.has(
      words
        .slice(at, at + length)
        .map(({ folded }) => folded)
        .join(' '),
    ),
  )
}

/** Within a name stand no commas and brackets. */
const WITHIN_TITLE = /^[^,;!?()/+"“”]*$/

/** `toy story 3`, `bố già phần hai`, `phần 2 của Bố già`: with its number a name is one anywhere. */
function readNumbered(reading: Reading): void {
  const { words } = reading.text
  for (let at = 0; at < words.length; at++) {
    const part = partNumberAt(words, at)
    if (!part || !areFree(reading, at, part.to)) continue
    const found = numberedBefore(reading, at) ?? numberedBehind(reading, part)
    if (found) at = takeTitle(reading, Math.min(found.from, at), found) - 1
  }
}

type Numbered = FoundTitle & { from: number }

function numberedBefore(reading: Reading, at: number): Numbered | undefined {
  for (let from = Math.max(0, at - LONGEST_TITLE); from < at; from++) {
    if (!areFree(reading, from, at) || !areOneName(reading, from, at) || !mayBeginName(reading, from, at)) continue
    // `world war 2`
    const phrase = phraseOf(reading, from)
    if (phrase && from + phrase.folded.length > at) return undefined
    const found = ofSeries(reading, from, at)
    if (found) return { ...found, from }
  }
  return undefined
}

function numberedBehind(reading: Reading, part: PartNumber): Numbered | undefined {
  const { words } = reading.text
  if (!/^(?:cua|of)$/.test(words[part.to]?.folded ?? '')) return undefined
  const from = part.to + (words[part.to + 1]?.folded === 'the' ? 2 : 1)
  const first = titleAt(reading, from, 'surely')
  const found = first && partOfSeries(reading, { from, to: first.to }, { ...part, to: first.to })
  return found && { ...found, from }
}

/** Whether nothing ends between words [from, to). */
function areOneName({ text: { words } }: Reading, from: number, to: number): boolean {
  for (let at = from + 1; at < to; at++) if (!WITHIN_TITLE.test(words[at]!.gap)) return false
  return true
}

/** Whether words without “like” in front may be a name: several that are not all known, or one that is long and nothing else. */
function mayBeginName(reading: Reading, from: number, to: number): boolean {
  const { folded, isCapital } = reading.text.words[from]!
  if (to - from > 1) return areCapitals(reading, from, to) || !areOnlyPhrases(reading, from, to)
  return (
    folded.length >= (isCapital ? LETTERS_OF_NAME : LETTERS_OF_TYPO) &&
    !STOP_WORDS.has(folded) &&
    !phraseOf(reading, from)
  )
}

const BEFORE_TITLE = new Set(['phim', 'xem', 'coi', 'watch', 'movie', 'film', 'the', 'bo', 'tim'])
const BUT = new Set(['but', 'nhung', 'ma'])

/** What ends the list of titles that a query begins with: “Amélie, Delicatessen: more like these”. */
const END_OF_TITLES = /^\s*(?:[:.?!\n]|[-–—]\s)/

/** The whole query is a title, or begins with one and “but”. */
function readBare(reading: Reading): void {
  const { words } = reading.text
  if (reading.taken.includes(1)) return
  let to = words.length
  const but = words.findIndex(({ folded }, at) => at > 0 && BUT.has(folded))
  const ends = but > 0 ? [to, but] : [to]
  for (const end of ends) {
    to = end
    for (;;) {
      for (let from = 0; from < to && to <= QUERY_OF_TITLE; from++) {
        const found = titleAt(reading, from, 'perhaps')
        if (
          found?.to === to &&
          !CERTAIN_SURNAMES.has(words[from]!.folded) &&
          (to - from > 1 || !STOP_WORDS.has(words[from]!.folded) || isYear(words[to - 1]!.folded))
        ) {
          takeTitle(reading, from, found)
          return
        }
        if (!BEFORE_TITLE.has(words[from]!.folded)) break
      }
      if (to > 1 && BEHIND_TITLE.has(words[to - 1]!.folded)) to--
      else break
    }
  }
}

const MOST_TITLES = 8

/** The whole query is titles: `Inception, Memento`, “Alien and Jaws”, `Inception x Tenet`. */
function readBareList(reading: Reading): void {
  const { words } = reading.text
  if (words.length > QUERY_OF_TITLE || reading.taken.includes(1)) return
  const found: (FoundTitle & { from: number })[] = []
  for (let at = 0; at < words.length && found.length < MOST_TITLES; ) {
    const title = titleAt(reading, at, 'perhaps')
    if (!title) return
    found.push({ ...title, from: at })
    at = title.to
    if (at === words.length || END_OF_TITLES.test(words[at]!.gap)) break
    const next = words[at]!.folded === 'x' ? at + 1 : behindSeparator(reading, at)
    if (next === null) return
    at = next
  }
  const end = found.at(-1)?.to ?? 0
  if (found.length < 2 || !(end === words.length || END_OF_TITLES.test(words[end]!.gap))) return
  for (const { from, item, to } of found) take(reading, from, to, { kind: 'title', item })
}

const BEFORE_CAPITAL = new Set(['phim', 'movie', 'film', 'as'])

/** Several words with capitals among others without: “Tarantino but not Pulp Fiction”; or one behind `phim`. */
function readCapitals(reading: Reading): void {
  const { words } = reading.text
  if (words.every(({ isCapital }) => isCapital)) return
  for (let from = 0; from < words.length; from++) {
    if (!words[from]!.isCapital) continue
    const fewest = BEFORE_CAPITAL.has(words[from - 1]?.folded ?? '') && !phraseOf(reading, from) ? 1 : 2
    for (let to = Math.min(words.length, from + LONGEST_CAPITALS); to >= from + fewest; to--) {
      if (!words[to - 1]!.isCapital || !areFree(reading, from, to) || areOnlyPhrases(reading, from, to)) continue
      if (to - from === 1 && (CERTAIN_SURNAMES.has(words[from]!.folded) || isPerson(reading, from))) continue
      const item = nameAt(reading, from, to, null, false)
      if (item < 0) continue
      from = takeTitle(reading, from, { item, to }) - 1
      break
    }
  }
}

/** Titles that stand in a row with one that is certain: `Jaws hoặc Jurassic Park`, `inception vs shutter island`. */
function readBeside(reading: Reading): void {
  const { parts, text } = reading
  for (let at = 0; at < text.words.length; at++) {
    const part = parts[at]
    if (part?.is.kind !== 'title') continue
    for (let from: number | null = at; from !== null; ) from = readInFront(reading, from)
    for (let to: number | null = part.to; to !== null; ) to = readBehind(reading, to)
  }
}

/** @returns where the title in front of a separator begins */
function readInFront(reading: Reading, at: number): number | null {
  const to = [at, at - 1].find((end) => end > 0 && behindSeparator(reading, end) === at)
  if (to === undefined) return null
  for (let from = Math.max(0, to - LONGEST_TITLE); from < to; from++) {
    if (!areFree(reading, from, to) || !areOneName(reading, from, to) || !beginsName(reading, from)) continue
    if (!mayBeginName(reading, from, to) || isPerson(reading, from)) continue
    const item = nameAt(reading, from, to, null, areCapitals(reading, from, to))
    if (item < 0) continue
    take(reading, from, to, { kind: 'title', item })
    return from
  }
  return null
}

/** Whether a name may begin here without “like”: at the start, behind a comma, or behind words such as `phim`. */
function beginsName(reading: Reading, at: number): boolean {
  return (
    at === 0 || reading.text.words[at]!.gap.trim() !== '' || hasRole(reading, at - 1, 'filler', 'owner', 'and', 'or')
  )
}

/** @returns the end of the title behind a separator */
function readBehind(reading: Reading, at: number): number | null {
  const { words } = reading.text
  const from = behindSeparator(reading, at)
  if (from === null || from >= words.length || reading.taken[from] === 1 || isPerson(reading, from)) return null
  const found = takeTitleAt(reading, from, 'perhaps')
  if (found !== null || from === at || !mayBeginName(reading, from, from + 1)) return found
  // `mean girls or clueless bestie`
  const item = nameAt(reading, from, from + 1, null, false)
  return item < 0 ? null : takeTitle(reading, from, { item, to: from + 1 })
}
