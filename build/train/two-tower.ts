import type { StepHandles } from '../io/handles.ts'
import { PART } from '../nouns.ts'
import { openCheckpoint } from './checkpoint.ts'
import { type Factors, foldInWeights, NO_TOWER, type TrainOptions } from './factors.ts'
import { NETWORK_PROGRESS } from './neural/learn-by-epoch.ts'
import { type LikesInput, likesToTell } from './neural/likes-to-tell.ts'
import { trainTowers } from './neural/train-towers.ts'
import { openJudge } from './rank/judge.ts'

/**
 * Item vectors and the tower that makes a vector of a history. Learned from every like, to be told from all that was rated
 * before it, liked or not. A movie that nobody liked has the vector that its texts and numbers give it, zeros without a term.
 * Without the validation part among those to learn from, the epoch is kept that is best there.
 * @throws as `trainTowers`
 */
export async function trainTwoTowers(input: LikesInput, handles: StepHandles, options: TrainOptions): Promise<Factors> {
  const { catalog, interactions, parts, model, seed } = input
  const { factors, twoTower } = model.cf
  const { threads } = options.device
  const numItems = catalog.movieIds.length
  const problem = likesToTell(input, model.cf.twoTower.ratingExponent)
  handles.log.info(
    `train: ${problem.examples.length} likes to be told from what came before, ${numItems} movies, ` +
      `${factors} factors by two_tower`,
  )
  const nothing = { factors, losses: [], foldIn: foldInWeights(null, numItems, model.cf) }
  if (problem.examples.length === 0)
    return { ...NO_TOWER, ...nothing, itemFactors: new Float32Array(numItems * factors) }

  const judge = parts.includes(PART.validation)
    ? null
    : openJudge({ interactions, numItems, model, seed }, handles.signal, threads)
  try {
    const users = [...interactions.userIds.keys()]
    const { weights, itemVectors, losses } = await trainTowers(
      problem,
      { ...twoTower, factors, joint: null },
      seed,
      handles,
      {
        threads,
        checkpoint: openCheckpoint(options.checkpointFile, NETWORK_PROGRESS, {
          resume: options.resume,
          log: handles.log,
        }),
        ...(judge && {
          judge: async (session) =>
            judge.ndcg({ userFactors: await session.userVectors(users), itemFactors: await session.itemVectors() }),
        }),
      },
    )
    const { history, embeddings, layers } = weights
    const { indptr } = input.content
    const rowOf = (rows: Float32Array, item: number) => rows.subarray(item * factors, (item + 1) * factors)
    const placedByTexts = new Uint8Array(numItems)
    for (let item = 0; item < numItems; item++) {
      if (rowOf(embeddings, item).some((value) => value !== 0)) continue
      if (indptr[item]! < indptr[item + 1]!) placedByTexts[item] = 1
      else rowOf(itemVectors, item).fill(0)
    }
    return { ...nothing, losses, itemFactors: itemVectors, placedByTexts, tower: { history, layers } }
  } finally {
    await judge?.close()
  }
}
