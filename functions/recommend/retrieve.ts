import { type History, likedItems } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import { contentScores } from '#core/scoring/content-scores.ts'

/** What a history says about its viewer. */
export interface Taste {
  /** item indices of the likes, in the order of time */
  likes: Int32Array
  /** those of them that have factors */
  likesWithFactors: Int32Array
  /** what each of these weighs when they are folded in: 1 the newest, less the older ones */
  foldInWeights: Float32Array
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
  const likesWithFactors = likes.filter((item) => model.hasFactors[item] === 1)
  const halfLife = model.recencyHalfLife ?? Number.POSITIVE_INFINITY
  const newest = likesWithFactors.length - 1
  const foldInWeights = Float32Array.from(likesWithFactors, (_, position) => 2 ** ((position - newest) / halfLife))
  return { likes, likesWithFactors, foldInWeights }
}

/** Score the whole catalogue by every source: fold in and scan in WASM, walk the postings, look up popularity. */
export function retrieve(taste: Taste, model: Model): SourceScores {
  const { likesWithFactors, foldInWeights } = taste
  return {
    cf: likesWithFactors.length > 0 ? model.kernels.scan(model.kernels.foldIn(likesWithFactors, foldInWeights)) : null,
    content: taste.likes.length > 0 ? contentScores(model.content, taste.likes) : null,
    popularity: model.catalog.popularity,
  }
}
