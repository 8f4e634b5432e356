import { Pointer } from '#core/schemas/manifest.ts'
import type { ObjectStore } from './object-store.ts'

/** The one object that ever changes. What it names must be complete before it is written. */
export const POINTER_KEY = 'models/current.json'
const MAX_PREVIOUS = 20

/** The pointer, or null with the reason why a stored one cannot be read. */
export interface PointerState {
  pointer: Pointer | null
  problem: string | null
}

export async function readPointer(store: ObjectStore): Promise<PointerState> {
  const bytes = await store.get(POINTER_KEY)
  if (bytes === null) return { pointer: null, problem: null }
  try {
    return { pointer: Pointer.parse(JSON.parse(new TextDecoder().decode(bytes))), problem: null }
  } catch {
    return { pointer: null, problem: `${POINTER_KEY} is damaged: found ${bytes.length} bytes that are not a pointer` }
  }
}

/**
 * Move the pointer in one put. Where it stood becomes the newest of `previous`, which names no build twice
 * and not the current one, and forgets the oldest above 20.
 */
export async function movePointer(
  store: ObjectStore,
  from: Pointer | null,
  buildId: string,
  publishedAt: Date,
): Promise<Pointer> {
  const stoodOn = from === null ? [] : [from.buildId, ...from.previous]
  const pointer: Pointer = {
    buildId,
    publishedAt: publishedAt.toISOString(),
    previous: [...new Set(stoodOn)].filter((previous) => previous !== buildId).slice(0, MAX_PREVIOUS),
  }
  const bytes = new TextEncoder().encode(`${JSON.stringify(pointer, null, 2)}\n`)
  await store.put(POINTER_KEY, bytes, { contentType: 'application/json' })
  return pointer
}
