import { ArtifactError } from '#core/format/open-table.ts'
import serveModule from '#core/kernels/serve.wasm'
import { type Model, openModel, type ResidentFile, residentFiles } from '#core/model.ts'
import { Manifest, Pointer } from '#core/schemas/manifest.ts'
import { cachedRanges } from './cached-ranges.ts'
import { type Env, settingsOf } from './env.ts'
import { refreshExperiment } from './experiment/running.ts'
import { modelOpensTotal } from './metrics/counts.ts'
import { sha256 } from './sha256.ts'
import { within } from './within.ts'

/** Longest wait for the bucket while a model is opened; after it another try is made. */
const OPEN_MS = 15_000

/** A published model, opened. */
export interface OpenedModel {
  modelId: string
  manifest: Manifest
  model: Model
}

/** The model that answers. */
export interface ServedModel extends OpenedModel {
  publishedAt: string
  /** models that answered before it, the newest first */
  previous: readonly string[]
}

/** No model has been opened yet, and opening one failed. */
export class NotReadyError extends Error {
  override name = 'NotReadyError'
}

// one model an isolate, read-only; swapped as a whole when the pointer moves
let served: ServedModel | null = null
let problem: string | null = null
let checkedAt = 0
/** one look at the pointer at a time: two models are in memory only while the second is opened */
let looking: { done: Promise<void>; since: number } | null = null

/**
 * The model to answer with. The first call waits for it; later ones answer at once and look at the pointer
 * in the background every POINTER_CHECK_SECONDS. A model that is refused leaves the one before in place; who has begun
 * with a model goes on with it.
 * @throws {NotReadyError} when there is none at all
 */
export async function currentModel(env: Env, context: Pick<ExecutionContext, 'waitUntil'>): Promise<ServedModel> {
  const due = Date.now() - checkedAt >= settingsOf(env).pointerCheckMs
  if ((due || !served) && !isLooking()) context.waitUntil(look(env.MODELS))
  if (!served) await within(OPEN_MS, looking!.done).catch(() => {})
  if (!served) throw new NotReadyError(problem ?? 'no model is open')
  return served
}

/** What answers now, without a look. */
export function servedNow(): { served: ServedModel | null; problem: string | null } {
  return { served, problem }
}

/** After a look at the pointer, which a model that answers makes needless but every POINTER_CHECK_SECONDS. */
export async function readiness(env: Env): Promise<{ modelId: string | null; problem: string | null }> {
  const due = Date.now() - checkedAt >= settingsOf(env).pointerCheckMs
  // one under way may have read the pointer before it was moved
  if (isLooking()) await within(OPEN_MS, looking!.done).catch(() => {})
  if (due || !served) await look(env.MODELS)
  return { modelId: served?.modelId ?? null, problem }
}

/** Whether a look is under way. One whose request was cancelled never ends, and counts for so long only. */
function isLooking(): boolean {
  return looking !== null && Date.now() - looking.since < OPEN_MS
}

function look(bucket: R2Bucket): Promise<void> {
  checkedAt = Date.now()
  const mine = { done: refresh(bucket), since: checkedAt }
  looking = mine
  return mine.done.finally(() => {
    if (looking === mine) looking = null
  })
}

async function refresh(bucket: R2Bucket): Promise<void> {
  try {
    const pointer = Pointer.parse(await readJson(bucket, 'models/current.json'))
    const { publishedAt, previous } = pointer
    if (served?.modelId === pointer.buildId) served = { ...served, publishedAt, previous }
    else {
      served = await within(OPEN_MS, open(bucket, pointer))
      modelOpensTotal.add({ outcome: 'opened' })
    }
    problem = null
  } catch (error) {
    modelOpensTotal.add({ outcome: 'refused' })
    problem = error instanceof Error ? error.message : String(error)
    console.error(JSON.stringify({ event: 'model refused', problem, serving: served?.modelId ?? null }))
  }
  if (served) await within(OPEN_MS, refreshExperiment(bucket, served, { readManifest, openStored })).catch(() => {})
}

async function open(bucket: R2Bucket, { buildId, publishedAt, previous }: Pointer): Promise<ServedModel> {
  return { ...(await openStored(bucket, buildId, await readManifest(bucket, buildId))), publishedAt, previous }
}

/** @throws {ArtifactError} when there is no such model */
export async function readManifest(bucket: R2Bucket, modelId: string): Promise<Manifest> {
  return Manifest.parse(await readJson(bucket, `models/${modelId}/manifest.json`))
}

/** Any model that is stored, opened. @throws {ArtifactError} when a file is not as its manifest says */
export async function openStored(bucket: R2Bucket, modelId: string, manifest: Manifest): Promise<OpenedModel> {
  const folder = `models/${modelId}`
  const resident = new Map<ResidentFile, Uint8Array>()
  await Promise.all(
    residentFiles(manifest.card.model).map(async (file) => {
      resident.set(file, await readChecked(bucket, `${folder}/${file}`, manifest.files[file]?.sha256))
    }),
  )
  const model = openModel({
    read: (file) => resident.get(file)!,
    source: (file) => cachedRanges(bucket, `${folder}/${file}`),
    sha256,
    serveModule,
    settings: manifest.card.model,
  })
  return { modelId, manifest, model }
}

async function readJson(bucket: R2Bucket, key: string): Promise<unknown> {
  const object = await bucket.get(key)
  if (!object) throw new ArtifactError(`${key}: not in the bucket`)
  return object.json()
}

/** A file of a model, whole. @throws {ArtifactError} when it is not as the manifest says */
export async function readChecked(bucket: R2Bucket, key: string, expected: string | undefined): Promise<Uint8Array> {
  if (!expected) throw new ArtifactError(`${key}: the manifest does not list it`)
  const object = await bucket.get(key)
  if (!object) throw new ArtifactError(`${key}: not in the bucket`)
  const bytes = new Uint8Array(await object.arrayBuffer())
  const found = await sha256(bytes)
  if (found !== expected) throw new ArtifactError(`${key}: SHA-256 is ${found}, the manifest says ${expected}`)
  return bytes
}
