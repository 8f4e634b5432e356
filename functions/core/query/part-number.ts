import type { QueryWord } from './read-words.ts'
import { DIGITS, ONES } from './spelled-numbers.ts'

/** Which part of a series is meant, and the end of its words. */
export interface PartNumber {
  number: number
  to: number
}

const PART = /^(?:part|parts|phan|tap|episode|ep|chapter|volume|vol|movie|so|no|number)$/
/** `phần thứ hai`, “part no. 2” */
const BEFORE_NUMBER = /^(?:thu|so|no|number)$/
const MOST = 13
const ROMAN = new Map('i ii iii iv v vi vii viii ix x xi xii xiii'.split(' ').map((numeral, at) => [numeral, at + 1]))
/** Words that are a number only behind `phần` and its kin. */
const SPELLED = new Map<string, number>([
  ...Object.entries(DIGITS),
  ...Object.entries(ONES),
  ...Object.entries({ dau: 1, nhat: 1, nhi: 2, tu: 4, muoi: 10, first: 1, second: 2, third: 3, ten: 10, eleven: 11 }),
])
/** Without `part` in front only where the query ends: “harry potter four”. */
const SPELLED_LAST = new Map(Object.entries(ONES).filter(([, number]) => number > 1))
/** What is counted: `Titanic 2 tiếng`, “3 movies”. */
const UNITS =
  /^(?:tieng|gio|h|phut|p|hours?|hrs?|minutes?|mins?|m|nguoi|phim|bo|movies|films|lan|nam|ngay|times|stars?|sao|diem|dua|tuoi|years?|tap|phan|parts|people|kids)$/
const WITHIN = /^[\s#.:-]*$/

/**
 * The number of a part that begins at a word: `3`, `phần 2`, `tập V`, `phần hai`, “chapter two”, “III”; null where there is
 * none. A lone digit that counts something is none.
 */
export function partNumberAt(words: readonly QueryWord[], at: number): PartNumber | null {
  const isNamed = PART.test(words[at]?.folded ?? '')
  let place = isNamed ? at + 1 : at
  if (isNamed && BEFORE_NUMBER.test(words[place]?.folded ?? '')) place++
  const word = words[place]
  if (!word || (isNamed && !WITHIN.test(word.gap))) return null
  const number = numberOf(word, isNamed) ?? (place === words.length - 1 ? SPELLED_LAST.get(word.folded) : undefined)
  const counts = !isNamed && words[place + 1]?.gap.trim() === '' && UNITS.test(words[place + 1]!.folded)
  return number === undefined || counts ? null : { number, to: place + 1 }
}

function numberOf({ folded, shown }: QueryWord, isNamed: boolean): number | undefined {
  if (/^\d{1,2}$/.test(folded)) return Number(folded) >= 1 && Number(folded) <= MOST ? Number(folded) : undefined
  const roman = ROMAN.get(folded)
  if (roman !== undefined && (isNamed || (folded.length > 1 && shown === shown.toUpperCase()))) return roman
  return isNamed ? SPELLED.get(folded) : undefined
}
