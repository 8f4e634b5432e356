import type { ItemWeights } from '../../build/nouns.ts'
import type { SparseRows } from '../../build/train/sparse-rows.ts'

/** Histories that say nothing of what comes next, by what they are, and of how many items. */
export const NO_HISTORIES: [what: string, histories: SparseRows, numItems: number][] = [
  ['no users', { indptr: Uint32Array.of(0), indices: new Int32Array(0) }, 3],
  ['no histories', { indptr: Uint32Array.of(0, 0, 0), indices: new Int32Array(0) }, 3],
  ['no items', { indptr: Uint32Array.of(0, 0), indices: new Int32Array(0) }, 0],
  ['histories of one item', { indptr: Uint32Array.of(0, 1, 2), indices: Int32Array.of(1, 2) }, 3],
]

/** What is learned from them at a scale. */
export function noWeights(numItems: number): ItemWeights {
  return { indptr: new Uint32Array(numItems + 1), indices: new Int32Array(0), weights: new Float32Array(0) }
}
