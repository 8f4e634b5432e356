import type { ModelConfig } from '#core/schemas/config.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Interactions, ItemWeights, Part } from '../nouns.ts'
import { trainEase } from './item-item/ease.ts'
import { trainFsSlim } from './item-item/fs-slim.ts'
import { trainItemKnn } from './item-item/item-knn.ts'
import { likesOf } from './likes.ts'

export interface NeighboursInput {
  interactions: Interactions
  numItems: number
  /** of the split, to learn from */
  parts: readonly Part[]
  model: ModelConfig
}

/**
 * Item–item weights by the learner that is configured; no entries with `none`. Every like weighs the same here: its age
 * counts when a history is scored.
 * @throws as `trainEase`, `trainFsSlim` and `trainItemKnn`
 */
export async function trainNeighbours(
  { interactions, numItems, parts, model }: NeighboursInput,
  handles: StepHandles,
  threads: number,
): Promise<ItemWeights> {
  const { type, ease, fsSlim, itemKnn } = model.neighbours
  const likes = likesOf(interactions, parts, model.likedFrom)
  switch (type) {
    case 'ease':
      return trainEase(likes, numItems, ease, handles, threads)
    case 'fsSlim':
      return trainFsSlim(likes, numItems, fsSlim, handles, threads)
    case 'itemKnn':
      return trainItemKnn(likes, numItems, { ...itemKnn, maxItems: null }, handles, threads)
    case 'none':
      return { indptr: new Uint32Array(numItems + 1), indices: new Int32Array(0), weights: new Float32Array(0) }
  }
}
