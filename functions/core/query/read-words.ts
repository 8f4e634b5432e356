import { fold } from '../text/analyse.ts'
import { SHORTHAND } from './phrases/shorthand.ts'

/** A word of the query, as typed and without its marks. */
export interface QueryWord {
  /** NFC, lower case, with its marks; those of `hoà` where `hòa` has them */
  typed: string
  /** without marks; the ’s of a possessive is gone */
  folded: string
  /** with its capitals */
  shown: string
  /** as titles have it: `schindlers` */
  joined: string
  /** what stands before it, behind the word before */
  gap: string
  isCapital: boolean
  isPossessive: boolean
}

export interface QueryText {
  words: QueryWord[]
  /** what stands behind the last word */
  rest: string
  /** whether a word has a mark of Vietnamese: then a word of one syllable means itself only with its own */
  hasMarks: boolean
}

/** A word: letters and digits, with the apostrophes within. */
const WORD = /[\p{L}\p{N}\p{M}]+(?:['’ʼ][\p{L}\p{M}]+)*/gu
const APOSTROPHES = /['’ʼ]/g
/** `hayyy`, “sooo”; no numeral such as `iii` */
const DRAWN_OUT = /(?<=(\p{L}))((?!\1)\p{L})\2{2,}$/u
const POSSESSIVE = /['’ʼ]s$/

/** The words of a query with what stands between them. Linear; any string is text. */
export function readWords(text: string): QueryText {
  const normal = text.normalize('NFKC')
  const words: QueryWord[] = []
  // a query all in capitals says nothing by them
  const hasSmall = /\p{Ll}/u.test(normal)
  let end = 0
  for (const { 0: found, index } of normal.matchAll(WORD)) {
    words.push(wordOf(found, normal.slice(end, index), hasSmall))
    end = index + found.length
  }
  return { words, rest: normal.slice(end), hasMarks: words.some(isMarked) }
}

/** Folded, one syllable as Vietnamese has them: `không` and no `Amélie`. */
const SYLLABLE = /^[bcdghklmnpqrstvx]{0,3}[aeiouy]{1,3}[cghmnpt]{0,2}$/

function isMarked({ typed, joined }: QueryWord): boolean {
  return typed !== joined && SYLLABLE.test(joined)
}

function wordOf(found: string, gap: string, hasSmall: boolean): QueryWord {
  const lower = found.toLowerCase()
  const joined = fold(lower.replace(APOSTROPHES, ''))
  // 90's is a decade
  const isPossessive = POSSESSIVE.test(lower) && !/^\d/.test(lower)
  return {
    shown: isPossessive ? found.slice(0, -2) : found,
    typed: withOldMarks(lower.replace(APOSTROPHES, '').replace(DRAWN_OUT, '$2')),
    folded: (isPossessive ? joined.slice(0, -1) : joined).replace(DRAWN_OUT, '$2'),
    joined,
    gap,
    isCapital: hasSmall && /^\p{Lu}/u.test(found),
    isPossessive,
  }
}

/** `k drama`, `k-19` */
const BEHIND_K = /^(?:drama|dramas|pop|horror|movie|movies|\d+)$/

/** The words of a Vietnamese query with those meant for what is short of them: `không` for `ko`. */
export function withShorthand(text: QueryText): QueryText {
  return {
    ...text,
    words: text.words.map((word, at) => {
      const meant = SHORTHAND.get(word.typed)
      if (meant === undefined || (word.typed === 'k' && BEHIND_K.test(text.words[at + 1]?.folded ?? ''))) return word
      return { ...word, typed: meant, folded: fold(meant) }
    }),
  }
}

const NEW_MARKS = /(?<!q)(o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ])$/
const OLD_MARKS: Readonly<Record<string, string>> = {
  oà: 'òa',
  oá: 'óa',
  oả: 'ỏa',
  oã: 'õa',
  oạ: 'ọa',
  oè: 'òe',
  oé: 'óe',
  oẻ: 'ỏe',
  oẽ: 'õe',
  oẹ: 'ọe',
  uỳ: 'ùy',
  uý: 'úy',
  uỷ: 'ủy',
  uỹ: 'ũy',
  uỵ: 'ụy',
}

/** Vietnamese has two ways to place a mark, `hoạ` and `họa`: the older one. */
export function withOldMarks(word: string): string {
  return word.replace(NEW_MARKS, (vowels) => OLD_MARKS[vowels]!)
}
