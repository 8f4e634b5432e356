import { type Line, takeLine } from './line.ts'
import type { Reading } from './reading.ts'
import { DIGITS, ONES } from './spelled-numbers.ts'

/** How many years, in digits or as one word; line.ts has made digits of longer numbers. */
const COUNTS: Readonly<Record<string, number>> = { ...ONES, ...DIGITS, muoi: 10 }
const COUNT = `(\\d{1,2}|${Object.keys(COUNTS).join('|')})`

/** Words that count years from now, and the years that they mean. */
const RELATIVE: [RegExp, (thisYear: number, count: number) => [number, number | null]][] = [
  [
    new RegExp(
      `\\b(?:in |from |within |over |of )?(?:the )?(?:last|past|recent|previous|latest) ${COUNT} (?:years?|yrs?)\\b`,
    ),
    (year, count) => [year - count, null],
  ],
  [
    new RegExp(
      `\\b(?:trong |khoang |tu |vong )*${COUNT} nam (?:gan day|gan nhat|tro lai day|tro lai|vua qua|vua roi|qua|do lai|nay)\\b`,
    ),
    (year, count) => [year - count, null],
  ],
  [
    /\b(?:nam ngoai|(?<!\d )nam truoc(?! (?:nam )?\d)|nam vua roi|nam vua qua|last year(?! s))\b/,
    (year) => [year - 1, year - 1],
  ],
  [/\b(?:nam nay|this year)\b/, (year) => [year, year]],
  [
    /\b(?:(?:the )?(?:last|past) decade|(?:thap (?:ky|ki|nien)|chuc nam) (?:truoc|qua|vua qua|gan day))\b/,
    (year) => [year - 10, null],
  ],
  [
    /\b(?:this decade|(?:the )?current decade|thap (?:ky|ki|nien) (?:nay|hien tai))\b/,
    (year) => [year - (year % 10), null],
  ],
]

/** `năm ngoái`, “the last ten years” of a line. */
export function readRelativeYears(reading: Reading, line: Line, thisYear: number): void {
  for (const [pattern, yearsOf] of RELATIVE) {
    const match = pattern.exec(line.text)
    if (!match) continue
    const count = match[1] ?? ''
    const [from, to] = yearsOf(thisYear, COUNTS[count] ?? Number(count))
    takeLine(reading, line, match.index, match.index + match[0].length, { kind: 'years', from, to })
  }
}
