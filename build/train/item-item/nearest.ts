import type { StepHandles } from '../../io/handles.ts'
import type { ItemWeights } from '../../nouns.ts'
import { memoryPlan, openEngine, ROWS_PER_CHUNK } from '../engine.ts'
import { checkSparseRows, rowLengths, type SparseRows, transposed } from '../sparse-rows.ts'
import { likesOfMostLiked, weightsOfAll } from './item-weights.ts'
import { checkSolved, type Ridge } from './ridge-options.ts'

/** What makes two items alike: users in common, by count / (likes_i^(1−α) · likes_j^α + h). */
export interface Nearness {
  /** most similar items that speak for an item */
  neighbours: number
  /** h: likes in common that count half, about; 0 for none */
  shrinkage: number
  /** α: 0.5 is the cosine; above it popular items are recommended less, below it more */
  asymmetry: number
  /** most liked items that get neighbours; null: every liked one. Others get none */
  maxItems: number | null
  /** γ: a user of n likes counts n^−γ, and a like still 1 on average; 0: all users alike */
  userDamping: number
}

export interface NearestOptions {
  /** of the learner, for messages */
  name: string
  nearness: Nearness
  /** of each item on its nearest; null: the weights are how near they are */
  refit: Ridge | null
}

/**
 * Of each item the nearest others and their weight: how near they are or, with `refit`, the ridge regression of the item on
 * them, in both of which a user counts as `userDamping` has it. O(Σ likes of a user²) for the first, for the second O(n·K³)
 * and, an item, its neighbours' likes and the pairs of them that a user has; divided by the threads. The result does not
 * depend on their number.
 * @returns by the item that speaks
 * @throws {RangeError} on an index or option out of its range, or data beyond 4 GiB
 * @throws {Error} when single precision does not hold a regression
 */
export async function nearestItems(
  likes: SparseRows,
  numItems: number,
  { name, nearness, refit }: NearestOptions,
  handles: StepHandles,
  threads: number,
): Promise<ItemWeights> {
  checkNearness(name, nearness)
  checkSparseRows(likes, numItems)
  const { neighbours, shrinkage, asymmetry, maxItems, userDamping } = nearness
  const { items, likes: ofUsers, likers } = likesOfMostLiked(likes, numItems, maxItems)
  const size = items.length
  const numUsers = likes.indptr.length - 1
  const numLikes = ofUsers.indices.length
  const most = Math.max(0, Math.min(neighbours, size - 1))
  const weights = userWeightsOf(rowLengths(ofUsers), userDamping)
  const masses = massesOf(likers, weights)

  const plan = memoryPlan()
  const byUser = { indptr: plan.place((numUsers + 1) * 4), indices: plan.place(numLikes * 4) }
  const byItem = { indptr: plan.place((size + 1) * 4), indices: plan.place(numLikes * 4) }
  const userWeights = plan.place(numUsers * 4)
  const diagonal = plan.place(size * 4)
  const norms = { own: plan.place(size * 4), other: plan.place(size * 4) }
  const kept = {
    indices: plan.place(size * most * 4),
    weights: plan.place(size * most * 4),
    counts: plan.place(size * 4),
  }
  const engine = openEngine(plan, {
    what: `${name}: ${size} items, ${numUsers} users, ${numLikes} likes, ${most} neighbours`,
    scratchBytes: Math.max(
      (3 * size + Math.ceil(size / 32) + most) * 4,
      refit ? regressionBytes(rowLengths(likers), numUsers, most) : 0,
    ),
    threads,
    signal: handles.signal,
  })
  try {
    engine.u32(byUser.indptr, numUsers + 1).set(ofUsers.indptr)
    engine.i32(byUser.indices, numLikes).set(ofUsers.indices)
    engine.u32(byItem.indptr, size + 1).set(likers.indptr)
    engine.i32(byItem.indices, numLikes).set(likers.indices)
    engine.f32(userWeights, numUsers).set(weights)
    engine.f32(norms.own, size).set(masses.map((mass) => mass ** asymmetry))
    engine.f32(norms.other, size).set(masses.map((mass) => mass ** (1 - asymmetry)))
    const rows = (step: number) => ({
      ...{ numRows: size, rowsPerChunk: ROWS_PER_CHUNK },
      onRows: (done: number) => handles.progress.update(`train ${name}`, step * size + done, (refit ? 2 : 1) * size),
    })
    await engine.run(
      'similarityRows',
      rows(0),
      byItem.indptr,
      byItem.indices,
      byUser.indptr,
      byUser.indices,
      userWeights,
      size,
      norms.own,
      norms.other,
      shrinkage,
      most,
      kept.indices,
      kept.weights,
      kept.counts,
    )
    if (refit) {
      const { regularization, dropout } = refit
      const perMass = 1 + dropout / (1 - dropout)
      engine.f32(diagonal, size).set(masses.map((mass) => perMass * mass + regularization))
      const failed = await engine.run(
        'nearestRows',
        rows(1),
        byItem.indptr,
        byItem.indices,
        userWeights,
        numUsers,
        diagonal,
        most,
        kept.indices,
        kept.weights,
        kept.counts,
      )
      checkSolved(name, failed, size, `regularization ${regularization} is too small for the data`)
    }
    const byTarget = weightsOfAll(items, numItems, {
      most,
      indices: engine.i32(kept.indices, size * most),
      weights: engine.f32(kept.weights, size * most),
      counts: engine.i32(kept.counts, size),
    })
    const { values, ...bySource } = transposed(byTarget, numItems, byTarget.weights)
    return { ...bySource, weights: values }
  } finally {
    await engine.close()
  }
}

/** What `nearestRows` asks for: an entry a like of as many items as a regression can be on. */
function regressionBytes(counts: Float32Array, numUsers: number, most: number): number {
  const width = Math.ceil(most / 8) * 8
  const likesOfMost = counts
    .slice()
    .sort()
    .subarray(counts.length - most)
    .reduce((sum, count) => sum + count, 0)
  return 4 * numUsers + 4 * width * (width + 1) + 16 + 8 * likesOfMost
}

/** n^−γ of users with n likes, scaled so that a like counts 1 on average. */
function userWeightsOf(lengths: Float32Array, damping: number): Float32Array {
  const damped = lengths.map((length) => (length > 0 ? length ** -damping : 0))
  const likes = lengths.reduce((sum, length) => sum + length, 0)
  const mass = lengths.reduce((sum, length, user) => sum + length * damped[user]!, 0)
  return damped.map((weight) => (weight * likes) / mass)
}

/** What the likers of each item count together. */
function massesOf({ indptr, indices }: SparseRows, userWeights: Float32Array): Float32Array {
  return Float32Array.from({ length: indptr.length - 1 }, (_, item) =>
    indices.subarray(indptr[item]!, indptr[item + 1]!).reduce((sum, user) => sum + userWeights[user]!, 0),
  )
}

/** @throws {RangeError} naming the option that is out of its range */
function checkNearness(name: string, { neighbours, shrinkage, asymmetry, maxItems, userDamping }: Nearness): void {
  for (const [option, value] of Object.entries({ neighbours, maxItems })) {
    if (!(Number.isInteger(value) && value! >= 1) && !(option === 'maxItems' && value === null))
      throw new RangeError(`${name}: ${option} is ${value}, expected a whole number from 1 up`)
  }
  if (!(shrinkage >= 0 && Number.isFinite(shrinkage)))
    throw new RangeError(`${name}: shrinkage is ${shrinkage}, expected a number from 0 up`)
  for (const [option, value] of Object.entries({ asymmetry, userDamping }))
    if (!(value >= 0 && value <= 1)) throw new RangeError(`${name}: ${option} is ${value}, expected 0 to 1`)
}
