import { JAPANESE_FIRST, ORIGINS, type Phrase } from './phrase-table.ts'
import type { GenreConcept } from './phrases/genres.ts'
import type { QueryWord } from './read-words.ts'
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
  // “about a 10 year old boy” says nothing of the viewer
  if (/^\d/.test(phrase.folded[0]!) && isSubject(reading, at, WORDS_TO_AN_AGE)) return undefined
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

/** A Vietnamese name of one syllable only behind `phim`, or behind a genre, `của` or `điện ảnh`: there with its marks, but for ORIGINS. */
function namesLanguage(reading: Reading, at: number, { typed, folded }: Phrase): boolean {
  const before = reading.text.words[at - 1]
  const isVietnamese = /^(?:my|anh|phap|duc|y|nhat|han|trung|tau|thai|viet|an|nga|sec|vn)$/.test(folded.join(' '))
  if (folded.length > 1 || !isVietnamese) return true
  if (before?.folded === 'phim' || (folded[0] === 'nhat' && JAPANESE_FIRST.has(before?.folded ?? ''))) return true
  const { typed: word, isCapital } = reading.text.words[at]!
  const isWritten = word === typed[0] && (folded[0] !== 'anh' || isCapital)
  if (before?.typed === 'của' || before?.typed === 'ảnh') return isWritten
  if (isCapital && isWritten && before !== undefined && word !== folded[0]) return !NO_ORIGIN.has(before.typed)
  const part = partBefore(reading, at)
  const isBehindGenre = part?.is.kind === 'phrase' && part.is.phrase.genres.length > 0
  return isBehindGenre && (isWritten || ORIGINS.has(word))
}

/** `về một cậu bé 8 tuổi` */
const WORDS_TO_AN_AGE = 5

/** Whether “about” or `về` stands in front, a few words at most between. */
function isSubject({ text: { words } }: Reading, at: number, within = 2): boolean {
  return words.slice(Math.max(0, at - within), at).some(({ folded }) => /^(?:about|ve)$/.test(folded))
}

/** A word or two that are no words of the texts, but nearly a genre. */
function mistypedAt(reading: Reading, at: number): { phrase: Phrase; length: number } | undefined {
  const { words } = reading.text
  const { glued, isKnownWord } = reading.lexicon
  for (const length of [2, 1]) {
    if (!areUnsaid(reading, at, at + length) || (length === 2 && words[at + 1]!.gap.trim() !== '')) continue
    const pieces = words.slice(at, at + length)
    const letters = pieces.map(({ folded }) => folded).join('')
    if (letters.length < SHORTEST || letters.length > LONGEST || /\d/.test(letters)) continue
    if (length === 1 && glued.vocabulary.indexOf(letters) >= 0 && words[at]!.typed === letters)
      return { phrase: glued.phrase(letters), length }
    if (length === 1 && (isKnownWord(letters) || isKnownWord(letters.replace(/s$/, '')))) continue
    const most = letters.length < LETTERS_OF_TWO_TYPOS ? 1 : 2
    const near = [...glued.vocabulary.near(letters)].sort((a, b) => a[1] - b[1] || a[0] - b[0])
    const meant = near
      .filter(([, typos]) => typos <= most)
      .map(([index]) => glued.phrase(glued.vocabulary.word(index)))
      .find(
        (phrase) =>
          phrase.genres.length > 0 &&
          phrase.folded.length === length &&
          (length === 1 || isHalfRight(phrase, pieces, reading)),
      )
    if (meant) return { phrase: meant, length }
  }
  return undefined
}

/** Halves of many phrases: “dog movies” is no cop movie. */
const NOUNS = new Set(['movie', 'movies', 'film', 'films', 'story', 'stories', 'phim', 'night', 'date'])

/**
 * `kinh dj`, `lãng mang`: one of two syllables is as meant, with its marks where the query has any. Of an English phrase the
 * other is no word itself: “about life” is not about love.
 */
function isHalfRight({ typed, folded }: Phrase, found: QueryWord[], { text, lexicon }: Reading): boolean {
  const isEnglish = typed.join() === folded.join()
  const isRight = (syllable: string, place: number) =>
    text.hasMarks ? typed[place] === found[place]!.typed : syllable === found[place]!.folded
  const isWord = (place: number) => isEnglish && lexicon.isKnownWord(found[place]!.folded)
  return folded.some(
    (syllable, place) =>
      syllable.length > 2 && !NOUNS.has(syllable) && isRight(syllable, place) && !isWord(folded.length - 1 - place),
  )
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
