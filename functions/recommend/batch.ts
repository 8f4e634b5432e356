import { type History, seenItems } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import type { DiversityReceipt, Reason, RecommendOptions } from '#core/schemas/api.ts'
import type { Blended } from './blend.ts'
import { blockedItems } from './constraints.ts'
import { diversify } from './diversify.ts'
import { behind } from './page.ts'
import { REASON_WORDS } from './reason-words.ts'

/** A list that was computed beforehand, as it may be shown now. */
export interface BatchRanking {
  blended: Blended[]
  reasons: Reason[]
  /** null where none was asked for */
  diversity: DiversityReceipt | null
  hasMore: boolean
}

/**
 * What is left of a list that was computed beforehand when it is held to a request: to its constraints, to what the viewer
 * has seen or dismissed since, and to this catalogue. Scores only say the places: 1 is the first of the whole list.
 * @param movieIds best first
 * @param history as far as it is known
 * @param shown items of the pages before
 * @throws {UnknownNameError} for a genre or language that no movie has
 */
export function rankBatch(
  movieIds: readonly number[],
  history: History,
  options: RecommendOptions,
  k: number,
  model: Model,
  shown: Int32Array,
): BatchRanking {
  const blocked = blockedItems(model, seenItems(history), options)
  const allowed = movieIds.flatMap((movieId, place): Blended[] => {
    const itemIndex = model.catalog.itemIndexOf(movieId)
    if (itemIndex < 0 || blocked[itemIndex] === 1) return []
    const score = 1 - place / movieIds.length
    return [{ itemIndex, score, shares: { cf: 0, next: 0, neighbours: 0, content: 0, popularity: 0, batch: score } }]
  })
  const { list: pool } = behind(allowed, shown, allowed.length)
  const { diversity: asked = 0 } = options
  const { list, price } = asked > 0 ? diversify(pool, k, asked, model, shown) : { list: pool.slice(0, k), price: null }
  const text = REASON_WORDS[options.locale ?? 'en'].batch
  return {
    blended: list,
    reasons: list.map(() => ({ kind: 'batch', text, because: [] })),
    diversity: price && { asked, ...price },
    hasMore: pool.length > k,
  }
}
