import { residentFiles } from './model.ts'
import type { Manifest } from './schemas/manifest.ts'

/**
 * Resident files of all models together, of an isolate's 128 MB: what is left holds the factors' copies in WASM memory,
 * the requests, and one more model while the pointer moves.
 */
export const RESIDENT_BUDGET_BYTES = 80_000_000

/** Bytes that an isolate keeps of a model. */
export function residentBytes({ files, card }: Pick<Manifest, 'files' | 'card'>): number {
  return residentFiles(card.model).reduce((sum, file) => sum + (files[file]?.sizeBytes ?? 0), 0)
}

export function megabytes(sizeBytes: number): string {
  return `${(sizeBytes / 1e6).toFixed(1)} MB`
}
