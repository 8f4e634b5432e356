import { resolve } from 'node:path'
import type { OpenObjectStore } from '../publish/object-store.ts'
import { placeOf, type Surroundings, writeJson } from './index.ts'

/** Which store, and where the result goes too. */
export interface StoreFlags {
  state?: string
  target?: string
  json?: string
}

/** Work on the object store that the flags name, and close it. */
export async function withStore<Result>(
  flags: Pick<StoreFlags, 'state' | 'target'>,
  { cwd, openStore }: Pick<Surroundings, 'cwd' | 'openStore'>,
  work: (store: OpenObjectStore) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(placeOf(flags, cwd))
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

/** The same; the result also goes to `--json`. */
export async function toldFromStore<Result>(
  flags: StoreFlags,
  surroundings: Surroundings,
  work: (store: OpenObjectStore) => Promise<Result>,
): Promise<Result> {
  const result = await withStore(flags, surroundings, work)
  if (flags.json !== undefined) writeJson(resolve(surroundings.cwd, flags.json), result)
  return result
}
