import type { NextScaleIndex } from '../scoring/next-scores.ts'
import { openNeighbours } from './neighbours.ts'

export type NextFile = `next-${number}.arrow`

/** Each scale's weights are a table like neighbours.arrow, in a file of its own. */
export function nextFile(scale: number): NextFile {
  return `next-${scale + 1}.arrow`
}

/** What a scale remembers of a history; travels in the manifest, as its weights mean nothing without it. */
export type NextMemory = Pick<NextScaleIndex, 'length' | 'recencyHalfLife'>

/**
 * @param files bytes of `nextFile(scale)` for each scale
 * @throws {ArtifactError} naming the file, when its table is not sound
 */
export function openNext(files: readonly Uint8Array[], memories: readonly NextMemory[]): NextScaleIndex[] {
  return memories.map((memory, scale) => ({ ...memory, weights: openNeighbours(files[scale]!, nextFile(scale)) }))
}
