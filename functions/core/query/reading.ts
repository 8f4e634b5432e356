import { fold } from '../text/analyse.ts'
import type { QueryLexicon } from './lexicon.ts'
import { partNumberAt } from './part-number.ts'
import { isWish, type Phrase, phraseAt } from './phrase-table.ts'
import type { GrammarRole } from './phrases/grammar.ts'
import type { QueryText } from './read-words.ts'

/** Words [from, to) of a query that have been understood. */
export interface Part {
  from: number
  to: number
  is: Understood
}

export type Understood =
  | { kind: 'phrase'; phrase: Phrase }
  | { kind: 'title'; item: number }
  /** several who work as one */
  | { kind: 'person'; names: string[] }
  | { kind: 'years'; from: number | null; to: number | null }
  | { kind: 'runtime'; from: number | null; to: number | null }

/** A query while it is read: each reader takes words that none before it has taken. */
export interface Reading {
  text: QueryText
  lexicon: QueryLexicon
  isVietnamese: boolean
  /** by the word that it begins at */
  parts: (Part | undefined)[]
  /** how often a title may still be searched for with typos */
  searchesLeft: number
  /** 1 for words of a part */
  taken: Uint8Array
  /** by word, the phrase that begins there, once it was looked for: most readers ask for it */
  phrases: (Phrase | null | undefined)[]
}

/** Each takes a millisecond or more. */
const SEARCHES = 3

export function openReading(text: QueryText, lexicon: QueryLexicon, isVietnamese: boolean): Reading {
  const { length } = text.words
  return {
    text,
    lexicon,
    isVietnamese,
    parts: new Array(length),
    searchesLeft: SEARCHES,
    taken: new Uint8Array(length),
    phrases: new Array(length),
  }
}

export function take(reading: Reading, from: number, to: number, is: Understood): void {
  reading.parts[from] = { from, to, is }
  reading.taken.fill(1, from, to)
}

export function areFree({ taken }: Reading, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (taken[at] === 1) return false
  return to <= taken.length
}

/** Words of the longest part. */
const LONGEST_PART = 16

/** The part that ends right in front of a word. */
export function partBefore({ parts }: Reading, at: number): Part | undefined {
  for (let from = at - 1; from >= Math.max(0, at - LONGEST_PART); from--) {
    const part = parts[from]
    if (part) return part.to === at ? part : undefined
  }
  return undefined
}

/** The longest phrase that begins at a word. */
export function phraseOf({ text, isVietnamese, phrases }: Reading, at: number): Phrase | undefined {
  if (at >= text.words.length) return undefined
  if (phrases[at] === undefined) phrases[at] = phraseAt(text, at, isVietnamese) ?? null
  return phrases[at] ?? undefined
}

export function hasRole(reading: Reading, at: number, ...roles: GrammarRole[]): boolean {
  const phrase = phraseOf(reading, at)
  return phrase !== undefined && roles.some((role) => phrase.roles.has(role))
}

/** Whether words [from, to) are nothing but phrases of the tables; topics do not count where a title may be meant. */
export function areOnlyPhrases(reading: Reading, from: number, to: number): boolean {
  let at = from
  while (at < to) {
    const phrase = phraseOf(reading, at)
    if (!phrase || (phrase.roles.size === 0 && isWish({ ...phrase, topics: [] }) === false)) return false
    at += phrase.folded.length
  }
  return true
}

/** Words that go on behind a title; with marks, only with their own: `tử` is no `từ`. */
const BEHIND = new Set(
  'thập những năm đầu giữa cuối từ trước sau from before after since in starring directed by của có với do made with where'.split(
    ' ',
  ),
)
const BEHIND_FOLDED = new Set(Array.from(BEHIND, fold))

/** Whether something ends in front of a word: the query, a clause, an item of a list, a title. */
export function isBoundary(reading: Reading, at: number): boolean {
  const word = reading.text.words[at]
  if (word === undefined || /[^\s'’-]/.test(word.gap) || isBehind(word) || /^\d/.test(word.folded)) return true
  if (partNumberAt(reading.text.words, at)) return true
  return hasRole(reading, at, 'and', 'or', 'turn', 'negator')
}

function isBehind({ typed, folded }: QueryText['words'][number]): boolean {
  return BEHIND_FOLDED.has(folded) && (fold(typed) === typed || BEHIND.has(typed))
}
