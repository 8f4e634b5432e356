import { throwIfAborted } from './deadline.ts'
import { MarqueeError } from './error.ts'
import { asMarqueeError, type ByteReader, type Call, type CallOptions, type Exchange, parseObject } from './send.ts'
import type { Explanation } from './types.ts'

/** What a list with explanations comes as: all of it at once, better words for its movies one by one, the end. */
export type ListEvent<Answer extends { degraded: unknown }> =
  | { event: 'items'; answer: Answer }
  | { event: 'explain'; movieId: number; explanation: Explanation }
  | { event: 'done'; degraded: Answer['degraded'] }

/** One server-sent event with JSON in it. */
interface ServerEvent {
  event: string
  data: object
}

/**
 * A list as server-sent events; from a platform or a server that does not stream, the same events out of one answer.
 * Leaving the loop ends the request. An error after `items` says that the explanations break off, the list is whole.
 * @param streaming whether fetch hands out a body before its end
 * @throws {MarqueeError}
 */
export async function* listEvents<Answer extends { degraded: unknown }>(
  { open }: Exchange,
  call: Call,
  own: CallOptions,
  streaming: boolean,
): AsyncGenerator<ListEvent<Answer>, void, undefined> {
  const accept = streaming ? 'text/event-stream' : 'application/json'
  const { answer, deadline, timeoutMs } = await open({ ...call, accept }, own)
  const reader = answer.body?.getReader()
  // fetch does so by itself; another one might not
  const cancel = () => reader?.cancel().catch(() => undefined)
  deadline.signal.addEventListener('abort', cancel)
  let hasItems = false
  try {
    const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false
    if (!isStream) {
      const whole = parseObject(reader ? await textOf(reader) : await answer.text()) as Answer | null
      if (whole === null) throw new MarqueeError('bad_answer', 'found no JSON object', { status: answer.status })
      hasItems = true
      yield { event: 'items', answer: whole }
      yield { event: 'done', degraded: whole.degraded }
      return
    }
    for await (const { event, data } of serverEvents(reader ? chunksOf(reader) : [await answer.text()])) {
      deadline.restart()
      hasItems ||= event === 'items'
      if (event === 'items') yield { event, answer: data as Answer }
      else if (event === 'explain') {
        const { movieId, ...explanation } = data as Explanation & { movieId: number }
        yield { event, movieId, explanation }
      } else if (event === 'done') yield { event, degraded: (data as Answer).degraded }
    }
    if (deadline.signal.aborted) throw new Error('cancelled')
  } catch (cause) {
    throwIfAborted(own.signal)
    throw asMarqueeError(cause, deadline, timeoutMs)
  } finally {
    deadline.stop()
    // whoever left the loop early wants no more of it
    await cancel()
  }
  if (!hasItems) throw new MarqueeError('bad_answer', 'the stream ended without a list', { status: answer.status })
}

/** Server-sent events whose data is a JSON object each; others are passed over, and what the end cuts off. */
export async function* serverEvents(
  chunks: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<ServerEvent, void, undefined> {
  let rest = ''
  for await (const chunk of chunks) {
    const blocks = (rest + chunk).split(/\r?\n\r?\n/)
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const lines = block.split(/\r?\n/)
      const field = (name: string) =>
        lines
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).trimStart())
          .join('\n')
      const data = parseObject(field('data'))
      if (data !== null) yield { event: field('event'), data }
    }
  }
}

async function* chunksOf(reader: ByteReader): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield decoder.decode(value, { stream: true })
  }
}

async function textOf(reader: ByteReader): Promise<string> {
  let text = ''
  for await (const chunk of chunksOf(reader)) text += chunk
  return text
}
