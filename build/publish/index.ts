import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pointer } from '#core/schemas/manifest.ts'
import type { StepHandles } from '../io/handles.ts'
import type { ExportedModel } from '../nouns.ts'
import type { ObjectStore } from './object-store.ts'
import { movePointer, POINTER_KEY, readPointer } from './pointer.ts'
import { fileProblem, modelKey, PublishError, problemsOf, readManifest, sha256 } from './published-model.ts'

/** Files in flight at once: enough to hide the wait for a remote store, few enough to hold in memory. */
const PARALLEL_UPLOADS = 4

type Expected = { sizeBytes: number; sha256: string }

/**
 * Upload a model and make it current: files first, then its manifest, each read back and held to its
 * SHA-256, then the pointer in one put. Stopped anywhere before that, the old pointer stands. What is in the
 * store already is not sent again, and a model that is current already leaves the pointer as it is.
 * @returns the pointer as it stands now
 * @throws {PublishError} when the folder is not what its manifest says, when the store gives back other bytes, or has
 * another model whole under this id: two kinds of processors learn the same model with last bits that differ
 */
export async function publish(
  model: ExportedModel,
  store: ObjectStore,
  handles: StepHandles,
  now: () => Date = () => new Date(),
): Promise<Pointer> {
  const manifest = await readFolderManifest(model)
  await refuseAnother(model.buildId, manifest.bytes, store)
  const stored = new Map((await store.list(modelKey(model.buildId, ''))).map((object) => [object.key, object]))
  const send = async (name: string, bytes: Uint8Array, expected: Expected) => {
    const key = modelKey(model.buildId, name)
    const object = stored.get(key)
    if (object?.sizeBytes !== bytes.length || object.md5 !== md5(bytes)) await putChecked(store, key, bytes, expected)
  }

  let done = 0
  await inParallel(manifest.files, PARALLEL_UPLOADS, handles.signal, async ([name, expected]) => {
    const file = join(model.folder, name)
    const bytes = await readExported(file)
    const problem = fileProblem(bytes, expected)
    if (problem !== null) throw new PublishError(`${file} ${problem}; export the model again`)
    await send(name, bytes, expected)
    handles.progress.update('publish', ++done, manifest.files.length)
  })
  handles.signal.throwIfAborted()
  const { bytes } = manifest
  await send('manifest.json', bytes, { sizeBytes: bytes.length, sha256: sha256(bytes) })

  const { pointer, problem } = await readPointer(store)
  if (problem !== null) handles.log.warn(`publish: ${problem}; it is written anew`)
  handles.signal.throwIfAborted()
  if (pointer?.buildId === model.buildId) {
    handles.log.debug(`publish: ${model.buildId} is current already`)
    return pointer
  }
  return movePointer(store, pointer, model.buildId, now())
}

/** A published model is immutable: isolates may hold half of it. One that is damaged is sent again. */
async function refuseAnother(buildId: string, bytes: Uint8Array, store: ObjectStore): Promise<void> {
  const stored = await store.get(modelKey(buildId, 'manifest.json'))
  if (stored === null || sha256(stored) === sha256(bytes) || (await problemsOf(store, buildId)).length > 0) return
  throw new PublishError(
    `${modelKey(buildId, '')} is published already, with other bytes: it was built on another kind of processor. ` +
      'Promote that one with "marquee models rollback", or tell the two apart by experiment.notes in the configuration',
  )
}

/** One published model, as `models list` shows it. */
export interface ListedModel {
  buildId: string
  sizeBytes: number
  current: boolean
  /** ISO time of its manifest's upload; null when it has none, so that it cannot be rolled back to */
  publishedAt: string | null
}

/** Every model in the store, the latest upload first. */
export async function listModels(store: ObjectStore): Promise<ListedModel[]> {
  const { pointer } = await readPointer(store)
  const models = new Map<string, ListedModel>()
  for (const { key, sizeBytes, uploadedAt } of await store.list('models/')) {
    const [, buildId, name] = /^models\/([0-9a-f]{16})\/(.+)$/.exec(key) ?? []
    if (buildId === undefined) continue
    const model = models.get(buildId) ?? {
      buildId,
      sizeBytes: 0,
      current: pointer?.buildId === buildId,
      publishedAt: null,
    }
    model.sizeBytes += sizeBytes
    if (name === 'manifest.json') model.publishedAt = uploadedAt
    models.set(buildId, model)
  }
  return [...models.values()].sort((a, b) => (b.publishedAt ?? '').localeCompare(a.publishedAt ?? ''))
}

/**
 * Move the pointer to another published model: the given one, or the one it stood on before. Two rollbacks
 * without an id end where they began.
 * @throws {PublishError} when there is no such model, or it is not complete, naming what is missing or altered
 */
export async function rollback(
  store: ObjectStore,
  buildId?: string,
  now: () => Date = () => new Date(),
): Promise<Pointer> {
  const { pointer, problem } = await readPointer(store)
  const target = buildId ?? pointer?.previous[0]
  if (target === undefined)
    throw new PublishError(
      problem ?? (pointer ? `no model was current before ${pointer.buildId}` : 'no model is published yet'),
    )
  if (!/^[0-9a-f]{16}$/.test(target))
    throw new PublishError(`build id "${target}": expected 16 hexadecimal digits, as "marquee models list" shows them`)

  const problems = await problemsOf(store, target)
  if (problems.length > 0)
    throw new PublishError(`cannot roll back to ${target}: ${problems.join('; ')}. The current model stays.`)
  if (pointer?.buildId === target) return pointer
  return movePointer(store, pointer, target, now())
}

/** The folder's manifest as bytes, and the files it names. */
async function readFolderManifest(model: ExportedModel): Promise<{ files: [string, Expected][]; bytes: Uint8Array }> {
  const file = join(model.folder, 'manifest.json')
  const bytes = await readExported(file)
  const { manifest, problem } = readManifest(bytes)
  if (manifest === null) throw new PublishError(`${file}: no manifest that this version knows (${problem})`)
  if (manifest.buildId !== model.buildId)
    throw new PublishError(`${file}: found build ${manifest.buildId}, expected build ${model.buildId}`)
  return { files: Object.entries(manifest.files), bytes }
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex')
}

async function readExported(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new PublishError(`${file} cannot be read; export the model again`, { cause })
  }
}

/** Put an object, and hold what the store gives back to the hash. */
async function putChecked(store: ObjectStore, key: string, bytes: Uint8Array, expected: Expected): Promise<void> {
  const contentType = key.endsWith('.json') ? 'application/json' : 'application/vnd.apache.arrow.file'
  await store.put(key, bytes, { contentType })
  const problem = fileProblem(await store.get(key), expected)
  if (problem !== null) throw new PublishError(`${key} ${problem} when read back; ${POINTER_KEY} is left as it was`)
}

/** Run `work` over the items, a few at a time. The first failure stops the rest, and is thrown once all are still. */
async function inParallel<T>(items: T[], width: number, signal: AbortSignal, work: (item: T) => Promise<void>) {
  const queue = [...items]
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      signal.throwIfAborted()
      await work(item).catch((error: unknown) => {
        queue.length = 0
        throw error
      })
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, lane))
  const failed = lanes.find((lane) => lane.status === 'rejected')
  if (failed) throw failed.reason
}
