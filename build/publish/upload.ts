import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { StepHandles } from '../io/handles.ts'
import type { ExportedModel } from '../nouns.ts'
import type { ObjectStore } from './object-store.ts'
import { POINTER_KEY } from './pointer.ts'
import { fileProblem, modelKey, PublishError, problemsOf, readManifest, sha256 } from './published-model.ts'

/** Files in flight at once: enough to hide the wait for a remote store, few enough to hold in memory. */
const PARALLEL_UPLOADS = 4

type Expected = { sizeBytes: number; sha256: string }

/**
 * Put a model into the store, and leave the pointer where it is: files first, then the manifest, each read back and held
 * to its SHA-256. What the store gives back as it should be is not sent again.
 * @throws {PublishError} when the folder is not what its manifest says, when the store gives back other bytes, or has
 * another model whole under this id: two kinds of processors learn the same model with last bits that differ
 */
export async function upload(model: ExportedModel, store: ObjectStore, handles: StepHandles): Promise<void> {
  const manifest = await readFolderManifest(model)
  await refuseAnother(model.buildId, manifest.bytes, store)
  const listed = await store.list(modelKey(model.buildId, ''))
  const stored = new Map(listed.map(({ key, sizeBytes }) => [key, sizeBytes]))
  const send = async (name: string, bytes: Uint8Array, expected: Expected) => {
    const key = modelKey(model.buildId, name)
    // bytes, not an ETag: that is of what once came in, and does not tell of damage since
    const isThere = stored.get(key) === bytes.length && fileProblem(await store.get(key), expected) === null
    if (!isThere) await putChecked(store, key, bytes, expected)
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
}

/** A published model is immutable: isolates may hold half of it. One that is damaged is sent again. */
async function refuseAnother(buildId: string, bytes: Uint8Array, store: ObjectStore): Promise<void> {
  const stored = await store.get(modelKey(buildId, 'manifest.json'))
  if (stored === null || sha256(stored) === sha256(bytes) || (await problemsOf(store, buildId)).length > 0) return
  throw new PublishError(
    `${modelKey(buildId, '')} is published already, with other bytes: it was built on another kind of processor. ` +
      'Promote that one with "marquee models promote", or tell the two apart by experiment.notes in the configuration',
  )
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
