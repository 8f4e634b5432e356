import type { Config } from '#core/schemas/config.ts'
import type { StepHandles } from '../io/handles.ts'
import { type FoldInWeights, PART, type Part, type Prepared, type Trained } from '../nouns.ts'
import { trainAls } from './als/als.ts'
import type { Likes } from './als/als-problem.ts'
import { openCheckpoint } from './checkpoint.ts'
import type { TrainDevice } from './device.ts'
import { likesOf } from './likes.ts'
import { trainPopularity } from './popularity.ts'
import { openJudge } from './rank/judge.ts'
import { trainContent } from './tf-idf.ts'

export { type Device, openDevice } from './device.ts'

export interface TrainConfig {
  model: Config['model']
  seed: number
  /** item factors that another engine learned; null to learn them here */
  imported?: Pick<Trained, 'factors' | 'itemFactors'> | null
}

export interface TrainOptions {
  device: TrainDevice
  /** where a long training leaves its state */
  checkpointFile: string
  /** go on from there */
  resume: boolean
}

/**
 * Learn all that is published of the items, from the ratings in the given parts of the split and the movies' texts.
 * With `patience`, and the validation part not among these, it says after how many iterations training ends.
 * @throws as `trainAls`
 */
export async function train(
  { catalog, interactions }: Prepared,
  parts: readonly Part[],
  { model, seed, imported }: TrainConfig,
  handles: StepHandles,
  options: TrainOptions,
): Promise<Trained> {
  const numItems = catalog.movieIds.length
  const learn = async () => {
    const { cf } = model
    const likes = likesOf(interactions, parts, model.likedFrom)
    handles.log.info(`train: ${likes.indices.length} likes, ${numItems} movies, ${cf.factors} factors`)
    const { device, checkpointFile, resume } = options
    const judge =
      cf.patience !== null && !parts.includes(PART.validation)
        ? openJudge({ interactions, numItems, model, seed }, handles.signal, device.threads)
        : null
    try {
      const { itemFactors, losses } = await trainAls(likes, numItems, cf, seed, handles, {
        threads: device.threads,
        open: device.openAls,
        checkpoint: openCheckpoint(checkpointFile, { resume, log: handles.log }),
        ...(judge && { judge: judge.ndcg }),
      })
      return { factors: cf.factors, itemFactors, losses, foldIn: foldInWeights(likes, numItems, cf) }
    } finally {
      await judge?.close()
    }
  }
  const { cf } = model
  const learned = imported ? { ...imported, losses: [], foldIn: foldInWeights(null, numItems, cf) } : await learn()
  const content = trainContent(catalog, model.content)
  const popularity = trainPopularity(interactions, numItems, parts, model.likedFrom, model.popularity)
  return { ...learned, content, popularity }
}

/**
 * How a history is folded in as training would have it: all likes weigh 1 there, so what a like weighed in training on
 * average divides the rest of the system.
 */
function foldInWeights(likes: Likes | null, numItems: number, cf: Config['model']['cf']): FoldInWeights {
  const { confidence, alpha, unobservedWeight, regularization, regularizationExponent } = cf
  const stars = likes && likes.ratings.length > 0 ? mean(likes.ratings) : 1
  const weight = confidence === 'constant' ? 1 : (confidence === 'linear' ? 1 : 0) + alpha * stars - unobservedWeight
  return {
    unobservedWeight: unobservedWeight / weight,
    unobservedMass: unobservedWeight * numItems,
    regularization: regularization / weight,
    regularizationExponent,
  }
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
