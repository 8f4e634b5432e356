import { isWish, type Phrase } from './phrase-table.ts'
import { areFree, phraseOf, type Reading, take } from './reading.ts'

/** Years that a wish names, and how words around them turn them into bounds; all of it over folded words. */

interface Span {
  /** characters of the line */
  start: number
  end: number
  from: number
  to: number
}

/** Spelled decades: “the nineties”, `tám mươi`. */
const DECADE_WORDS: Readonly<Record<string, number>> = {
  twenties: 1920,
  thirties: 1930,
  forties: 1940,
  fifties: 1950,
  sixties: 1960,
  seventies: 1970,
  eighties: 1980,
  nineties: 1990,
  noughties: 2000,
  aughts: 2000,
  'two thousands': 2000,
  'hai muoi': 1920,
  'ba muoi': 1930,
  'bon muoi': 1940,
  'nam muoi': 1950,
  'sau muoi': 1960,
  'bay muoi': 1970,
  'tam muoi': 1980,
  'chin muoi': 1990,
  'hai nghin': 2000,
  'hai ngan': 2000,
}
/** Of a decade, the years that its part has. */
const PARTS: Readonly<Record<string, readonly [number, number]>> = {
  early: [0, 4],
  dau: [0, 4],
  mid: [3, 7],
  middle: [3, 7],
  giua: [3, 7],
  late: [5, 9],
  cuoi: [5, 9],
}

const YEAR = '(?:18[89]\\d|19\\d\\d|20[0-3]\\d)'
const PART = '(early|mid|middle|late|dau|giua|cuoi)'
const SPELLED = `(${Object.keys(DECADE_WORDS).join('|')})`
const DECADE_OF = '(?:nhung nam|cac nam|thap nien|thap ky|thap ki|thap nien nhung nam|decade of the)'
/** `thập niên 90`, `cuối những năm 80`, `những năm đầu thập niên 2000` */
const VIETNAMESE_DECADE = `(?:(?:nhung nam |giai doan )?${PART} )?(?:cua )?${DECADE_OF} (?:dau |cuoi )?(?:nam )?(?:((?:1[89]|20)?\\d0)s?|${SPELLED})`
/** “90s”, “the late 1990s”, “nineties” */
const ENGLISH_DECADE = `(?:${PART}(?: -)? )?(?:to late )?(?:the )?(?:((?:1[89]|20)?\\d0)s|${SPELLED.replace(/\|hai muoi.*/, ')')})`
const CENTURY =
  '(?:the ky (?:thu )?(20|21|xx|xxi|truoc|nay)|(20|21|twentieth|twenty first|last|previous|this)(?:th|st)? century)'
/** `phim 9x` */
const SLANG_DECADE = '([4-9])x'
/** `năm 90`, of a decade where it is a round number, else a year */
const SHORT_YEAR = 'nam ([3-9]\\d)'
const ATOM = new RegExp(
  `\\b(?:${VIETNAMESE_DECADE}|${ENGLISH_DECADE}|${CENTURY}|(?:the )?(?:nam |year )?(${YEAR})|${SHORT_YEAR}|${SLANG_DECADE})\\b`,
  'g',
)

/** Between two that are the ends of one span. */
const UP_TO =
  /^ (?:- |, )?(?:to|den|toi|through|thru|until|till|and|va|or|hoac|hay|den nam|toi nam|va nam)?(?: the)?(?: nam)? ?$/
const HYPHEN = /^ - (?:nam )?$/

/** What may stand between a refusal and “before”: “no movies made before”, `đừng đưa mình phim nào trước`. */
const NO_WISH =
  `movies? films? anything something things? ones? that show give want like love to see watch recommend suggest
  me is are was were made released from phai lay dua cho goi y xem coi muon thich minh toi tui phim nao gi bo cac nhung san
  xuat ra mat cua co`.split(/\s+/)
const REFUSED = `(?:no|not|nothing|none|never|isnt|arent|wasnt|dont|khong|ko|dung|tru|bo|ne|tranh|chang)(?: (?:${NO_WISH.join('|')})){0,6} `

/** In front of years; the longest first. `−1` and `+1` say whether the year itself is out. */
const BEFORE: [RegExp, Bound][] = [
  [new RegExp(`\\b${REFUSED}(?:later than|after|newer than|sau|moi hon)(?: the)?(?: nam)? $`), 'until'],
  [new RegExp(`\\b${REFUSED}(?:earlier than|before|older than|pre -|pre|truoc|cu hon)(?: the)?(?: nam)? $`), 'since'],
  [
    /\b(?:before|prior to|pre -|pre|older than|earlier than|truoc|truoc ca|cu hon|xua hon)(?: the)?(?: nam)? $/,
    'before',
  ],
  [/\b(?:after|newer than|later than|post -|post|more recent than|sau|moi hon|ke tu sau)(?: the)?(?: nam)? $/, 'after'],
  [
    /\b(?:until|till|up to|up until|den het|cho den|cho toi|tinh den|toi da den|by the end of|no later than|den|toi)(?: the)?(?: nam)? $/,
    'until',
  ],
  [
    /\b(?:since|as of|starting from|starting in|from at least|ke tu|tinh tu|bat dau tu|tu sau|tu)(?: the)?(?: nam)? $/,
    'since',
  ],
  [/\b(?:around|about|circa|ca|roughly|khoang|tam|chung|xap xi|gan)(?: the)?(?: nam)? $/, 'around'],
]
const BEHIND: [RegExp, Bound][] = [
  [
    /^(?: - | )?(?:onwards?|on|and later|or later|and newer|or newer|and up|(?:and|or) after(?! (?:the |nam )?\d)|till now|to now|to present|to the present|until now|until today|to today)\b/,
    'since',
  ],
  [
    /^(?: - | )?(?:tro di|tro lai day|tro lai|tro ve day|tro ve sau|do lai|do len|den nay|toi nay|den gio|toi gio|den hien tai|den bay gio|ve sau|ve day)\b/,
    'since',
  ],
  [
    /^(?: - | )?(?:and earlier|or earlier|and older|or older|(?:and|or) before(?! (?:the |nam )?\d)|tro ve truoc|tro lui|ve truoc|do ve truoc)\b/,
    'until',
  ],
]

type Bound = 'before' | 'after' | 'until' | 'since' | 'around'

/** Words of a phrase, but its last. */
const LONGEST_PHRASE = 4
/** Characters of a bound with its refusal. */
const LONGEST_BOUND = 60
/** How far “around” goes, both ways. */
const AROUND = 2

/** Words of the query in one line, and the words that its characters belong to. */
export interface Line {
  text: string
  /** by character, the word */
  words: Int32Array
}

/** Folded words with a space between; a dash, a plus or any other mark stands as ` - `, ` + ` or ` , `; taken words as `#`. */
export function lineOf({ text: { words, rest }, taken }: Reading): Line {
  let text = ' '
  const owners: number[] = [0]
  const add = (piece: string, word: number) => {
    text += piece
    for (let at = 0; at < piece.length; at++) owners.push(word)
  }
  const marks = (gap: string) =>
    /[-‐–—~→]/.test(gap) ? '- ' : gap.includes('+') ? '+ ' : /[^\s"'’“”]/.test(gap) ? ', ' : ''
  for (const [at, { gap, folded }] of words.entries()) {
    add(at > 0 ? marks(gap) : '', at)
    add(`${taken[at] === 1 ? '#' : /['’‘]$/.test(gap) ? yearOf(folded) : folded} `, at)
  }
  add(marks(rest), words.length - 1)
  return { text, words: Int32Array.from(owners) }
}

/** “’85” with its century. */
function yearOf(word: string): string {
  return /^\d\d$/.test(word) ? `${Number(word) < 30 ? 20 : 19}${word}` : word
}

/**
 * Years, decades and ranges; `năm ngoái` and its kin only where the caller says what year it is.
 * @param thisYear null: unknown
 */
export function readYears(reading: Reading, thisYear: number | null): void {
  const line = lineOf(reading)
  const spans = joined(
    [...line.text.matchAll(ATOM)].map((match) =>
      spanOf(match, (part) => isPartOfDecade(reading, wordAt(line, match.index), part)),
    ),
    line.text,
  )
  for (const span of spans) {
    const before = line.text.slice(0, span.start)
    const behind = line.text.slice(span.end)
    if (isSetting(before)) {
      takeLine(reading, line, span.start, span.end, { kind: 'phrase', phrase: settingOf(span) })
      continue
    }
    const front = BEFORE.map(([pattern, bound]) => ({ bound, match: pattern.exec(before.slice(-LONGEST_BOUND)) })).find(
      ({ match }) => match && !isInsideWish(reading, wordAt(line, span.start - match[0].length)),
    )
    const back = BEHIND.map(([pattern, bound]) => ({ bound, match: pattern.exec(behind.slice(0, 30)) })).find(
      ({ match }) => match,
    )
    const plus = /^ ?\+/.test(behind)
    const bound = back?.bound ?? (plus ? 'since' : front?.bound)
    const start = span.start - (front?.match?.[0].length ?? 0)
    const end = span.end + (back?.match?.[0].length ?? 0)
    takeLine(reading, line, start, end, { kind: 'years', ...bounded(span, bound) })
  }
  if (thisYear !== null) readRelative(reading, line, thisYear)
}

/** “set in the 1960s”, `lấy bối cảnh thập niên 60`: when the story is, and not when it was made. */
function isSetting(before: string): boolean {
  return /\b(?:set|sets|takes place|taking place|boi canh)(?: (?:in|during|around|vao|o|trong|cua|thoi|la|nam))*(?: the)? $/.test(
    before.slice(-LONGEST_BOUND),
  )
}

/** As keywords have it: `1960s`. */
function settingOf({ from, to }: Span): Phrase {
  const topic = to - from === 9 ? `${from}s` : String(from)
  return { typed: [], folded: [], genres: [], moods: [], topics: [topic], languages: [], roles: new Set() }
}

/** @param isMeant whether a word in front, such as `cuối`, divides the decade */
function spanOf(match: RegExpExecArray, isMeant: (part: string) => boolean): Span {
  const [text, vnPart, vnDigits, vnSpelled, enPart, enDigits, enSpelled, vnCentury, enCentury, year, short, slang] =
    match
  const at = { start: match.index, end: match.index + text.length }
  if (year !== undefined) return { ...at, from: Number(year), to: Number(year) }
  const century = vnCentury ?? enCentury
  if (century !== undefined)
    return /21|xxi|first|this|nay/.test(century) ? { ...at, from: 2001, to: 2100 } : { ...at, from: 1901, to: 2000 }
  if (short !== undefined && !short.endsWith('0'))
    return { ...at, from: 1900 + Number(short), to: 1900 + Number(short) }
  const digits = vnDigits ?? enDigits ?? short ?? (slang && `${slang}0`)
  const decade = digits === undefined ? DECADE_WORDS[(vnSpelled ?? enSpelled)!]! : decadeOf(digits)
  const part = vnPart ?? enPart
  if (part !== undefined && !isMeant(part))
    return { start: at.start + part.length + 1, end: at.end, from: decade, to: decade + 9 }
  const [first, last] = PARTS[part ?? ''] ?? [0, 9]
  return { ...at, from: decade + first, to: decade + last }
}

/** What `dau`, `giua` and `cuoi` are with their marks. */
const MARKED_PARTS = new Set(['đầu', 'giữa', 'cuối'])

/** No part of a decade: `buồn cười thập niên 90`, with marks or without. */
function isPartOfDecade(reading: Reading, at: number, part: string): boolean {
  const { typed, folded } = reading.text.words[at]!
  if (folded !== part) return true
  return (typed === folded || MARKED_PARTS.has(typed)) && !isInsideWish(reading, at)
}

/** Whether a word belongs to a phrase that began before it: `xã hội đen` ends in what is `đến` without its mark. */
function isInsideWish(reading: Reading, at: number): boolean {
  for (let from = at - 1; from >= Math.max(0, at - LONGEST_PHRASE); from--) {
    const phrase = phraseOf(reading, from)
    if (phrase && isWish(phrase) && from + phrase.folded.length > at) return true
  }
  return false
}

/** 90 → 1990, 00 and 10 → 2000 and 2010, 1990 stays */
function decadeOf(digits: string): number {
  if (digits.length === 4) return Number(digits)
  return Number(digits) < 20 ? 2000 + Number(digits) : 1900 + Number(digits)
}

/** `80s and 90s`, `1995-2005`, `từ năm 1995 đến 2005` as one. */
function joined(spans: Span[], text: string): Span[] {
  const found: Span[] = []
  for (const span of spans) {
    const last = found.at(-1)
    const between = last ? text.slice(last.end, span.start) : ''
    if (last && (UP_TO.test(between) || HYPHEN.test(between)) && between.trim() !== '') {
      last.end = span.end
      last.to = Math.max(last.to, span.to)
      last.from = Math.min(last.from, span.from)
      last.start = startOfRange(text, last.start)
    } else found.push({ ...span })
  }
  return found
}

/** “between” and “from” in front of a range say no more than the range. */
function startOfRange(text: string, start: number): number {
  const match = /(?:between|from|tu|giua|trong khoang|khoang|in|giai doan|tu khoang)(?: the)?(?: nam)? $/.exec(
    text.slice(Math.max(0, start - 24), start),
  )
  return match ? start - match[0].length : start
}

function bounded({ from, to }: Span, bound: Bound | undefined): { from: number | null; to: number | null } {
  if (bound === 'before') return { from: null, to: from - 1 }
  if (bound === 'after') return { from: to + 1, to: null }
  if (from !== to && bound === undefined && to === 2100) return { from, to: null }
  if (bound === 'until') return { from: null, to }
  if (bound === 'since') return { from, to: null }
  if (bound === 'around' && from === to) return { from: from - AROUND, to: to + AROUND }
  return { from, to }
}

/** Years counted from now. */
const RELATIVE: [RegExp, (thisYear: number, count: number) => [number, number | null]][] = [
  [/\b(?:nam ngoai|nam truoc|last year)\b/, (year) => [year - 1, year - 1]],
  [/\b(?:nam nay|this year)\b/, (year) => [year, year]],
  [
    /\b(?:(?:last|past|recent) (\d{1,2}) years|(\d{1,2}) nam (?:gan day|tro lai day|vua qua|qua|gan nhat))\b/,
    (year, count) => [year - count, null],
  ],
  [/\b(?:(?:last|past) decade|thap (?:ky|ki|nien) (?:truoc|qua|vua qua))\b/, (year) => [year - 10, null]],
]

function readRelative(reading: Reading, line: Line, thisYear: number): void {
  for (const [pattern, yearsOf] of RELATIVE) {
    const match = pattern.exec(line.text)
    if (!match) continue
    const [from, to] = yearsOf(thisYear, Number(match[1] ?? match[2] ?? 0))
    takeLine(reading, line, match.index, match.index + match[0].length, { kind: 'years', from, to })
  }
}

/** The word that a character belongs to; of a space the one behind it. */
function wordAt(line: Line, at: number): number {
  return line.words[at + (line.text[at] === ' ' ? 1 : 0)]!
}

/** Take the words that characters [start, end) of the line belong to, but those taken already. */
export function takeLine(
  reading: Reading,
  line: Line,
  start: number,
  end: number,
  is: Parameters<typeof take>[3],
): void {
  const [from, to] = [
    line.words[start + (line.text[start] === ' ' ? 1 : 0)]!,
    line.words[end - 1 - (line.text[end - 1] === ' ' ? 1 : 0)]! + 1,
  ]
  if (areFree(reading, from, to)) take(reading, from, to, is)
}
