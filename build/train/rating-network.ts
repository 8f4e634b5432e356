import type { ModelConfig } from '#core/schemas/config.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Catalog, Interactions, Part, TermMatrix, TrainedStarNetwork } from '../nouns.ts'
import { openCheckpoint } from './checkpoint.ts'
import { likesOf } from './likes.ts'
import { NETWORK_PROGRESS } from './neural/learn-by-epoch.ts'
import { toldOf, toldRows } from './neural/rating/told.ts'
import { trainRatingNetwork } from './neural/rating/train-rating-network.ts'

export interface RatingNetworkInput {
  catalog: Catalog
  interactions: Interactions
  /** of the split, to learn from */
  parts: readonly Part[]
  content: TermMatrix
  model: Pick<ModelConfig, 'ratingNetwork'>
  seed: number
}

export interface LearnedRatingNetwork {
  /** the whole way: both shares are 1 */
  network: TrainedStarNetwork
  /** that it was learned in */
  epochs: number
}

/** Ratings of one user that a network is to be kept by the best epoch of. */
interface Asked {
  userIndex: number
  itemIndices: ArrayLike<number>
  /** stars */
  ratings: ArrayLike<number>
}

/**
 * A network that predicts stars, learned from every rating of the parts; null where all are the same: such data has no stars.
 * @param judged the epoch is kept that predicts these best; none: the last one
 * @throws as `trainRatingNetwork`
 */
export async function trainStarNetwork(
  { catalog, interactions, parts, content, model, seed }: RatingNetworkInput,
  judged: readonly Asked[],
  handles: StepHandles,
  { threads, checkpointFile, resume }: { threads: number; checkpointFile: string; resume: boolean },
): Promise<LearnedRatingNetwork | null> {
  const { type: _, buckets, ...options } = model.ratingNetwork
  const ratings = likesOf(interactions, parts, Number.NEGATIVE_INFINITY)
  if (ratings.ratings.every((stars) => stars === ratings.ratings[0])) return null
  const sources = { catalog, content, buckets, seed }
  const problem = { ratings, numItems: catalog.movieIds.length, told: toldOf(sources) }
  const asked = judged.map(({ userIndex, itemIndices }) => ({ user: userIndex, items: itemIndices, places: null }))
  const { network, weights, losses } = await trainRatingNetwork(problem, options, seed, handles, {
    threads,
    checkpoint: openCheckpoint(checkpointFile, NETWORK_PROGRESS, { resume, log: handles.log }),
    ...(judged.length > 0 && { judge: async (session) => rmseOf(await session.predict(asked), judged) }),
  })
  const told = toldRows(weights, options.width, sources)
  return { network: { ...network, shares: { known: 1, told: 1 }, told }, epochs: losses.length }
}

function rmseOf(predicted: Float32Array[], judged: readonly Asked[]): number {
  let squares = 0
  let count = 0
  for (const [number, { ratings }] of judged.entries()) {
    for (let at = 0; at < ratings.length; at++) squares += (predicted[number]![at]! - ratings[at]!) ** 2
    count += ratings.length
  }
  return Math.sqrt(squares / count)
}
