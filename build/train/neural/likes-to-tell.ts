import type { ModelConfig } from '#core/schemas/config.ts'
import type { Catalog, Interactions, Part, Trained } from '../../nouns.ts'
import type { Embeddings } from '../embeddings/embed-texts.ts'
import { likesOf } from '../likes.ts'
import { itemFeatures } from './item-features.ts'
import type { TowerProblem } from './tower-problem.ts'

export interface LikesInput {
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
 * What two towers learn by: everything rated, in the order of time, and of it the likes that something came before.
 * @param ratingExponent p of stars^p that a movie of the history counts
 */
export function likesToTell(
  { catalog, interactions, parts, model, content, embeddings, seed }: LikesInput,
  ratingExponent: number,
): TowerProblem {
  const rated = likesOf(interactions, parts, Number.NEGATIVE_INFINITY)
  const { indptr, indices, ratings } = rated
  const places = new Uint32Array(indices.length)
  let count = 0
  for (let user = 0; user + 1 < indptr.length; user++)
    for (let place = indptr[user]! + 1; place < indptr[user + 1]!; place++)
      if (ratings[place]! >= model.likedFrom) places[count++] = place
  const examples = places.slice(0, count)
  const highest = ratings.reduce((most, stars) => Math.max(most, stars), 1)
  return {
    histories: { indptr, indices, strengths: ratings.map((stars) => Math.max(0, stars) ** ratingExponent) },
    numItems: catalog.movieIds.length,
    features: itemFeatures({ catalog, interactions, parts, content, embeddings }, seed),
    examples,
    values: Float32Array.from(examples, (place) => ratings[place]! / highest),
  }
}
