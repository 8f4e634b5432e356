import { useEffect, useRef, useState } from 'preact/hooks'

/** What a request stands at. While a newer one runs, or after it failed, `value` is the last one of the same scope. */
export interface Load<T> {
  value: T | null
  loading: boolean
  failure: unknown
  retry(): void
}

interface Settled<T> {
  scope: string
  request: string
  value: T | null
  failure: unknown
}

/**
 * Load when the key changes, abort what is no longer wanted.
 * @param scope what the value is of (a viewer, a movie): another scope never shows the old value
 * @param key what the request depends on; null asks for nothing
 * @param load must pass the signal on
 */
export function useLoad<T>(scope: string, key: string | null, load: (signal: AbortSignal) => Promise<T>): Load<T> {
  const [settled, setSettled] = useState<Settled<T> | null>(null)
  const [attempt, setAttempt] = useState(0)
  const latestLoad = useRef(load)
  latestLoad.current = load
  const request = key === null ? null : JSON.stringify([scope, key, attempt])

  useEffect(() => {
    if (request === null) return
    const controller = new AbortController()
    const settle = (outcome: (last: Settled<T> | null) => Settled<T>) => {
      if (!controller.signal.aborted) setSettled(outcome)
    }
    latestLoad.current(controller.signal).then(
      (value) => settle(() => ({ scope, request, value, failure: null })),
      (failure: unknown) =>
        settle((last) => ({ scope, request, value: last?.scope === scope ? last.value : null, failure })),
    )
    return () => controller.abort()
  }, [scope, request])

  const current = settled?.scope === scope ? settled : null
  const upToDate = current?.request === request
  return {
    value: current?.value ?? null,
    loading: request !== null && !upToDate,
    failure: upToDate ? current?.failure : null,
    retry: () => setAttempt((count) => count + 1),
  }
}
