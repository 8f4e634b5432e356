import type { ModelConfig } from '#core/schemas/config.ts'
import type { Uncompressed } from '../evaluate/index.ts'
import { encodeNeighbours } from '../export/index.ts'
import type { StepHandles } from '../io/handles.ts'
import type { ItemWeights, Part, PreparedRatings, Trained } from '../nouns.ts'
import { trainNeighbours } from '../train/index.ts'

/** Weights kept of a movie where they count as uncut: what they take is bounded, and further ones are next to nothing. */
const UNCUT = 4000

/** What an evaluation learns beside the model, to compare it with. */
export interface Comparison {
  ratings: PreparedRatings
  /** that the model has learned from */
  parts: readonly Part[]
  model: ModelConfig
  threads: number
}

/** The neighbours.arrow of item-kNN as configured; null where the model has these weights itself. */
export async function learnItemKnn(comparison: Comparison, handles: StepHandles): Promise<Uint8Array | null> {
  const { neighbours } = comparison.model
  if (neighbours.type === 'itemKnn') return null
  return encodeNeighbours(await learnNeighbours(comparison, { ...neighbours, type: 'itemKnn' }, handles))
}

/**
 * A model's numbers as they were before the export made them small: factors in float32, every item–item weight. fsSLIM has
 * no others than it gives.
 */
export async function learnUncompressed(
  comparison: Comparison,
  { itemFactors, placedByTexts, foldIn, tower }: Trained,
  handles: StepHandles,
): Promise<Uncompressed> {
  const { neighbours } = comparison.model
  const exact = { itemFactors, placedByTexts, foldIn, tower }
  if (neighbours.type === 'none') return { ...exact, neighbours: null }
  const uncut = {
    ...neighbours,
    ease: { ...neighbours.ease, neighbours: UNCUT },
    itemKnn: { ...neighbours.itemKnn, neighbours: UNCUT },
  }
  return { ...exact, neighbours: await learnNeighbours(comparison, uncut, handles) }
}

function learnNeighbours(
  { ratings: { catalog, interactions }, parts, model, threads }: Comparison,
  neighbours: ModelConfig['neighbours'],
  handles: StepHandles,
): Promise<ItemWeights> {
  const numItems = catalog.movieIds.length
  return trainNeighbours({ interactions, numItems, parts, model: { ...model, neighbours } }, handles, threads)
}
