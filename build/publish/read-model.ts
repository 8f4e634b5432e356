import type { Manifest } from '#core/schemas/manifest.ts'
import type { ArtifactFiles } from '../nouns.ts'
import type { ObjectStore } from './object-store.ts'
import { BrokenModelError, fileProblem, modelKey, readManifest } from './published-model.ts'

export interface StoredFiles {
  manifest: Manifest
  files: ArtifactFiles
}

/**
 * A published model's bytes, each file held to its SHA-256 as a Worker does it.
 * @throws {BrokenModelError} naming what is missing or altered
 */
export async function readStoredModel(store: ObjectStore, buildId: string): Promise<StoredFiles> {
  const key = modelKey(buildId, 'manifest.json')
  const bytes = await store.get(key)
  if (bytes === null)
    throw new BrokenModelError(`${key} is missing: "marquee models list" shows which models there are`)
  const { manifest, problem } = readManifest(bytes)
  if (manifest === null) throw new BrokenModelError(`${key} is no manifest that this version knows (${problem})`)
  const files: ArtifactFiles = new Map()
  await Promise.all(
    Object.entries(manifest.files).map(async ([name, expected]) => {
      const found = await store.get(modelKey(buildId, name))
      const fault = fileProblem(found, expected)
      if (fault !== null) throw new BrokenModelError(`${modelKey(buildId, name)} ${fault}`)
      files.set(name, found!)
    }),
  )
  return { manifest, files }
}
