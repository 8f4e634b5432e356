import type { ObjectStore } from './object-store.ts'
import { readPointer } from './pointer.ts'

/** One published model, as `models list` shows it. */
export interface ListedModel {
  buildId: string
  sizeBytes: number
  current: boolean
  /** ISO time of its manifest's upload; null when it has none, so that it cannot be gone to */
  publishedAt: string | null
}

/** Every model in the store, the latest upload first. */
export async function listModels(store: ObjectStore): Promise<ListedModel[]> {
  return (await storedModels(store)).map(({ keys: _, touchedAt: _at, ...model }) => model)
}

/** The same, with what it is made of. */
export interface StoredModel extends ListedModel {
  keys: string[]
  /** ISO time of the last upload of any of its files */
  touchedAt: string
}

export async function storedModels(store: ObjectStore): Promise<StoredModel[]> {
  const { pointer } = await readPointer(store)
  const models = new Map<string, StoredModel>()
  for (const { key, sizeBytes, uploadedAt } of await store.list('models/')) {
    const [, buildId, name] = /^models\/([0-9a-f]{16})\/(.+)$/.exec(key) ?? []
    if (buildId === undefined) continue
    const current = pointer?.buildId === buildId
    const model = models.get(buildId) ?? { buildId, sizeBytes: 0, current, publishedAt: null, keys: [], touchedAt: '' }
    model.sizeBytes += sizeBytes
    model.keys.push(key)
    if (uploadedAt > model.touchedAt) model.touchedAt = uploadedAt
    if (name === 'manifest.json') model.publishedAt = uploadedAt
    models.set(buildId, model)
  }
  return [...models.values()].sort((a, b) => (b.publishedAt ?? '').localeCompare(a.publishedAt ?? ''))
}
