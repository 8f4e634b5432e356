import { openServeKernels, type ServeKernels } from '#core/kernels/serve.ts'
import { ndcgAtK } from '#core/metrics.ts'
import type { Model } from '#core/model.ts'
import { topK } from '#core/scoring/top-k.ts'
import { type Taste, tasteOf } from '#recommend/retrieve.ts'
import type { StepHandles } from '../io/handles.ts'
import { compileKernel } from '../io/kernels.ts'
import type { FoldInWeights } from '../nouns.ts'
import type { JudgedUser } from './judged-users.ts'
import type { ItemFactors } from './open-artifacts.ts'
import { sampleOf } from './sample-of.ts'

/** α₀: weight of an entry nobody rated, where the newest like weighs 1. Half-decades. */
const UNOBSERVED_WEIGHTS = [1, 0.3, 0.1, 0.03, 0.01]
/** λ in parts of the Gramian's mean diagonal: the same for factors of any scale. Half-decades. */
const RIDGES = [1, 0.3, 0.1, 0.03, 0.01, 0.003]
/** One λ for all lengths of history. */
const SAME_FOR_ALL = { regularizationExponent: 0, unobservedMass: 0 }
/** Weights are chosen by mean NDCG at this cutoff. */
const CUTOFF = 10
/** More users would change the choice little and cost time. */
const MAX_USERS = 1000

/**
 * How to fold users into item factors whose own engine does not say: α₀ and λ with the best mean NDCG@10 of the
 * collaborative score alone, on validation, by the served kernels. Hu, Koren & Volinsky's c = 1 + α is α₀ = 1/α here,
 * and their λ is λ/α. Of equal ones the first in the grid's order holds: the most weight to what nobody rated, then
 * the strongest λ. One fold-in and scan of the catalogue a user and point of the grid.
 * @param model opened from exported bytes of these factors, with whatever weights: what it makes of a history counts
 */
export function fitFoldIn(
  users: JudgedUser[],
  model: Model,
  itemFactors: ItemFactors,
  seed: number,
  handles: StepHandles,
): FoldInWeights {
  const viewers = sampleOf(users, MAX_USERS, seed).map((user) => ({ ...user, taste: tasteOf(user.history, model) }))
  const serveModule = compileKernel('serve')
  const scale = meanDiagonal(itemFactors)
  const grid = UNOBSERVED_WEIGHTS.flatMap((unobservedWeight) =>
    RIDGES.map((ridge) => ({ ...SAME_FOR_ALL, unobservedWeight, regularization: ridge * scale })),
  )
  const ndcgs = grid.map((foldIn, point) => {
    handles.signal.throwIfAborted()
    handles.progress.update('fit the fold-in', point, grid.length)
    const ndcg = meanNdcg(viewers, openServeKernels(serveModule, { ...itemFactors, ...foldIn }))
    handles.log.debug(`${describe(foldIn)}: validation NDCG@${CUTOFF} ${ndcg.toFixed(4)}`)
    return ndcg
  })
  handles.progress.update('fit the fold-in', grid.length, grid.length)
  const best = Math.max(...ndcgs)
  const foldIn = grid[ndcgs.indexOf(best)]!
  handles.log.info(`${describe(foldIn)}, best of ${grid.length} pairs: validation NDCG@${CUTOFF} ${best.toFixed(4)}`)
  return foldIn
}

interface Viewer extends JudgedUser {
  taste: Taste
}

/** Of the list by the folded-in scores alone, seen movies left out; 0 for a user with no like that has factors. */
function meanNdcg(viewers: Viewer[], kernels: ServeKernels): number {
  let sum = 0
  for (const { taste, history, relevant } of viewers) {
    if (taste.foldedItems.length === 0) continue
    const scores = kernels.scan(kernels.foldIn(taste.foldedItems, taste.foldedWeights))
    for (const item of history.itemIndices) scores[item] = Number.NaN
    sum += ndcgAtK(topK(scores, CUTOFF).items, relevant, CUTOFF)
  }
  return sum / viewers.length
}

/** Of the Gramian, over the columns that are not padding. */
function meanDiagonal({ gramian, factors }: ItemFactors): number {
  const diagonal = Array.from({ length: factors }, (_, k) => gramian[k * factors + k]!).filter((value) => value > 0)
  return diagonal.reduce((sum, value) => sum + value, 0) / diagonal.length
}

function describe({ unobservedWeight, regularization }: FoldInWeights): string {
  return `fold-in with α₀ ${unobservedWeight} and λ ${regularization.toPrecision(3)}`
}
