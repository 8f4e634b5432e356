import type { ModelConfig } from '#core/schemas/config.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Interactions, Part, Trained } from '../nouns.ts'
import { likesOf } from './likes.ts'
import { trainRatings } from './stars/ratings.ts'

export interface StarsInput {
  interactions: Interactions
  numItems: number
  /** of the split, to learn from */
  parts: readonly Part[]
  model: Pick<ModelConfig, 'stars'>
  seed: number
}

/**
 * Predicted stars, learned from every rating of the parts, liked or not; null with `none`, and where all ratings are the
 * same: such data has likes, no stars.
 * @throws as `trainRatings`
 */
export async function trainStars(
  { interactions, numItems, parts, model, seed }: StarsInput,
  handles: StepHandles,
  threads: number,
): Promise<Trained['stars']> {
  const { type, ...options } = model.stars
  if (type === 'none') return null
  const ratings = likesOf(interactions, parts, Number.NEGATIVE_INFINITY)
  if (ratings.ratings.every((stars) => stars === ratings.ratings[0])) {
    handles.log.info('train: every rating is the same, so no stars are predicted')
    return null
  }
  return (await trainRatings(ratings, numItems, options, seed, handles, threads)).model
}
