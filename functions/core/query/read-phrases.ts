import { ORIGINS, type Phrase } from './phrase-table.ts'
import type { GenreConcept } from './phrases/genres.ts'
import { areFree, partBefore, phraseOf, type Reading, take } from './reading.ts'

/** Letters of what may be a mistyped genre, and from how many two of them may be wrong. */
const SHORTEST = 5
const LONGEST = 24
const LETTERS_OF_TWO_TYPOS = 9
/** Words of a query that may be a mistyped genre: a text of many such is about something else. */
const MOST_UNEXPLAINED = 12

/** All that the phrase tables know, the longest first, then words that are such a phrase glued together or mistyped. */
export function readPhrases(reading: Reading): void {
  const { words } = reading.text
  for (let at = 0; at < words.length; at++) {
    if (reading.taken[at] === 1) continue
    const phrase = phraseOf(reading, at)
    if (!phrase || !areFree(reading, at, at + phrase.folded.length)) continue
    const meant = inPlace(reading, at, phrase)
    if (meant) take(reading, at, at + phrase.folded.length, { kind: 'phrase', phrase: meant })
  }
  let unexplained = 0
  for (let at = 0; at < words.length && unexplained < MOST_UNEXPLAINED; at++) {
    if (reading.taken[at] === 1) continue
    unexplained++
    const mistyped = mistypedAt(reading, at)
    if (!mistyped) continue
    for (let word = at; word < at + mistyped.length; word++) reading.parts[word] = undefined
    take(reading, at, at + mistyped.length, { kind: 'phrase', phrase: mistyped.phrase })
  }
}

/** What a phrase says where it stands; undefined where it says nothing. */
function inPlace(reading: Reading, at: number, phrase: Phrase): Phrase | undefined {
  let meant = phrase
  if (phrase.languages.length > 0 && !namesLanguage(reading, at, phrase)) {
    if (phrase.genres.length + phrase.moods.length + phrase.topics.length + phrase.roles.size === 0) return undefined
    meant = { ...meant, languages: [] }
  }
  // “about a family” is no family film, `về âm nhạc` no musical, a documentary about space no science fiction
  if (meant.topics.length > 0 && isSubject(reading, at)) {
    const isFact = meant.genres.includes('Sci-Fi') && asksForFacts(reading)
    const isOut = (genre: GenreConcept) => genre === 'Children' || genre === 'Musical' || (isFact && genre === 'Sci-Fi')
    meant = { ...meant, genres: meant.genres.filter((genre) => !isOut(genre)) }
  }
  return meant
}

function asksForFacts({ parts }: Reading): boolean {
  return parts.some((part) => part?.is.kind === 'phrase' && part.is.phrase.genres.includes('Documentary'))
}

/** In front of a country they make a place or people of it. */
const NO_ORIGIN = new Set(['ở', 'tại', 'người', 'lính', 'quân', 'nước', 'đến', 'chống', 'sang', 'đánh'])

/** A Vietnamese name of one syllable only behind `phim`, or behind a genre or `của`: there with its marks, but for ORIGINS. */
function namesLanguage(reading: Reading, at: number, { typed, folded }: Phrase): boolean {
  const before = reading.text.words[at - 1]
  const isVietnamese = /^(?:my|anh|phap|duc|y|nhat|han|trung|tau|thai|viet|an|nga|sec|vn)$/.test(folded.join(' '))
  if (folded.length > 1 || !isVietnamese) return true
  if (before?.folded === 'phim') return true
  const { typed: word, isCapital } = reading.text.words[at]!
  const isWritten = word === typed[0] && (folded[0] !== 'anh' || isCapital)
  if (before?.typed === 'của') return isWritten
  if (isCapital && isWritten && before !== undefined && word !== folded[0]) return !NO_ORIGIN.has(before.typed)
  const part = partBefore(reading, at)
  const isBehindGenre = part?.is.kind === 'phrase' && part.is.phrase.genres.length > 0
  return isBehindGenre && (isWritten || ORIGINS.has(word))
}

/** Whether “about” or `về` stands in front. */
function isSubject({ text: { words } }: Reading, at: number): boolean {
  return [words[at - 1], words[at - 2]].some((word) => word !== undefined && /^(?:about|ve)$/.test(word.folded))
}

/** A word or two that are no words of the texts, but nearly a genre. */
function mistypedAt(reading: Reading, at: number): { phrase: Phrase; length: number } | undefined {
  const { words } = reading.text
  const { glued, isKnownWord } = reading.lexicon
  for (const length of [2, 1]) {
    if (!areUnsaid(reading, at, at + length) || (length === 2 && words[at + 1]!.gap.trim() !== '')) continue
    const pieces = words.slice(at, at + length).map(({ folded }) => folded)
    const letters = pieces.join('')
    if (letters.length < SHORTEST || letters.length > LONGEST || /\d/.test(letters)) continue
    if (length === 1 && glued.vocabulary.indexOf(letters) >= 0 && words[at]!.typed === letters)
      return { phrase: glued.phrase(letters), length }
    if (length === 1 && (isKnownWord(letters) || isKnownWord(letters.replace(/s$/, '')))) continue
    const [near] = [...glued.vocabulary.near(letters)].sort((a, b) => a[1] - b[1] || a[0] - b[0])
    if (!near || near[1] > (letters.length < LETTERS_OF_TWO_TYPOS ? 1 : 2)) continue
    const phrase = glued.phrase(glued.vocabulary.word(near[0]))
    if (
      phrase.genres.length > 0 &&
      phrase.folded.length === length &&
      (length === 1 || isHalfRight(phrase.folded, pieces))
    )
      return { phrase, length }
  }
  return undefined
}

/** `kinh dj`, `lãng mang`: one of two syllables is as meant. */
function isHalfRight(meant: string[], found: string[]): boolean {
  return meant.some((syllable, place) => syllable.length > 2 && syllable === found[place])
}

/** Whether words are free, the first, or stand for words such as `mang` that say nothing. */
function areUnsaid(reading: Reading, from: number, to: number): boolean {
  if (!areFree(reading, from, from + 1)) return false
  for (let at = from + 1; at < to; at++) {
    const part = reading.parts[at]
    const saysNothing =
      part?.to === at + 1 && part.is.kind === 'phrase' && [...part.is.phrase.roles].join() === 'filler'
    if (!areFree(reading, at, at + 1) && !saysNothing) return false
  }
  return to <= reading.text.words.length
}
