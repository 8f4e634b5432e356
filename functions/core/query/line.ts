import { areFree, type Reading, take, type Understood } from './reading.ts'
import { spelledNumberAt } from './spelled-numbers.ts'

/** “ninety-five” */
const WITHIN_NUMBER = /^(?:\s+|\s*[-‐–]\s*)$/

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
  const free = words.map(({ folded }, at) => (taken[at] === 1 ? '#' : folded))
  for (let at = 0; at < words.length; at++) {
    const { gap, folded } = words[at]!
    add(at > 0 ? marks(gap) : '', at)
    const number = spelledNumberAt(free, at)
    if (number && words.slice(at + 1, number.to).every(({ gap }) => WITHIN_NUMBER.test(gap))) {
      // its first digit is of its first word, the others of its last
      const digits = String(number.value)
      add(digits[0]!, at)
      add(`${digits.slice(1)} `, number.to - 1)
      at = number.to - 1
    } else add(`${taken[at] === 1 ? '#' : /['’‘]$/.test(gap) ? yearOf(folded) : folded} `, at)
  }
  add(marks(rest), words.length - 1)
  return { text, words: Int32Array.from(owners) }
}

/** “’85” with its century. */
function yearOf(word: string): string {
  return /^\d\d$/.test(word) ? `${Number(word) < 30 ? 20 : 19}${word}` : word
}

/** The word that a character belongs to; of a space the one behind it. */
export function wordAt(line: Line, at: number): number {
  return line.words[at + (line.text[at] === ' ' ? 1 : 0)]!
}

/** Take the words that characters [start, end) of the line belong to, but those taken already. */
export function takeLine(reading: Reading, line: Line, start: number, end: number, is: Understood): void {
  const [from, to] = [
    line.words[start + (line.text[start] === ' ' ? 1 : 0)]!,
    line.words[end - 1 - (line.text[end - 1] === ' ' ? 1 : 0)]! + 1,
  ]
  if (areFree(reading, from, to)) take(reading, from, to, is)
}
