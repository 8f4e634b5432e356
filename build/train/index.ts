import type { Config } from '#core/schemas/config.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Part, PreparedRatings, Trained } from '../nouns.ts'
import { placeColdItems } from './cold-items.ts'
import type { Embeddings } from './embeddings/embed-texts.ts'
import { type Factors, foldInWeights, NO_TOWER, type TrainOptions, trainFactors } from './factors.ts'
import { trainNeighbours } from './neighbours.ts'
import { trainNext } from './next.ts'
import { trainPlacement } from './placement.ts'
import { trainPopularity } from './popularity.ts'
import { trainStars } from './stars.ts'
import { trainContent } from './tf-idf.ts'
import { trainTwoTowers } from './two-tower.ts'

export { asDrafted } from './as-drafted.ts'
export { type Device, openDevice } from './device.ts'
export { type Embeddings, embedTexts, hashSentenceModel } from './embeddings/embed-texts.ts'
export type { TrainOptions } from './factors.ts'
export { trainNeighbours } from './neighbours.ts'
export { PAIR_NETWORKS, type PairNetwork, trainNeuralCf } from './neural-cf.ts'
export { type PlacementInput, placedStars, trainPlacement } from './placement.ts'
export { type LearnedRatingNetwork, type RatingNetworkInput, trainStarNetwork } from './rating-network.ts'
export { trainStars } from './stars.ts'
export { trainContent } from './tf-idf.ts'

export interface TrainConfig {
  model: Config['model']
  seed: number
  /** item factors that another engine learned; null to learn them here */
  imported?: Pick<Trained, 'factors' | 'itemFactors'> | null
  /** of the movies' texts; null without */
  embeddings?: Embeddings | null
  /** of another training on the same catalogue, as it is the same for all parts; made here when not given */
  content?: Trained['content']
}

/**
 * Learn all that is published of the items, from the ratings in the given parts of the split and the movies' texts.
 * @throws as `trainFactors`
 */
export async function train(
  { catalog, interactions }: PreparedRatings,
  parts: readonly Part[],
  { model, seed, imported, embeddings = null, content = trainContent(catalog, model.content) }: TrainConfig,
  handles: StepHandles,
  options: TrainOptions,
): Promise<Trained> {
  const numItems = catalog.movieIds.length
  const learned: Factors = imported
    ? { ...NO_TOWER, ...imported, losses: [], foldIn: foldInWeights(null, numItems, model.cf) }
    : model.cf.type === 'two_tower'
      ? await trainTwoTowers({ catalog, interactions, parts, model, content, embeddings, seed }, handles, options)
      : await trainFactors({ interactions, numItems, parts, model, seed }, handles, options)
  const next = await trainNext({ interactions, numItems, parts, model }, handles, options.device.threads)
  const neighbours = await trainNeighbours({ interactions, numItems, parts, model }, handles, options.device.threads)
  const stars = await trainStars({ interactions, numItems, parts, model, seed }, handles, options.device.threads)
  const known = { content, years: catalog.years, embeddings }
  const placed = learned.placedByTexts
    ? { placedByTexts: learned.placedByTexts }
    : await placeColdItems(learned.itemFactors, learned.factors, known, model.cf.coldItems, handles)
  const { itemFactors, factors } = learned
  const placement =
    stars &&
    (await trainPlacement({ itemFactors, factors, stars, content, catalog, interactions, parts }, model, handles))
  const popularity = trainPopularity(interactions, numItems, parts, model.likedFrom, model.popularity)
  return { ...learned, ...placed, next, neighbours, stars, placement, content, popularity }
}
