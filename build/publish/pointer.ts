import { Pointer } from '#core/schemas/manifest.ts'
import { ConflictError, type ObjectStore } from './object-store.ts'

/** The one object that ever changes. What it names must be complete before it is written. */
export const POINTER_KEY = 'models/current.json'
const MAX_PREVIOUS = 20
/** Times that a move is tried anew after another process moved the pointer first. */
const ATTEMPTS = 5

/** The pointer, or null with the reason why a stored one cannot be read. */
export interface PointerState {
  pointer: Pointer | null
  problem: string | null
  /** as they are stored: what a move must find */
  bytes: Uint8Array | null
}

export async function readPointer(store: ObjectStore): Promise<PointerState> {
  const bytes = await store.get(POINTER_KEY)
  if (bytes === null) return { pointer: null, problem: null, bytes }
  try {
    return { pointer: Pointer.parse(JSON.parse(new TextDecoder().decode(bytes))), problem: null, bytes }
  } catch {
    const problem = `${POINTER_KEY} is damaged: found ${bytes.length} bytes that are not a pointer`
    return { pointer: null, problem, bytes }
  }
}

/**
 * Move the pointer in one put, from where it was read to stand. Where it stood becomes the newest of `previous`, which
 * names no build twice and not the current one, and forgets the oldest above 20.
 * @throws {ConflictError} when it stands elsewhere by now
 */
export async function movePointer(
  store: ObjectStore,
  { pointer: from, bytes: replaces }: PointerState,
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
  await store.put(POINTER_KEY, bytes, { contentType: 'application/json', replaces })
  return pointer
}

/**
 * Take a move back: the pointer stands again as it did before, with the same `previous`, so that a rollback does not lead
 * to the model that was just left. A pointer that stands elsewhere by now is left where it is.
 * @returns the model that is current now
 * @throws {ConflictError} when it is moved at this moment
 */
export async function takeBack(store: ObjectStore, before: PointerState, buildId: string): Promise<string | null> {
  const state = await readPointer(store)
  if (before.bytes === null || state.pointer?.buildId !== buildId) return state.pointer?.buildId ?? null
  await store.put(POINTER_KEY, before.bytes, { contentType: 'application/json', replaces: state.bytes })
  return before.pointer?.buildId ?? null
}

/**
 * Make a model current, wherever the pointer stands. Of two who do so at once both moves are kept: the first one's model is
 * among `previous`. One that is current already leaves the pointer as it is.
 */
export async function pointAt(store: ObjectStore, buildId: string, now: () => Date): Promise<Pointer> {
  for (let attempt = 1; ; attempt++) {
    const state = await readPointer(store)
    if (state.pointer?.buildId === buildId) return state.pointer
    try {
      return await movePointer(store, state, buildId, now())
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === ATTEMPTS) throw error
    }
  }
}
