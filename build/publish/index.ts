import type { Pointer } from '#core/schemas/manifest.ts'
import type { StepHandles } from '../io/handles.ts'
import type { ExportedModel } from '../nouns.ts'
import type { ObjectStore } from './object-store.ts'
import { pointAt, readPointer } from './pointer.ts'
import { PublishError, problemsOf } from './published-model.ts'
import { upload } from './upload.ts'

/**
 * Upload a model and make it current: its files and manifest, read back, then the pointer in one put. Stopped anywhere
 * before that, the old pointer stands. A model that is current already leaves the pointer as it is.
 * @returns the pointer as it stands now
 * @throws {PublishError} as `upload`
 */
export async function publish(
  model: ExportedModel,
  store: ObjectStore,
  handles: StepHandles,
  now: () => Date = () => new Date(),
): Promise<Pointer> {
  await upload(model, store, handles)
  const { pointer, problem } = await readPointer(store)
  if (problem !== null) handles.log.warn(`publish: ${problem}; it is written anew`)
  handles.signal.throwIfAborted()
  if (pointer?.buildId === model.buildId) handles.log.debug(`publish: ${model.buildId} is current already`)
  return pointAt(store, model.buildId, now)
}

/**
 * Make a published model current, whose every byte is looked at first.
 * @throws {PublishError} when there is no such model, or it is not complete, naming what is missing or altered
 */
export async function promote(
  store: ObjectStore,
  buildId: string,
  now: () => Date = () => new Date(),
): Promise<Pointer> {
  if (!/^[0-9a-f]{16}$/.test(buildId))
    throw new PublishError(`build id "${buildId}": expected 16 hexadecimal digits, as "marquee models list" shows them`)
  const problems = await problemsOf(store, buildId)
  if (problems.length > 0)
    throw new PublishError(`cannot go to ${buildId}: ${problems.join('; ')}. The current model stays.`)
  return pointAt(store, buildId, now)
}

/**
 * Move the pointer to another published model: the given one, or the one it stood on before. Two rollbacks
 * without an id end where they began.
 * @throws {PublishError} as `promote`, or when no model was current before
 */
export async function rollback(store: ObjectStore, buildId?: string, now?: () => Date): Promise<Pointer> {
  const { pointer, problem } = await readPointer(store)
  const target = buildId ?? pointer?.previous[0]
  if (target === undefined)
    throw new PublishError(
      problem ?? (pointer ? `no model was current before ${pointer.buildId}` : 'no model is published yet'),
    )
  return promote(store, target, now)
}
