import type { NeighbourIndex } from '#core/format/neighbours.ts'
import { ndcgAtK } from '#core/metrics.ts'
import type { Model } from '#core/model.ts'
import type { Config } from '#core/schemas/config.ts'
import type { Examination, ItemWeights, Trained } from '../../nouns.ts'
import { estimate, resampleUsers } from '../bootstrap.ts'
import { rankers, SERVED } from '../judge.ts'
import { floatKernels } from './float-kernels.ts'
import { CUTOFF, type Lists } from './lists.ts'

/** A model's numbers as they were before they were rounded and cut for the export. */
export interface Uncompressed extends Pick<Trained, 'itemFactors' | 'placedByTexts' | 'foldIn' | 'tower'> {
  /** null where the model has none */
  neighbours: ItemWeights | null
}

/**
 * What int8 factors and cut, rounded item–item weights cost: the lists of the source alone and of the served blend, with
 * one of them as it was learned. Where a difference is above 0 the served bytes did better, as they may by chance.
 */
export function compressionCosts(lists: Lists, config: Config, uncompressed: Uncompressed): Examination['compression'] {
  const { cf, neighbours } = config.model
  const { model } = lists
  const exact = { ...model, kernels: floatKernels(model, uncompressed) }
  const uncut = uncompressed.neighbours && { ...model, neighbours: indexOf(uncompressed.neighbours) }
  const costs = (name: string, variant: Model, words: string) => cost(lists, config, name, variant, `${name}: ${words}`)
  return [
    ...[cf.type, SERVED].map((name) => costs(name, exact, 'factors in float32')),
    ...(uncut ? [neighbours.type, SERVED].map((name) => costs(name, uncut, 'all item–item weights in float32')) : []),
  ]
}

function cost(
  { users, fewUsers, rows, bootstrapSamples, seed }: Lists,
  config: Config,
  name: string,
  variant: Model,
  words: string,
): Examination['compression'][number] {
  const { lists } = rows.find((row) => row.name === name)!
  const servedOf = new Map(users.map((user, index) => [user, lists[index]!]))
  const ranker = rankers(variant, config, null).find(([found]) => found === name)![1]
  let overlap = 0
  const difference = Float64Array.from(fewUsers, (user) => {
    const served = servedOf.get(user)!.subarray(0, CUTOFF)
    const other = ranker(user, CUTOFF)
    overlap += shared(served, other) / Math.max(1, served.length)
    return ndcgAtK(served, user.relevant, CUTOFF) - ndcgAtK(other, user.relevant, CUTOFF)
  })
  return {
    variant: words,
    difference: estimate(difference, resampleUsers(fewUsers.length, bootstrapSamples, seed)),
    overlap: overlap / Math.max(1, fewUsers.length),
  }
}

function shared(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const inB = new Set(Array.from(b))
  return Array.from(a).filter((item) => inB.has(item)).length
}

/** Weights that were never exported, in the shape of those that were. */
function indexOf({ indptr, indices, weights }: ItemWeights): NeighbourIndex {
  const numItems = indptr.length - 1
  const gaps = new Int32Array(indices.length)
  for (let row = 0; row < numItems; row++)
    for (let entry = indptr[row]!; entry < indptr[row + 1]!; entry++)
      gaps[entry] = entry === indptr[row] ? indices[entry]! : indices[entry]! - indices[entry - 1]!
  return { numItems, offsets: Int32Array.from(indptr), gaps, weights, scales: new Float32Array(numItems).fill(1) }
}
