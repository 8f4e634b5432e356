import type { Config } from '#core/schemas/config.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Part, Prepared, Trained } from '../nouns.ts'
import { trainAls } from './als.ts'
import { likesOf } from './likes.ts'
import { trainPopularity } from './popularity.ts'
import { trainContent } from './tf-idf.ts'

export interface TrainConfig {
  model: Config['model']
  seed: number
}

/**
 * Learn all that is published of the items, from the ratings in the given parts of the split and the movies' texts.
 * @throws as `trainAls`
 */
export async function train(
  { catalog, interactions }: Prepared,
  parts: readonly Part[],
  { model, seed }: TrainConfig,
  handles: StepHandles,
): Promise<Trained> {
  const numItems = catalog.movieIds.length
  const likes = likesOf(interactions, parts, model.likedFrom)
  handles.log.info(`train: ${likes.indices.length} likes, ${numItems} movies, ${model.cf.factors} factors`)
  const { itemFactors, losses } = await trainAls(likes, numItems, model.cf, seed, handles)
  const content = trainContent(catalog, model.content)
  const popularity = trainPopularity(interactions, numItems, parts, model.likedFrom, model.popularity)
  return { factors: model.cf.factors, itemFactors, content, popularity, losses }
}
