import type { ModelConfig } from '#core/schemas/config.ts'
import type { StepHandles } from '../io/handles.ts'
import { type Catalog, type Interactions, PART, type Part, type Trained } from '../nouns.ts'
import { openCheckpoint } from './checkpoint.ts'
import type { Embeddings } from './embeddings/embed-texts.ts'
import { type Factors, foldInWeights, NO_TOWER, type TrainOptions } from './factors.ts'
import { likesOf } from './likes.ts'
import { itemFeatures } from './neural/item-features.ts'
import { NETWORK_PROGRESS } from './neural/learn-by-epoch.ts'
import type { TowerProblem } from './neural/tower-problem.ts'
import { trainTowers } from './neural/train-towers.ts'
import { openJudge } from './rank/judge.ts'

export interface TwoTowerInput {
  catalog: Catalog
  interactions: Interactions
  /** of the split, to learn from */
  parts: readonly Part[]
  model: ModelConfig
  content: Trained['content']
  embeddings: Embeddings | null
  seed: number
}

/**
 * Item vectors and the tower that makes a vector of a history. Learned from every like, to be told from all that was rated
 * before it, liked or not. A movie that nobody liked has the vector that its texts and numbers give it, zeros without a term.
 * Without the validation part among those to learn from, the epoch is kept that is best there.
 * @throws as `trainTowers`
 */
export async function trainTwoTowers(
  input: TwoTowerInput,
  handles: StepHandles,
  options: TrainOptions,
): Promise<Factors> {
  const { catalog, interactions, parts, model, seed } = input
  const { factors, twoTower } = model.cf
  const { threads } = options.device
  const numItems = catalog.movieIds.length
  const problem = towerProblem(input)
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
    const { weights, itemVectors, losses } = await trainTowers(problem, { ...twoTower, factors }, seed, handles, {
      threads,
      checkpoint: openCheckpoint(options.checkpointFile, NETWORK_PROGRESS, {
        resume: options.resume,
        log: handles.log,
      }),
      ...(judge && {
        judge: async (session) =>
          judge.ndcg({ userFactors: await session.userVectors(users), itemFactors: await session.itemVectors() }),
      }),
    })
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

/** Everything rated, in the order of time, and of it the likes that something came before. */
function towerProblem({ catalog, interactions, parts, model, content, embeddings, seed }: TwoTowerInput): TowerProblem {
  const rated = likesOf(interactions, parts, Number.NEGATIVE_INFINITY)
  const { indptr, indices, ratings } = rated
  const places = new Uint32Array(indices.length)
  let count = 0
  for (let user = 0; user + 1 < indptr.length; user++)
    for (let place = indptr[user]! + 1; place < indptr[user + 1]!; place++)
      if (ratings[place]! >= model.likedFrom) places[count++] = place
  const examples = places.slice(0, count)
  const highest = ratings.reduce((most, stars) => Math.max(most, stars), 1)
  const { ratingExponent } = model.cf.twoTower
  return {
    histories: { indptr, indices, strengths: ratings.map((stars) => Math.max(0, stars) ** ratingExponent) },
    numItems: catalog.movieIds.length,
    features: itemFeatures({ catalog, interactions, parts, content, embeddings }, seed),
    examples,
    values: Float32Array.from(examples, (place) => ratings[place]! / highest),
  }
}
