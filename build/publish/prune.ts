import { type ListedModel, storedModels } from './list-models.ts'
import type { ObjectStore } from './object-store.ts'
import { readPointer } from './pointer.ts'
import { modelKey, PublishError } from './published-model.ts'

/** Isolates may still hold a model that was current so long ago, and a publication may be under way. */
const YOUNG_MS = 86_400_000
/** Where an experiment says which models it serves side by side. */
const EXPERIMENT_KEY = 'experiments/current.json'

export interface PruneOptions {
  /** models that stay in all, the latest first */
  keep: number
  /** also those of the last day */
  force?: boolean
  /** only say what would go */
  dryRun?: boolean
  now?: () => Date
}

export interface Pruned {
  removed: Pick<ListedModel, 'buildId' | 'sizeBytes'>[]
  /** keys of unfinished uploads that were ended */
  abandoned: string[]
}

/**
 * Remove old models. The current one stays whatever the number, the one before it, those of a running experiment, and
 * those of the last day. What a killed publication left goes once it is a day old. A manifest goes before its files: a
 * model half removed is one that nobody can go back to.
 * @throws {PublishError} when the pointer cannot be read: then nobody knows what is in use
 */
export async function prune(store: ObjectStore, options: PruneOptions): Promise<Pruned> {
  const { keep, force = false, dryRun = false, now = () => new Date() } = options
  const { pointer, problem } = await readPointer(store)
  if (problem !== null) throw new PublishError(`${problem}; nothing is removed until "marquee models promote" mends it`)
  const inUse = new Set([pointer?.buildId, pointer?.previous[0], ...(await experimentModels(store))])
  const dayAgo = new Date(now().getTime() - YOUNG_MS)
  const models = await storedModels(store)
  // the models in use count among the kept ones, wherever they stand
  const spare = Math.max(0, keep - models.filter(({ buildId }) => inUse.has(buildId)).length)
  const others = models.filter(({ buildId }) => !inUse.has(buildId))
  const complete = others.filter(({ publishedAt }) => publishedAt !== null)
  const old = [...complete.slice(spare), ...others.filter(({ publishedAt }) => publishedAt === null)].filter(
    ({ touchedAt }) => force || touchedAt < dayAgo.toISOString(),
  )
  if (!dryRun) {
    for (const { buildId, keys } of old) {
      const manifest = modelKey(buildId, 'manifest.json')
      for (const key of [manifest, ...keys.filter((key) => key !== manifest)]) await store.delete(key)
    }
  }
  const abandoned = dryRun ? [] : ((await store.abandonUploads?.('models/', dayAgo)) ?? [])
  return { removed: old.map(({ buildId, sizeBytes }) => ({ buildId, sizeBytes })), abandoned }
}

/** Every build id that the experiment's file names, whatever else stands in it. */
async function experimentModels(store: ObjectStore): Promise<string[]> {
  const bytes = await store.get(EXPERIMENT_KEY)
  return bytes === null ? [] : (new TextDecoder().decode(bytes).match(/\b[0-9a-f]{16}\b/g) ?? [])
}
