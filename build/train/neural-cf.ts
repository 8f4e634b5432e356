import type { ModelConfig } from '#core/schemas/config.ts'
import { topK } from '#core/scoring/top-k.ts'
import type { StepHandles } from '../io/handles.ts'
import { type LikesInput, likesToTell } from './neural/likes-to-tell.ts'
import type { JointOptions } from './neural/tower-problem.ts'
import type { TowerSession } from './neural/tower-session.ts'
import { type TowerTraining, trainTowers } from './neural/train-towers.ts'
import { CUTOFF, usersToJudge } from './rank/judge.ts'
import { ndcgOf } from './rank/validate.ts'

/** That an epoch is judged by: more would change the verdict little, and a pair costs a thousand products of vectors. */
const MAX_USERS = 1000

/** Scores of all items for each user's whole history in the parts that were learned from; `visit` may not keep them. */
export type PairScores = TowerSession['scores']

/** NeuMF; the same without its layers, with as many numbers multiplied; and two towers with settings of their own. */
export const PAIR_NETWORKS = ['neural_cf', 'product', 'two_tower'] as const
export type PairNetwork = (typeof PAIR_NETWORKS)[number]

/**
 * Neural collaborative filtering (NeuMF, He et al. 2017) with pooled histories for users, so that a new one needs no
 * training: the vectors of two towers, partly multiplied, partly put through layers over both; or what it is compared with.
 * Learned as two towers are; the epoch is kept that is best on the validation part.
 * @param ask what is asked of the trained network; it is gone afterwards
 * @returns the mean loss of each epoch, up to the best one
 * @throws as `trainTowers`
 */
export async function trainNeuralCf(
  network: PairNetwork,
  input: LikesInput,
  ask: (scores: PairScores) => Promise<void>,
  handles: StepHandles,
  threads: number,
): Promise<number[]> {
  const { model, seed } = input
  const { ratingExponent, ...training } = trainingOf(network, model)
  const problem = likesToTell(input, ratingExponent)
  const judged = usersToJudge(input, MAX_USERS)
  const judge = async (session: TowerSession) => {
    const items = new Int32Array(judged.users.length * CUTOFF).fill(-1)
    await session.scores(judged.users, (position, scores) => {
      const { indptr, indices } = judged.seen
      for (let at = indptr[position]!; at < indptr[position + 1]!; at++) scores[indices[at]!] = Number.NaN
      items.set(topK(scores, CUTOFF).items, position * CUTOFF)
    })
    return ndcgOf({ k: CUTOFF, items }, judged.relevant, CUTOFF)
  }
  const { losses } = await trainTowers(problem, training, seed, handles, {
    threads,
    ...(judged.users.length > 0 && { judge }),
    ask: (session) => ask(session.scores),
  })
  return losses
}

function trainingOf(network: PairNetwork, { cf, neuralCf }: ModelConfig): TowerTraining & { ratingExponent: number } {
  if (network === 'two_tower') return { ...cf.twoTower, factors: cf.factors, joint: null, stopAfter: null }
  const { products, layers, ...learning } = neuralCf
  const [first, ...hidden] = layers as [number, ...number[]]
  const joint: JointOptions | null = network === 'neural_cf' ? { products, hidden } : null
  return { ...learning, factors: products + first, joint, mse: 0, diversity: 0, stopAfter: null }
}
