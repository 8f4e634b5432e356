import { ndcgAtK } from '#core/metrics.ts'
import { diversify, poolSize } from '#recommend/diversify.ts'
import { rank } from '#recommend/index.ts'
import type { Examination } from '../../nouns.ts'
import { estimate, resampleUsers } from '../bootstrap.ts'
import { CUTOFF, type Lists } from './lists.ts'

/** What a request may ask for; the last is diversity alone. */
const STEPS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]

/** What the served blend gains in diversity and loses in NDCG, by how much of it is asked for. */
export function diversityCurve({ fewUsers, model, bootstrapSamples, seed }: Lists): Examination['diversity'] {
  const resamples = resampleUsers(fewUsers.length, bootstrapSamples, seed)
  // the first k of the pool are the list of k: what `rank` does, with one retrieval for all steps
  const pools = fewUsers.map(({ history }) => rank(history, {}, poolSize(CUTOFF, 1), model).blended)
  return STEPS.map((diversity) => {
    const ndcgs = new Float64Array(fewUsers.length)
    const listed = new Set<number>()
    let diversities = 0
    for (const [user, pool] of pools.entries()) {
      const { list, price } = diversify(pool, CUTOFF, diversity, model)
      const items = list.map(({ itemIndex }) => itemIndex)
      for (const item of items) listed.add(item)
      ndcgs[user] = ndcgAtK(items, fewUsers[user]!.relevant, CUTOFF)
      diversities += price.intraListDiversity.after
    }
    return {
      diversity,
      ndcg: estimate(ndcgs, resamples),
      intraListDiversity: diversities / Math.max(1, pools.length),
      coverage: listed.size / model.catalog.numItems,
    }
  })
}
