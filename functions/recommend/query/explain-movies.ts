import type { History } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import type { Intent } from '#core/schemas/intent.ts'
import { normalizersOf } from '../blend.ts'
import { type Facts, factsOf } from './facts.ts'
import { viewerOf } from './viewer.ts'

/** What may be said of movies to a viewer who asked for nothing in particular: their taste, and what the movies are. */
export function factsForViewer(
  itemIndices: readonly number[],
  history: History,
  language: Intent['language'],
  model: Model,
): Facts[] {
  const viewer = viewerOf(history, model)
  const because = viewer?.because(
    itemIndices,
    normalizersOf(viewer.sources, new Uint8Array(model.catalog.numItems), model.kernels),
    language,
  )
  return itemIndices.map((itemIndex, at) => factsOf(itemIndex, {}, because?.[at] ?? [], language, model))
}
