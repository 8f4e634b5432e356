import type { Deadline } from './deadline.ts'
import { LlmError, malformed } from './failure.ts'
import { chatText, field, type Usage, usageOf } from './replies.ts'
import { readText } from './send.ts'

/** One token with all that a server says around it has a few hundred characters. */
const MAX_EVENT_LENGTH = 20_000

/**
 * Text of a chat reply that comes as server-sent events, which must not stop for longer than `idleMs`; what comes without
 * a token in it (comments, empty deltas) does not count. A server that does not stream is read as well.
 * @throws {LlmError} malformed where it has no end, failed where the server says so, and as readText
 */
export async function readStream(
  response: Response,
  deadline: Deadline,
  idleMs: number,
): Promise<{ text: string; usage: Usage }> {
  if (response.headers.get('Content-Type')?.includes('application/json')) {
    let whole = ''
    for await (const part of readText(response, deadline)) whole += part
    const reply = jsonOf(whole)
    return { text: chatText(reply), usage: usageOf(reply) }
  }
  const said = { content: '', reasoning: '' }
  let usage: Usage = { promptTokens: 0, completionTokens: 0 }
  let isWhole = false
  try {
    for await (const data of eventsOf(readText(response, deadline))) {
      if (data === '[DONE]') {
        isWhole = true
        break
      }
      const chunk = jsonOf(data)
      if (field(chunk, 'error') !== undefined) throw new LlmError('failed', true)
      if (field(chunk, 'usage')) usage = usageOf(chunk)
      const choice = field(field(chunk, 'choices'), 0)
      const delta = field(choice, 'delta')
      const content = textOf(field(delta, 'content'))
      const reasoning = textOf(field(delta, 'reasoning')) || textOf(field(delta, 'reasoning_content'))
      said.content += content
      said.reasoning += reasoning
      if (content + reasoning !== '') deadline.restart(idleMs)
      if (field(choice, 'finish_reason')) isWhole = true
    }
  } catch (error) {
    // the text has its end: what is wrong with the rest of the stream, usage at most, is no loss
    if (!isWhole) throw error
  }
  if (!isWhole) throw new LlmError('unreachable', true)
  return { text: said.content.trim() === '' ? said.reasoning : said.content, usage }
}

/** What stands behind `data:`; other fields of an event say nothing here. */
async function* eventsOf(parts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const part of parts) {
    const lines = (rest + part).split(/\r?\n/)
    rest = lines.pop()!
    // each part would look through all of it again
    if (rest.length > MAX_EVENT_LENGTH) throw malformed()
    for (const line of lines) if (line.startsWith('data:')) yield line.slice(5).trim()
  }
  if (rest.startsWith('data:')) yield rest.slice(5).trim()
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw malformed(cause)
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
