import type { ModelConfig } from '#core/schemas/config.ts'
import type { StepHandles } from '../io/handles.ts'
import { type FoldInWeights, type Interactions, PART, type Part, type Trained } from '../nouns.ts'
import { trainAls } from './als/als.ts'
import { ALS_STATE, type Likes } from './als/als-problem.ts'
import { trainBpr } from './bpr.ts'
import { openCheckpoint } from './checkpoint.ts'
import type { TrainDevice } from './device.ts'
import { likesOf } from './likes.ts'
import { openJudge } from './rank/judge.ts'

export interface Factors extends Pick<Trained, 'factors' | 'itemFactors' | 'losses' | 'foldIn' | 'tower'> {
  /** as Trained has it; null where the cold movies are still to be placed */
  placedByTexts: Uint8Array | null
}

/** Of factors that histories are folded into. */
export const NO_TOWER = { tower: null, placedByTexts: null } as const

export interface TrainOptions {
  device: TrainDevice
  /** where a long training leaves its state */
  checkpointFile: string
  /** go on from there */
  resume: boolean
}

export interface FactorsInput {
  interactions: Interactions
  numItems: number
  /** of the split, to learn from */
  parts: readonly Part[]
  model: ModelConfig
  seed: number
}

/**
 * Item factors by the learner that is configured. With `patience`, and the validation part not among those to learn
 * from, ALS finds out after how many iterations training ends.
 * @throws as `trainAls` and `trainBpr`
 */
export async function trainFactors(input: FactorsInput, handles: StepHandles, options: TrainOptions): Promise<Factors> {
  const { interactions, numItems, parts, model, seed } = input
  const { cf } = model
  const { threads } = options.device
  const likes = likesOf(interactions, parts, model.likedFrom)
  handles.log.info(`train: ${likes.indices.length} likes, ${numItems} movies, ${cf.factors} factors by ${cf.type}`)
  if (cf.type === 'bpr') {
    const { itemFactors, losses } = await trainBpr(
      likes,
      numItems,
      { factors: cf.factors, ...cf.bpr },
      seed,
      handles,
      threads,
    )
    return { ...NO_TOWER, factors: cf.factors, itemFactors, losses, foldIn: foldInWeights(null, numItems, cf) }
  }
  const wantsJudge = cf.patience !== null && !parts.includes(PART.validation)
  const judge = wantsJudge ? openJudge({ interactions, numItems, model, seed }, handles.signal, threads) : null
  try {
    const { itemFactors, losses } = await trainAls(likes, numItems, cf, seed, handles, {
      threads,
      open: options.device.openAls,
      checkpoint: openCheckpoint(options.checkpointFile, ALS_STATE, { resume: options.resume, log: handles.log }),
      ...(judge && { judge: judge.ndcg }),
    })
    return { ...NO_TOWER, factors: cf.factors, itemFactors, losses, foldIn: foldInWeights(likes, numItems, cf) }
  } finally {
    await judge?.close()
  }
}

/**
 * How a history is folded in as ALS would have it: all likes weigh 1 there, so what a like weighed in training on
 * average divides the rest of the system. For factors that no ALS learned it is only where the search for one starts.
 */
export function foldInWeights(likes: Likes | null, numItems: number, cf: ModelConfig['cf']): FoldInWeights {
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
