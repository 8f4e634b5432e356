import { DataError } from '../../io/files.ts'
import { shown } from '../staging/locate.ts'

const QUOTE = 34
const BACKSLASH = 92
const NEWLINE = 10
const COMMA = 44
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125]
const BYTE_ORDER_MARK = 0xef

/** One element of a JSON array, with the line that it begins in. */
export interface JsonElement {
  line: number
  bytes: Buffer
  /** undefined when it is no JSON in UTF-8 */
  value: unknown
}

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The elements of a JSON array, one by one, so that a broken one can be named by its line and left out.
 * @throws {DataError} when the file is no array, is cut off, or goes on behind it
 */
export function* jsonElements(file: string, bytes: Buffer): Generator<JsonElement> {
  let at = bytes[0] === BYTE_ORDER_MARK ? 3 : 0
  let line = 1
  const refuse = (expected: string) => {
    const found = at < bytes.length ? shown(bytes.subarray(at, at + 1024)) : 'the end of the file'
    return new DataError(`${file}:${line}: found ${found}, expected ${expected}`)
  }
  const skipSpace = () => {
    for (; at < bytes.length && bytes[at] <= 32; at++) if (bytes[at] === NEWLINE) line++
  }

  skipSpace()
  if (bytes[at] !== OPEN_LIST) throw refuse('a JSON array')
  at++
  for (skipSpace(); bytes[at] !== CLOSE_LIST; skipSpace()) {
    const [start, startLine] = [at, line]
    passElement()
    if (at >= bytes.length) throw refuse(`] to close the array whose last element begins in line ${startLine}`)
    const element = bytes.subarray(start, at)
    yield { line: startLine, bytes: element, value: parse(element) }
    if (bytes[at] === COMMA) at++
  }
  at++
  skipSpace()
  if (at < bytes.length) throw refuse('nothing behind the array')

  /** On to the comma or bracket behind the element. */
  function passElement(): void {
    let depth = 0
    for (; at < bytes.length; at++) {
      const byte = bytes[at]
      if (byte === NEWLINE) line++
      else if (byte === QUOTE) passString()
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++
      else if (depth === 0 && (byte === COMMA || byte === CLOSE_LIST)) return
      else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--
    }
  }

  /** From a quote to the quote that closes it. A line end cannot be in a string: one that is broken ends there. */
  function passString(): void {
    for (at++; at < bytes.length && bytes[at] !== QUOTE; at++) {
      if (bytes[at] === NEWLINE) {
        line++
        return
      }
      if (bytes[at] === BACKSLASH && bytes[at + 1] !== NEWLINE) at++
    }
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes))
  } catch {
    return undefined
  }
}
