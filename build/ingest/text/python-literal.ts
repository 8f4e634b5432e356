/** nesting that is read; the lists of The Movies Dataset are two deep */
const MAX_DEPTH = 32
/** what may follow a backslash and stands for one character */
const ESCAPES: Record<string, string> = {
  ...{ '\\': '\\', "'": "'", '"': '"', '\n': '' },
  ...{ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' },
}
const HEX_DIGITS: Record<string, number> = { x: 2, u: 4, U: 8 }
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/uy
const WORDS: Record<string, unknown> = { None: null, True: true, False: false }
const WORD = /[A-Za-z]+/uy

/** Not a literal. The message says at which character, from 0, and what was expected there. */
export class PythonLiteralError extends Error {
  override name = 'PythonLiteralError'
}

/**
 * The value that `repr` wrote: None, True, False, decimal numbers, strings in either quotes, lists, tuples and dicts
 * with string keys, as JSON has them. Nothing is evaluated. Linear in the text; a number past 2^53 is rounded.
 * https://docs.python.org/3/reference/lexical_analysis.html#literals
 * @throws {PythonLiteralError}
 */
export function parsePythonLiteral(text: string): unknown {
  let at = 0
  /** the first backslash that is not before `at`, so that strings without one are cut out whole */
  let backslash = -1

  skipSpace()
  const value = parseValue(0)
  if (at < text.length) fail('the end')
  return value

  function parseValue(depth: number): unknown {
    if (depth > MAX_DEPTH) fail(`at most ${MAX_DEPTH} lists inside each other`)
    switch (text[at]) {
      case "'":
      case '"':
        return parseStrings()
      case '[':
        return parseList(']', depth)
      case '(':
        return parseList(')', depth)
      case '{':
        return parseDict(depth)
      default:
        return parseNumberOrWord()
    }
  }

  function parseList(close: string, depth: number): unknown[] {
    const items: unknown[] = []
    at++
    skipSpace()
    while (text[at] !== close) {
      items.push(parseValue(depth + 1))
      if (text[at] === ',') step()
      else if (text[at] !== close) fail(`, or ${close}`)
    }
    step()
    return items
  }

  function parseDict(depth: number): Record<string, unknown> {
    const dict: Record<string, unknown> = {}
    step()
    while (text[at] !== '}') {
      if (text[at] !== "'" && text[at] !== '"') fail('a key in quotes')
      const key = parseStrings()
      if (text[at] !== ':') fail(':')
      step()
      const value = parseValue(depth + 1)
      // assigned, it would become the prototype
      if (key === '__proto__') Object.defineProperty(dict, key, { value, enumerable: true, configurable: true })
      else dict[key] = value
      if (text[at] === ',') step()
      else if (text[at] !== '}') fail(', or }')
    }
    step()
    return dict
  }

  /** Strings side by side are one string. */
  function parseStrings(): string {
    let whole = ''
    while (text[at] === "'" || text[at] === '"') whole += parseString(text[at])
    return whole
  }

  function parseString(quote: string): string {
    const close = text.indexOf(quote, ++at)
    if (close > -1 && close < nextBackslash()) {
      const plain = text.slice(at, close)
      at = close
      step()
      return plain
    }
    let value = ''
    let from = at
    for (; text[at] !== quote; at++) {
      if (at >= text.length) fail(`${quote} to close the string`)
      if (text[at] !== '\\') continue
      value += text.slice(from, at++)
      const digits = HEX_DIGITS[text[at]]
      if (digits !== undefined) value += parseHex(digits)
      else if (text[at] in ESCAPES) value += ESCAPES[text[at]]
      // as in Python, an unknown escape is a backslash
      else value += `\\${text[at] ?? ''}`
      from = at + 1
    }
    value += text.slice(from, at)
    step()
    return value
  }

  function nextBackslash(): number {
    if (backslash < at) backslash = text.indexOf('\\', at)
    if (backslash === -1) backslash = text.length
    return backslash
  }

  function parseHex(digits: number): string {
    const hex = text.slice(at + 1, at + 1 + digits)
    const code = /^[\da-f]+$/iu.test(hex) && hex.length === digits ? Number.parseInt(hex, 16) : Number.NaN
    if (!(code <= 0x10ffff)) fail(`${digits} hexadecimal digits of a character`)
    at += digits
    return String.fromCodePoint(code)
  }

  function parseNumberOrWord(): unknown {
    const number = match(NUMBER)
    if (number !== '') return Number(number)
    const word = match(WORD)
    if (!Object.hasOwn(WORDS, word)) fail('a value', word.length)
    return WORDS[word]
  }

  /** Step over the match and the white space behind it. */
  function match(pattern: RegExp): string {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0] ?? ''
    at += found.length
    if (found !== '') skipSpace()
    return found
  }

  function step(): void {
    at++
    skipSpace()
  }

  function skipSpace(): void {
    while (isSpace(text.charCodeAt(at))) at++
  }

  function fail(expected: string, back = 0): never {
    const start = Math.min(at - back, text.length)
    const found = start < text.length ? JSON.stringify(text.slice(start, start + 20)) : 'the end'
    throw new PythonLiteralError(`found ${found} at character ${start}, expected ${expected}`)
  }
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9
}
