/** Numbers in words, as years, running times and counts of years have them: English, and Vietnamese without marks. */

export interface SpelledNumber {
  value: number
  /** behind its last word */
  to: number
}

/** Vietnamese ones, without marks. */
export const DIGITS: Readonly<Record<string, number>> = {
  mot: 1,
  hai: 2,
  ba: 3,
  bon: 4,
  nam: 5,
  sau: 6,
  bay: 7,
  tam: 8,
  chin: 9,
}
/** Last digits behind `mươi`; there `năm` means years. */
const UNITS: Readonly<Record<string, number>> = {
  mot: 1,
  hai: 2,
  ba: 3,
  bon: 4,
  tu: 4,
  lam: 5,
  nham: 5,
  sau: 6,
  bay: 7,
  tam: 8,
  chin: 9,
}
const THOUSAND = new Set(['nghin', 'ngan'])
const ODD = new Set(['linh', 'le'])

/** English ones. */
export const ONES: Readonly<Record<string, number>> = Object.fromEntries(
  'one two three four five six seven eight nine'.split(' ').map((word, at) => [word, at + 1]),
)
const TEENS: Readonly<Record<string, number>> = Object.fromEntries(
  'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
    .split(' ')
    .map((word, at) => [word, at + 10]),
)
const TENS: Readonly<Record<string, number>> = Object.fromEntries(
  'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ').map((word, at) => [word, 10 * at + 20]),
)

const FIRST_WORDS = new Set([DIGITS, ONES, TEENS, TENS].flatMap(Object.keys).concat('muoi', 'a'))

/**
 * The number that begins at a word: `chín mươi`, `hai nghìn không trăm linh năm`, “nineteen ninety-nine”, “two thousand and
 * one”. One of a lone digit is none: `hai` and `năm` mean too much else.
 * @param words folded
 */
export function spelledNumberAt(words: readonly string[], at: number): SpelledNumber | null {
  if (!FIRST_WORDS.has(words[at]!)) return null
  return englishAt(words, at) ?? digitByDigit(words, at) ?? vietnameseAt(words, at)
}

function vietnameseAt(words: readonly string[], from: number): SpelledNumber | null {
  let at = from
  let value = 0
  const digit = () => DIGITS[words[at] ?? '']
  if (digit() !== undefined && THOUSAND.has(words[at + 1] ?? '')) {
    value += 1000 * digit()!
    at += 2
  }
  if ((digit() !== undefined || (at > from && words[at] === 'khong')) && words[at + 1] === 'tram') {
    value += 100 * (digit() ?? 0)
    at += 2
  }
  if (at > from && ODD.has(words[at] ?? '') && DIGITS[words[at + 1] ?? ''] !== undefined)
    return { value: value + DIGITS[words[at + 1]!]!, to: at + 2 }
  const isTen = words[at] === 'muoi'
  const tens = isTen ? 1 : words[at + 1] === 'muoi' ? digit() : undefined
  if (tens === undefined) return at > from ? { value, to: at } : null
  at += isTen ? 1 : 2
  const unit = UNITS[words[at] ?? '']
  // `mười` alone is salt and mosquitoes without its marks
  if (isTen && at === from + 1 && unit === undefined) return null
  return unit === undefined ? { value: value + 10 * tens, to: at } : { value: value + 10 * tens + unit, to: at + 1 }
}

/** `một chín chín tám`, `một chín bảy mươi`, `hai không một chín` */
function digitByDigit(words: readonly string[], at: number): SpelledNumber | null {
  const digitAt = (place: number) => (words[place] === 'khong' ? 0 : DIGITS[words[place] ?? ''])
  const century = CENTURIES.get(`${words[at]} ${words[at + 1]}`)
  if (century === undefined) return null
  const rest = vietnameseAt(words, at + 2)
  if (rest && rest.value < 100) return { value: century + rest.value, to: rest.to }
  const [tens, unit] = [digitAt(at + 2), digitAt(at + 3)]
  if (tens === undefined || unit === undefined) return null
  return { value: century + 10 * tens + unit, to: at + 4 }
}

const CENTURIES: ReadonlyMap<string, number> = new Map([
  ['mot chin', 1900],
  ['hai khong', 2000],
])

function englishAt(words: readonly string[], at: number): SpelledNumber | null {
  const word = words[at]!
  const hundreds = hundredsAt(words, at)
  if (hundreds) return hundreds
  if (word === 'nineteen' || word === 'eighteen' || word === 'twenty') {
    const century = word === 'twenty' ? 2000 : word === 'nineteen' ? 1900 : 1800
    const rest = belowHundredAt(words, at + 1)
    // “twenty five” is none of the years
    if (rest && rest.value >= 10) return { value: century + rest.value, to: rest.to }
  }
  return belowHundredAt(words, at)
}

/** “two thousand and five”, “a hundred and twenty” */
function hundredsAt(words: readonly string[], at: number): SpelledNumber | null {
  const unit = words[at + 1] === 'thousand' ? 1000 : words[at + 1] === 'hundred' ? 100 : 0
  const count = words[at] === 'a' ? 1 : ONES[words[at]!]
  if (unit === 0 || count === undefined) return null
  const and = words[at + 2] === 'and' ? at + 3 : at + 2
  const ones = ONES[words[and] ?? '']
  const rest = belowHundredAt(words, and) ?? (ones === undefined ? null : { value: ones, to: and + 1 })
  return rest ? { value: unit * count + rest.value, to: rest.to } : { value: unit * count, to: at + 2 }
}

function belowHundredAt(words: readonly string[], at: number): SpelledNumber | null {
  const word = words[at] ?? ''
  const teen = TEENS[word]
  if (teen !== undefined) return { value: teen, to: at + 1 }
  const tens = TENS[word]
  if (tens === undefined) return null
  const ones = ONES[words[at + 1] ?? '']
  return ones === undefined ? { value: tens, to: at + 1 } : { value: tens + ones, to: at + 2 }
}
