import type { Model } from '#core/model.ts'
import { RANKER_FEATURES } from '#core/scoring/ranker.ts'
import { type Blended, blend, weightsFor } from '#recommend/blend.ts'
import { rankerFeatures } from '#recommend/rank-pool.ts'
import { retrieve, tasteOf } from '#recommend/retrieve.ts'
import { type JudgedUser, leftOut } from '../judged-users.ts'
import type { RankingLists } from './lists.ts'

/**
 * The first movies of each user's list as they would be served, but for the ranker, and what it would know of them. Users
 * whose list has nothing relevant in it are left out: no order makes it better or worse.
 * @param pool movies a list
 * @returns `users` has the place of each list's user
 */
export function teachingLists(
  users: readonly JudgedUser[],
  model: Model,
  pool: number,
): { lists: RankingLists; users: number[] } {
  const taught = users.flatMap((user, at) => {
    const { blended, features } = poolOf(user, model, pool)
    const relevant = blended.map(({ itemIndex }) => (user.relevant.has(itemIndex) ? 1 : 0))
    return relevant.some((hit) => hit === 1) ? [{ at, blended, features, relevant }] : []
  })
  const offsets = new Uint32Array(taught.length + 1)
  for (const [list, { relevant }] of taught.entries()) offsets[list + 1] = offsets[list]! + relevant.length
  const features = new Float32Array(offsets.at(-1)! * RANKER_FEATURES.length)
  for (const [list, own] of taught.entries()) features.set(own.features, offsets[list]! * RANKER_FEATURES.length)
  return {
    lists: {
      offsets,
      numFeatures: RANKER_FEATURES.length,
      features,
      relevant: Uint8Array.from(taught.flatMap(({ relevant }) => relevant)),
      numRelevant: Uint32Array.from(taught, ({ at }) => users[at]!.relevant.size),
    },
    users: taught.map(({ at }) => at),
  }
}

function poolOf(user: JudgedUser, model: Model, pool: number): { blended: Blended[]; features: Float32Array } {
  const { history } = user
  const taste = tasteOf(history, model)
  const sources = retrieve(taste, model, { reuse: true })
  const weights = weightsFor(model.blend, taste.likes.length)
  const blended = blend(sources, weights, leftOut(user, model), pool, model.kernels)
  return { blended, features: rankerFeatures(blended, { history, taste, sources }, model) }
}
