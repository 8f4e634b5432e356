import type { LlmTask } from '#recommend/handles.ts'
import { sha256 } from '../sha256.ts'
import { within } from '../within.ts'
import type { LlmSettings } from './settings.ts'

/** Longest wait for KV: what is near answers in 10 ms, and the model itself takes a few hundred. */
const LOOK_MS = 100

/** Replies in KV. A KV that is slow, down or not there is done without. */
export interface Kept {
  /** @returns null where there is none */
  get(task: LlmTask, key: string): Promise<unknown>
  /** goes on after the answer has left */
  put(task: LlmTask, key: string, reply: unknown): void
}

export function openKept(
  cache: KVNamespace | undefined,
  { model, keepSeconds }: LlmSettings,
  context: Pick<ExecutionContext, 'waitUntil'>,
): Kept {
  if (!cache || keepSeconds === 0) return { get: async () => null, put: () => {} }
  // what was asked for is no secret of the key's length: nobody reads it off a list of keys
  const nameOf = async (task: LlmTask, key: string) =>
    `llm/${task}/${await sha256(new TextEncoder().encode(`${model}|${key}`))}`
  return {
    async get(task, key) {
      try {
        return await within(LOOK_MS, cache.get(await nameOf(task, key), 'json'))
      } catch {
        return null
      }
    },
    put(task, key, reply) {
      const write = async () =>
        cache.put(await nameOf(task, key), JSON.stringify(reply), { expirationTtl: keepSeconds })
      context.waitUntil(write().catch(() => {}))
    },
  }
}
