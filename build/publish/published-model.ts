import { createHash } from 'node:crypto'
import { Manifest } from '#core/schemas/manifest.ts'
import { formatProblem } from './format-problem.ts'
import type { ObjectStore } from './object-store.ts'

/** Publishing or rolling back was refused or failed; the pointer stands where it stood. */
export class PublishError extends Error {
  override name = 'PublishError'
}

/** A published model is not whole, or none that this version knows; the store itself answers. */
export class BrokenModelError extends PublishError {
  override name = 'BrokenModelError'
}

/** `models/<buildId>/<name>` */
export function modelKey(buildId: string, name: string): string {
  return `models/${buildId}/${name}`
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/**
 * Everything that is wrong with a published model, each as one phrase naming the object; an empty list means
 * that a Worker of this code can open it. Reads every byte, since a size alone does not show a damaged file.
 */
export async function problemsOf(store: ObjectStore, buildId: string): Promise<string[]> {
  const key = modelKey(buildId, 'manifest.json')
  const bytes = await store.get(key)
  if (bytes === null) return [`${key} is missing`]
  const { manifest, problem } = readManifest(bytes)
  if (manifest === null) return [`${key} is no manifest that this version knows (${problem})`]
  if (manifest.buildId !== buildId) return [`${key} is of build ${manifest.buildId}`]

  const problems: string[] = []
  for (const [name, expected] of Object.entries(manifest.files)) {
    const file = await store.get(modelKey(buildId, name))
    const found = fileProblem(file, expected) ?? (file && formatProblem(file))
    if (found !== null) problems.push(`${modelKey(buildId, name)} ${found}`)
  }
  return problems
}

/** What is wrong with one file read back, as a phrase; null when it is as the manifest says. */
export function fileProblem(bytes: Uint8Array | null, expected: { sizeBytes: number; sha256: string }): string | null {
  if (bytes === null) return 'is missing'
  if (bytes.length !== expected.sizeBytes) return `has ${bytes.length} bytes, expected ${expected.sizeBytes}`
  const found = sha256(bytes)
  return found === expected.sha256 ? null : `has SHA-256 ${found}, expected ${expected.sha256}`
}

/** The manifest, or why the bytes are none that this version knows. */
export function readManifest(bytes: Uint8Array): { manifest: Manifest | null; problem: string } {
  try {
    const parsed = Manifest.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
    if (parsed.success) return { manifest: parsed.data, problem: '' }
    const { path, message } = parsed.error.issues[0]!
    return { manifest: null, problem: `${path.join('.')}: ${message}` }
  } catch {
    return { manifest: null, problem: 'not JSON' }
  }
}
