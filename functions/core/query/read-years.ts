import { lineOf, takeLine, wordAt } from './line.ts'
import { isWish, type Phrase } from './phrase-table.ts'
import { phraseOf, type Reading } from './reading.ts'
import { readRelativeYears } from './relative-years.ts'

/** Years that a wish names, and how words around them turn them into bounds; all of it over folded words. */

interface Span {
  /** characters of the line */
  start: number
  end: number
  from: number
  to: number
}

/** Spelled decades: “the nineties”. */
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
}
/** Of a decade, the years that its part has. */
const PARTS: Readonly<Record<string, readonly [number, number]>> = {
  'early to mid': [0, 7],
  'early - to - mid': [0, 7],
  'mid to late': [3, 9],
  'mid - to - late': [3, 9],
  early: [0, 4],
  dau: [0, 4],
  mid: [3, 7],
  middle: [3, 7],
  giua: [3, 7],
  late: [5, 9],
  cuoi: [5, 9],
}

const YEAR = '(?:18[89]\\d|19\\d\\d|20[0-3]\\d)'
const PART = `(${Object.keys(PARTS).join('|')})`
const SPELLED = `(${Object.keys(DECADE_WORDS).join('|')})`
const DECADE_OF = '(?:nhung nam|cac nam|thap nien|thap ky|thap ki|thap nien nhung nam|decade of the)'
/** `thời 90`, `đầu 2000`, with nothing behind that is counted */
const SHORT_DECADE = '(?:(?:thoi|hoi) |(dau|giua|cuoi) (?=\\d{4}))((?:19|20)?\\d0)(?= (?!phut|p|phim|bo|min|nam))'
/** `thập niên 90`, `cuối những năm 80`, `những năm đầu thập niên 2000` */
const VIETNAMESE_DECADE = `(?:(?:nhung nam |giai doan )?${PART} )?(?:cua )?${DECADE_OF} (?:dau |cuoi )?(?:nam )?((?:1[89]|20)?\\d0)s?`
/** “90s”, “the late 1990s”, “nineties”, “nineteen-nineties” */
const ENGLISH_DECADE = `(?:${PART}(?: -)? )?(?:the )?(?:((?:1[89]|20)?\\d0)s|(?:19 (?:- )?)?${SPELLED})`
const CENTURY =
  '(?:the ky (?:thu )?(20|21|xx|xxi|truoc|nay)|(20|21|twentieth|20 first|last|previous|this)(?:th|st)? century)'
/** `phim 9x` */
const SLANG_DECADE = '([4-9])x'
/** `năm 90`, of a decade where it is a round number, else a year */
const SHORT_YEAR = 'nam ([3-9]\\d)'
/** “from the 90”, as learners have it */
const BARE_DECADE =
  '(?<=\\b(?:in|from|of|since|before|after|years?|the) )([3-9]0)(?= (?:,|-|and|or|please|with|by|starring|about|$)|$)'
const ATOM = new RegExp(
  `\\b(?:${VIETNAMESE_DECADE}|${SHORT_DECADE}|${ENGLISH_DECADE}|${CENTURY}|(?:the )?(?:nam |year )?(${YEAR})|${SHORT_YEAR}|${SLANG_DECADE}|${BARE_DECADE})\\b`,
  'g',
)
/** A second decade beside one, shorter than that: `thập niên 40-50`, “80-90s”. */
const DECADE_BEHIND =
  /^ (?:- |, )?(?:and |va |or |hoac |hay |to |den |toi )?(?:nhung nam |nam )?([2-9]0|00|10)(?= |$)(?! (?:phut|p|min))/
const DECADE_BEFORE = /\b([2-9]0) (?:- |, |and |va |or |hoac |hay |to |den |toi )+$/

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
  [
    /\b(?:around|about|circa|ca|roughly|khoang|tam|(?<!(?:dong|dien|choi|noi) )chung|xap xi|gan)(?: the)?(?: nam)? $/,
    'around',
  ],
]
const BEHIND: [RegExp, Bound][] = [
  [
    /^(?: - | )?(?:onwards?|on|and later|or later|and newer|or newer|and up|(?:and|or) after(?! (?:the |nam )?\d)|till now|to now|to present|to the present|until now|until today|to today)\b/,
    'since',
  ],
  [
    /^(?: - | )?(?:tro di|tro len|tro lai day|tro lai|tro ve day|tro ve sau|do lai|do len|den nay|toi nay|den gio|toi gio|den hien tai|den bay gio|ve sau|ve day)\b/,
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

/**
 * Years, decades and ranges; `năm ngoái` and its kin only where the caller says what year it is.
 * @param thisYear null: unknown
 */
export function readYears(reading: Reading, thisYear: number | null): void {
  const line = lineOf(reading)
  const told: Span[] = []
  for (const match of line.text.matchAll(ATOM)) {
    if (match.index < (told.at(-1)?.end ?? 0)) continue
    const span = spanOf(match, (part) => isPartOfDecade(reading, wordAt(line, match.index), part))
    told.push(withShortDecades(span, line.text, told.at(-1)?.end ?? 0))
  }
  const spans = joined(told, line.text)
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
  if (thisYear !== null) readRelativeYears(reading, line, thisYear)
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
  const [
    text,
    vnPart,
    vnDigits,
    shortPart,
    shortDigits,
    enPart,
    enDigits,
    spelled,
    vnCentury,
    enCentury,
    year,
    short,
    slang,
    bare,
  ] = match
  const at = { start: match.index, end: match.index + text.length }
  if (year !== undefined) return { ...at, from: Number(year), to: Number(year) }
  const century = vnCentury ?? enCentury
  if (century !== undefined)
    return /21|xxi|first|this|nay/.test(century) ? { ...at, from: 2001, to: 2100 } : { ...at, from: 1901, to: 2000 }
  if (short !== undefined && !short.endsWith('0'))
    return { ...at, from: 1900 + Number(short), to: 1900 + Number(short) }
  const digits = vnDigits ?? shortDigits ?? enDigits ?? short ?? bare ?? (slang && `${slang}0`)
  const decade = digits === undefined ? DECADE_WORDS[spelled!]! : decadeOf(digits)
  const part = vnPart ?? shortPart ?? enPart
  if (part !== undefined && !isMeant(part))
    return { start: at.start + part.length + 1, end: at.end, from: decade, to: decade + 9 }
  const [first, last] = PARTS[part ?? ''] ?? [0, 9]
  return { ...at, from: decade + first, to: decade + last }
}

/** The span of a decade with those that stand beside it as two digits. @param first character that no other span has */
function withShortDecades(span: Span, text: string, first: number): Span {
  if (span.to - span.from !== 9) return span
  const behind = DECADE_BEHIND.exec(text.slice(span.end, span.end + 24))
  const before = DECADE_BEFORE.exec(text.slice(Math.max(first, span.start - 12), span.start))
  const decades = [span.from, ...[behind, before].flatMap((match) => (match ? [decadeOf(match[1]!)] : []))]
  return {
    start: decades.length > 1 ? startOfRange(text, span.start - (before?.[0].length ?? 0)) : span.start,
    end: span.end + (behind?.[0].length ?? 0),
    from: Math.min(...decades),
    to: Math.max(...decades) + 9,
  }
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
