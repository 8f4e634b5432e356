import { firstFrom } from '../sorted.ts'

/** Distinct words in their order, found by their beginning or despite a typo. */
export interface Vocabulary {
  size: number
  /** −1 for a word that is not among them; O(log size) */
  indexOf(word: string): number
  /** its number's word */
  word(index: number): string
  /** those that begin so: [from, to) */
  beginningWith(prefix: string): { from: number; to: number }
  /** those within the word's edits, but itself, and how many each is away; O(size), most of it a bit count */
  near(word: string): Map<number, number>
}

/** Edits that a word of so many letters may be away: a short one is soon another word, and a number is another number. */
function editsAllowed(word: string): number {
  if (/\d/.test(word)) return 0
  return word.length < 4 ? 0 : word.length < 8 ? 1 : 2
}

/** @param words distinct */
export function openVocabulary(words: string[]): Vocabulary {
  // by UTF-16 units, as `<` compares
  const sorted = words.toSorted()
  const letters = Uint32Array.from(sorted, lettersOf)
  const lengths = Uint8Array.from(sorted, (word) => Math.min(255, word.length))
  const firstWord = (word: string) => firstFrom(sorted.length, (at) => sorted[at]! < word)
  return {
    size: sorted.length,
    indexOf(word) {
      const at = firstWord(word)
      return sorted[at] === word ? at : -1
    },
    word: (index) => sorted[index]!,
    // U+FFFF is no character: nothing that begins so comes after it
    beginningWith: (prefix) => ({ from: firstWord(prefix), to: firstWord(`${prefix}\uffff`) }),
    near(word) {
      const found = new Map<number, number>()
      const most = editsAllowed(word)
      if (most === 0) return found
      const wanted = lettersOf(word)
      for (let at = 0; at < sorted.length; at++) {
        // an edit takes at most one letter away and brings at most one: most words end here
        if (bitCount(letters[at]! ^ wanted) > 2 * most || Math.abs(lengths[at]! - word.length) > most) continue
        const edits = editDistance(word, sorted[at]!, most)
        if (edits > 0 && edits <= most) found.set(at, edits)
      }
      return found
    },
  }
}

/** A bit a letter that is there: a to z have their own, others share six. */
function lettersOf(word: string): number {
  let bits = 0
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at)
    bits |= 1 << (code >= 97 && code <= 122 ? code - 97 : 26 + (code % 6))
  }
  return bits >>> 0
}

function bitCount(bits: number): number {
  let count = bits - ((bits >>> 1) & 0x5555_5555)
  count = (count & 0x3333_3333) + ((count >>> 2) & 0x3333_3333)
  return Math.imul((count + (count >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}

/**
 * Letters to insert, delete, replace, or swap with their neighbour (optimal string alignment) to make one word of another;
 * more than `most` where it is more. O(lengths).
 */
export function editDistance(a: string, b: string, most: number): number {
  const width = b.length + 1
  let beforeLast = new Uint8Array(width)
  let last = Uint8Array.from({ length: width }, (_, column) => column)
  let row = new Uint8Array(width)
  for (let i = 1; i <= a.length; i++) {
    row[0] = i
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const isSame = a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
      let edits = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1))
      const isSwap =
        i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1)
      if (isSwap) edits = Math.min(edits, beforeLast[j - 2]! + 1)
      row[j] = edits
      if (edits < least) least = edits
    }
    if (least > most) return most + 1
    const spare = beforeLast
    beforeLast = last
    last = row
    row = spare
  }
  return last[b.length]!
}
