import { lineOf, takeLine } from './line.ts'
import type { Reading } from './reading.ts'

/** Running times that a wish names, in minutes. */

const NUMBER_WORDS: Readonly<Record<string, number>> = {
  one: 1,
  an: 1,
  a: 1,
  two: 2,
  three: 3,
  four: 4,
  mot: 1,
  hai: 2,
  ba: 3,
  bon: 4,
}
const NUMBER = `(?:(\\d{1,3}(?: , 5)?) ?|(${Object.keys(NUMBER_WORDS).join('|')}) )`
const HOURS = `${NUMBER}(?:hours?|hrs?|h|tieng dong ho|tieng|gio)`
const MINUTES = '(\\d{1,3})(?: -)? ?(?:minutes?|mins?|m|phut|p|ph)'
/** `90 phút`, `1h30`, `2 tiếng rưỡi`, “an hour and a half”, “2.5 hours” */
const DURATION = new RegExp(
  `\\b(?:${HOURS}(?: (?:va |and )?(ruoi|a half|half)|(?: (?:and |va )?| ?)(\\d{1,2})(?: ?(?:minutes?|mins?|m|phut|p|ph))?)?|${MINUTES})\\b`,
  'g',
)

type Bound = 'most' | 'least' | 'about'

const BEFORE: [RegExp, Bound][] = [
  [
    /\b(?:no longer than|not longer than|no more than|not more than|not over|less than|shorter than|under|below|at most|max|maximum|within|up to|fewer than|khong qua|khong dai qua|khong dai hon|khong hon|khong tren|ngan hon|it hon|duoi|toi da|trong vong|trong|nho hon|chua toi|chua den|dung qua|dung dai qua|dung dai hon) (?:about |khoang )?$/,
    'most',
  ],
  [
    /\b(?:more than|longer than|over|above|at least|minimum|min|exceeding|khong duoi|khong it hon|khong ngan hon|dai hon|nhieu hon|lon hon|hon|tren|toi thieu|it nhat) (?:about |khoang )?$/,
    'least',
  ],
  [/\b(?:about|around|roughly|approximately|khoang|tam|chung|co|do) $/, 'about'],
]
const BEHIND: [RegExp, Bound][] = [
  [/^ (?:tro xuong|do lai|hoac it hon|or less|or under|or shorter|max|at most|tops|la cung|thoi)\b/, 'most'],
  [/^ (?:tro len|do len|hoac hon|or more|or longer|and up|at least)\b/, 'least'],
]
/** Around a running time without a bound, both ways. */
const AROUND_MINUTES = 10
/** What a movie may last. */
const SHORTEST = 2
const LONGEST = 600

/** Lengths in words, in their order: the first that is there. */
const WORDED: [RegExp, number | null, number | null][] = [
  [
    /\b(?:not (?:too|very|that|so) long|khong (?:qua )?dai(?: qua)?|dung (?:qua )?dai(?: qua)?|khong dai dong)\b/,
    null,
    120,
  ],
  [/\b(?:short films?|short movies?|short film|phim ngan)\b(?! (?:thoi|gon|ngan|hon))/, null, 40],
  [/\b(?:short and sweet|short|shorter|short one|ngan gon|ngan thoi|ngan ngan|do ngan|thoi luong ngan)\b/, null, 90],
  [/\b(?:long (?:movie|film|one|epic)s?|thoi luong dai)\b/, 150, null],
]

/** A running time, or the ends of a range of them. */
interface Told {
  start: number
  end: number
  from: number
  to: number
}

/** Between the ends of a range: “90 to 120 minutes”, `từ 90 đến 120 phút` */
const UP_TO = /^ (?:- |to |and |den |toi |va )$/
/** Its lower end where the unit stands at the upper one alone. */
const LOWER_END = /(?:\b(?:from|between|tu|khoang) )?\b(\d{2,3}) (?:- |to |and |den |toi |va )$/
const IN_FRONT_OF_RANGE = /\b(?:from|between|tu|khoang) $/

/** Running times with a number, or else one in words. */
export function readRuntime(reading: Reading): void {
  const line = lineOf(reading)
  const told = durationsOf(line.text)
  for (const { start, end, from, to } of told) {
    if (from < to) {
      takeLine(reading, line, start, end, { kind: 'runtime', from, to })
      continue
    }
    const before = line.text.slice(Math.max(0, start - 40), start)
    const behind = line.text.slice(end, end + 40)
    const front = BEFORE.map(([pattern, bound]) => ({ bound, found: pattern.exec(before) })).find(({ found }) => found)
    const back = BEHIND.map(([pattern, bound]) => ({ bound, found: pattern.exec(behind) })).find(({ found }) => found)
    const bound = front && front.bound !== 'about' ? front.bound : (back?.bound ?? 'about')
    const first = start - (front?.found?.[0].length ?? 0)
    const last = end + (front ? 0 : (back?.found?.[0].length ?? 0))
    takeLine(reading, line, first, last, { kind: 'runtime', ...bounded(from, bound) })
  }
  for (const [pattern, from, to] of told.length > 0 ? [] : WORDED) {
    const match = pattern.exec(line.text)
    if (!match) continue
    takeLine(reading, line, match.index, match.index + match[0].length, { kind: 'runtime', from, to })
    return
  }
}

function durationsOf(text: string): Told[] {
  const told: Told[] = []
  for (const match of text.matchAll(DURATION)) {
    const minutes = minutesOf(match)
    if (minutes < SHORTEST || minutes > LONGEST) continue
    const end = match.index + match[0].length
    const last = told.at(-1)
    const lower = LOWER_END.exec(text.slice(Math.max(0, match.index - 24), match.index))
    if (last && last.from < minutes && UP_TO.test(text.slice(last.end, match.index))) {
      last.start -= IN_FRONT_OF_RANGE.exec(text.slice(0, last.start))?.[0].length ?? 0
      last.end = end
      last.to = minutes
    } else if (match[5] !== undefined && lower && Number(lower[1]) < minutes)
      told.push({ start: match.index - lower[0].length, end, from: Number(lower[1]), to: minutes })
    else told.push({ start: match.index, end, from: minutes, to: minutes })
  }
  return told
}

function bounded(minutes: number, bound: Bound): { from: number | null; to: number | null } {
  if (bound === 'most') return { from: null, to: minutes }
  if (bound === 'least') return { from: minutes, to: null }
  return { from: minutes - AROUND_MINUTES, to: minutes + AROUND_MINUTES }
}

function minutesOf([, digits, spelled, half, minutesOver, minutes]: RegExpExecArray): number {
  if (minutes !== undefined) return Number(minutes)
  const whole = spelled === undefined ? Number(digits!.replace(' , ', '.')) : NUMBER_WORDS[spelled]!
  return Math.round(60 * whole) + (half === undefined ? Number(minutesOver ?? 0) : 30)
}
