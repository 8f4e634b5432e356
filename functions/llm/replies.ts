import { malformed } from './failure.ts'

/** What a server counted. */
export interface Usage {
  promptTokens: number
  completionTokens: number
}

/** A field of something that was read from the network. */
export function field(value: unknown, name: string | number): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[name] : undefined
}

/** Text of a chat reply. With a reasoning parser on and thinking off, vLLM puts it into the reasoning. */
export function chatText(reply: unknown): string {
  const message = field(field(field(reply, 'choices'), 0), 'message')
  const texts = ['content', 'reasoning', 'reasoning_content'].map((name) => field(message, name))
  const text = texts.find((each) => typeof each === 'string' && each.trim() !== '')
  if (typeof text !== 'string') throw malformed()
  return text
}

export function usageOf(reply: unknown): Usage {
  const usage = field(reply, 'usage')
  const count = (name: string) => Math.max(0, Number(field(usage, name)) || 0)
  return { promptTokens: count('prompt_tokens'), completionTokens: count('completion_tokens') }
}

/**
 * Without `<think>…</think>`; one that is never closed reaches to the end, one never opened from the start. Linear, however
 * often the tags stand there.
 */
export function withoutThoughts(text: string): string {
  const [open, close] = ['<think>', '</think>']
  let said = ''
  let at = 0
  for (;;) {
    const start = text.indexOf(open, at)
    said += text.slice(at, start < 0 ? undefined : start)
    const end = start < 0 ? -1 : text.indexOf(close, start)
    if (end < 0) break
    at = end + close.length
  }
  const unopened = said.lastIndexOf(close)
  return unopened < 0 ? said : said.slice(unopened + close.length)
}

/**
 * The JSON of a reply: all of it, or its first whole object, which may stand in a code fence, among words, or before
 * endless white space. A reply that was cut off may be whole nevertheless.
 * @throws {LlmError} malformed
 */
export function jsonIn(text: string): unknown {
  const clean = withoutThoughts(text).trim()
  const whole = parsed(clean) ?? parsed(firstObject(clean))
  if (whole === undefined) throw malformed()
  return whole
}

/** A sentence as it may be shown: one line, no thoughts, no control characters. @throws {LlmError} malformed */
export function plainText(text: string): string {
  const plain = withoutThoughts(text)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  if (plain === '') throw malformed()
  return plain
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** From the first brace to the one that closes it; braces in strings do not count. Linear. */
function firstObject(text: string): string {
  const start = text.indexOf('{')
  let depth = 0
  let isString = false
  for (let at = start; at >= 0 && at < text.length; at++) {
    const letter = text[at]
    if (isString) {
      if (letter === '\\') at++
      else if (letter === '"') isString = false
    } else if (letter === '"') isString = true
    else if (letter === '{') depth++
    else if (letter === '}' && --depth === 0) return text.slice(start, at + 1)
  }
  return ''
}
