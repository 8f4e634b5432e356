import { useEffect, useState } from 'preact/hooks'
import type { Intent } from '#core/schemas/intent.ts'
import type { Explanation, QueryAnswer } from '#core/schemas/query.ts'
import type { Client, Wish } from '../client.ts'

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
  wish: Omit<Wish, 'intent'> | null,
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
    const events = {
      onItems(answer: QueryAnswer) {
        update(() => ({ answer, degraded: answer.degraded }))
        onList(answer)
      },
      onExplanation: (movieId: number, explanation: Explanation) =>
        update(({ explanations }) => ({ explanations: new Map(explanations).set(movieId, explanation) })),
      onDone: (degraded: QueryAnswer['degraded']) => update(() => ({ degraded })),
    }
    client.wish(asked, events, controller.signal).catch((failure: unknown) => update(() => ({ failure })))
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
