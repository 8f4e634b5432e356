import { useEffect, useState } from 'preact/hooks'
import type { Explanation, Intent, QueryAnswer, QueryRequest } from '../../client/index.ts'
import type { Client } from '../client.ts'

/** A wish as far as it is answered. */
export interface WishLoad {
  answer: QueryAnswer | null
  /** in the model's words, by movie, as they come */
  explanations: Map<number, Explanation>
  degraded: QueryAnswer['degraded']
  loading: boolean
  failure: unknown
  retry(): void
}

interface State extends Omit<WishLoad, 'loading' | 'retry'> {
  text: string
  request: string
}

const NOTHING = { answer: null, explanations: new Map<number, Explanation>(), degraded: [], failure: null }

/**
 * Asks for a wish whenever it or its viewer changes; what is no longer wanted is aborted. Until the new list is there the
 * last one of the same wish stays.
 * @param wish null asks for nothing
 * @param intent what to take instead of reading the text
 * @param onList when a list has come
 */
export function useWish(
  client: Client,
  wish: Omit<QueryRequest, 'intent'> | null,
  intent: Intent | null,
  onList: (answer: QueryAnswer) => void,
): WishLoad {
  const [state, setState] = useState<State | null>(null)
  const [attempt, setAttempt] = useState(0)
  const asked = wish && { ...wish, ...(intent && { intent }) }
  const request = asked === null ? null : JSON.stringify([asked, attempt])

  useEffect(() => {
    if (asked === null || request === null) return
    const controller = new AbortController()
    const update = (change: (state: State) => Partial<State>) => {
      if (controller.signal.aborted) return
      setState((last) => {
        const before = last?.request === request ? last : { ...NOTHING, text: asked.text, request }
        return { ...before, ...change(before) }
      })
    }
    const listen = async () => {
      for await (const part of client.streamWish(asked, { signal: controller.signal })) {
        if (part.event === 'items') {
          update(() => ({ answer: part.answer, degraded: part.answer.degraded }))
          onList(part.answer)
        } else if (part.event === 'explain')
          update(({ explanations }) => ({ explanations: new Map(explanations).set(part.movieId, part.explanation) }))
        else update(() => ({ degraded: part.degraded }))
      }
    }
    // a list that came is whole, also when its explanations break off
    listen().catch((failure: unknown) => update(({ answer }) => ({ failure: answer === null ? failure : null })))
    return () => controller.abort()
    // the request is all of it, as text
  }, [client, request])

  const current = state?.request === request ? state : null
  const shown = current ?? (state?.text === wish?.text ? state : null)
  return {
    ...NOTHING,
    ...shown,
    failure: current?.failure ?? null,
    loading: request !== null && !current?.answer && !current?.failure,
    retry: () => setAttempt((count) => count + 1),
  }
}
