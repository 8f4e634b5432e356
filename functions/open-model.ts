import { ArtifactError } from '#core/format/open-table.ts'
import type { Source } from '#core/format/segments.ts'
import serveModule from '#core/kernels/serve.wasm'
import { type Model, openModel, type ResidentFile, residentFiles } from '#core/model.ts'
import { Manifest, Pointer } from '#core/schemas/manifest.ts'
import { type Env, settingsOf } from './env.ts'
import { sha256 } from './sha256.ts'

/** The model that answers, with what was published about it. */
export interface ServedModel {
  modelId: string
  publishedAt: string
  manifest: Manifest
  model: Model
}

/** No model has been opened yet, and opening one failed. */
export class NotReadyError extends Error {
  override name = 'NotReadyError'
}

// one model an isolate, read-only; swapped as a whole when the pointer moves
let served: ServedModel | null = null
let problem: string | null = null
let checkedAt = 0
let opening: Promise<void> | null = null

/**
 * The model to answer with. The first call waits for it; later ones answer at once and look at the pointer
 * in the background every POINTER_CHECK_SECONDS. A model that is refused leaves the one before in place.
 * @throws {NotReadyError} when there is none at all
 */
export async function currentModel(env: Env, context: Pick<ExecutionContext, 'waitUntil'>): Promise<ServedModel> {
  const due = Date.now() - checkedAt >= settingsOf(env).pointerCheckMs
  if (!opening && (due || !served)) {
    checkedAt = Date.now()
    opening = refresh(env.MODELS).finally(() => {
      opening = null
    })
    context.waitUntil(opening)
  }
  if (!served) await opening
  if (!served) throw new NotReadyError(problem ?? 'no model is open')
  return served
}

/** Looks at the pointer now, whatever the interval. */
export async function readiness(env: Env): Promise<{ modelId: string | null; problem: string | null }> {
  checkedAt = Date.now()
  await refresh(env.MODELS)
  return { modelId: served?.modelId ?? null, problem }
}

async function refresh(bucket: R2Bucket): Promise<void> {
  try {
    const pointer = Pointer.parse(await readJson(bucket, 'models/current.json'))
    if (served?.modelId === pointer.buildId) served = { ...served, publishedAt: pointer.publishedAt }
    else served = await open(bucket, pointer)
    problem = null
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error)
    console.error(JSON.stringify({ event: 'model refused', problem, serving: served?.modelId ?? null }))
  }
}

async function open(bucket: R2Bucket, pointer: Pointer): Promise<ServedModel> {
  const folder = `models/${pointer.buildId}`
  const manifest = Manifest.parse(await readJson(bucket, `${folder}/manifest.json`))
  const resident = new Map<ResidentFile, Uint8Array>()
  await Promise.all(
    residentFiles(manifest.card.model).map(async (file) => {
      resident.set(file, await readChecked(bucket, `${folder}/${file}`, manifest.files[file]?.sha256))
    }),
  )
  const model = openModel({
    read: (file) => resident.get(file)!,
    source: (file) => rangeSource(bucket, `${folder}/${file}`),
    sha256,
    serveModule,
    settings: manifest.card.model,
  })
  return { modelId: pointer.buildId, publishedAt: pointer.publishedAt, manifest, model }
}

async function readJson(bucket: R2Bucket, key: string): Promise<unknown> {
  const object = await bucket.get(key)
  if (!object) throw new ArtifactError(`${key}: not in the bucket`)
  return object.json()
}

async function readChecked(bucket: R2Bucket, key: string, expected: string | undefined): Promise<Uint8Array> {
  if (!expected) throw new ArtifactError(`${key}: the manifest does not list it`)
  const object = await bucket.get(key)
  if (!object) throw new ArtifactError(`${key}: not in the bucket`)
  const bytes = new Uint8Array(await object.arrayBuffer())
  const found = await sha256(bytes)
  if (found !== expected) throw new ArtifactError(`${key}: SHA-256 is ${found}, the manifest says ${expected}`)
  return bytes
}

function rangeSource(bucket: R2Bucket, key: string): Source {
  return {
    async slice(start, end) {
      const object = await bucket.get(key, { range: { offset: start, length: end - start } })
      if (!object) throw new ArtifactError(`${key}: not in the bucket`)
      return new Uint8Array(await object.arrayBuffer())
    },
  }
}
