import { setTimeout as sleep } from 'node:timers/promises'
import type { Verdict } from './gate.ts'

/** Longest wait for one answer of the Worker, which may have to open a model for it. */
const ANSWER_MS = 30_000
/** Longest wait for it to follow the pointer, and between two looks. */
const FOLLOW_MS = 90_000
const LOOK_MS = 1000

export interface CanaryOptions {
  /** of a deployed Worker */
  url: string
  /** a key that may read, where it asks for one */
  apiKey?: string
  signal: AbortSignal
  followMs?: number
}

/**
 * Ask a deployed Worker to answer by a model that is stored and not yet served: the replay of an answer to a viewer of whom
 * nothing is known. So the platform opens every file that it would keep, beside the model that it serves.
 */
export async function askBesides(buildId: string, { url, apiKey, signal }: CanaryOptions): Promise<Verdict> {
  const rule = `the Worker at ${new URL(url).host} answers by ${buildId} before it is served`
  const expected = 'a list by that model'
  const replay = {
    modelId: buildId,
    seed: null,
    time: Math.floor(Date.now() / 1000),
    viewers: [{ history: [], starred: null, hidden: [], unknownMovieIds: [], degraded: [] }],
    recommend: { k: 10 },
  }
  const answer = await ask(new URL('/replay', url), signal, apiKey, replay)
  if (answer === null) return { rule, ok: false, found: 'no answer', expected }
  const { status, body } = answer
  // no room for two models of this size in one isolate: what is left is the look after the pointer has moved
  if (status === 409)
    return { rule, ok: true, found: 'no room for two models, so that it is asked afterwards', expected }
  const { modelId, items } = body as { modelId?: string; items?: unknown[] }
  const ok = status === 200 && modelId === buildId && Array.isArray(items) && items.length > 0
  return {
    rule,
    ok,
    found: ok ? `${items.length} movies` : `${status} ${JSON.stringify(body).slice(0, 200)}`,
    expected,
  }
}

/** Wait until a deployed Worker serves a model that the pointer was moved to. */
export async function askWhetherServed(
  buildId: string,
  { url, apiKey, signal, followMs = FOLLOW_MS }: CanaryOptions,
): Promise<Verdict> {
  const rule = `the Worker at ${new URL(url).host} serves ${buildId}`
  const end = Date.now() + followMs
  let found = 'no answer'
  for (;;) {
    const answer = await ask(new URL('/readyz', url), signal, apiKey)
    if (answer) {
      const { modelId, problem } = answer.body as { modelId?: string; problem?: string | null }
      if (modelId === buildId) return { rule, ok: true, found: buildId, expected: buildId }
      found = `${modelId ?? answer.status}${problem ? ` (${problem})` : ''}`
    }
    if (Date.now() >= end) return { rule, ok: false, found, expected: `${buildId} within ${followMs / 1000} s` }
    await sleep(Math.min(LOOK_MS, followMs), undefined, { signal })
  }
}

/** null where there was no answer, or none in JSON. */
async function ask(
  url: URL,
  signal: AbortSignal,
  apiKey: string | undefined,
  body?: unknown,
): Promise<{ status: number; body: object } | null> {
  signal.throwIfAborted()
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      headers: {
        ...(apiKey && { Authorization: `Bearer ${apiKey}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    })
    return { status: response.status, body: Object(await response.json()) }
  } catch {
    signal.throwIfAborted()
    return null
  }
}
