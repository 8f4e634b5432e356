import { type History, likedItems } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import { contentScores } from '#core/scoring/content-scores.ts'

/** What a history says about its viewer. */
export interface Taste {
  /** item indices of the likes, in the order of time */
  likes: Int32Array
  /** those of them that have factors */
  likesWithFactors: Int32Array
}

/** One score a movie and source, by itemIndex; null where the source has nothing to go by. */
export interface SourceScores {
  /** predicted preference, about 0 to 1; a view that the next retrieve on this model overwrites */
  cf: Float32Array | null
  /** cosine with the profile of the likes, 0 to 1 */
  content: Float32Array | null
  /** damped popularity, 0 to 1 */
  popularity: Float32Array
}

export function tasteOf(history: History, model: Model): Taste {
  const likes = likedItems(history, model.likedFrom)
  return { likes, likesWithFactors: likes.filter((item) => model.hasFactors[item] === 1) }
}

/** Score the whole catalogue by every source: fold in and scan in WASM, walk the postings, look up popularity. */
export function retrieve(taste: Taste, model: Model): SourceScores {
  return {
    cf: taste.likesWithFactors.length > 0 ? model.kernels.scan(model.kernels.foldIn(taste.likesWithFactors)) : null,
    content: taste.likes.length > 0 ? contentScores(model.content, taste.likes) : null,
    popularity: model.catalog.popularity,
  }
}
