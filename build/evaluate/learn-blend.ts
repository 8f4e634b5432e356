import type { History } from '#core/history.ts'
import { ndcgAtK } from '#core/metrics.ts'
import type { Model } from '#core/model.ts'
import { type BlendWeights, SOURCES, type Source } from '#core/schemas/config.ts'
import type { BlendTable } from '#core/schemas/manifest.ts'
import { topK } from '#core/scoring/top-k.ts'
import { alone, blendScores, type Normalizers, normalizersOf } from '#recommend/blend.ts'
import { blockedItems } from '#recommend/constraints.ts'
import { retrieve, type SourceScores, tasteOf } from '#recommend/retrieve.ts'
import type { StepHandles } from '../io/handles.ts'
import type { JudgedUser } from './judged-users.ts'
import { sampleOf } from './sample-of.ts'

/** Numbers of likes that weights are learned for; each holds up to the next one. */
const LIKES_STEPS = [1, 2, 4, 8, 16]
/** Weights are chosen by mean NDCG at this cutoff. */
const CUTOFF = 10
/** More users would change the choice little and cost time. */
const MAX_USERS = 300
/** Movies of each source that a blend is tried on: beyond them none comes into the first ten but by a freak. */
const POOL_PER_SOURCE = 100
/** Tenths that the coarse grid moves by; the best point's neighbourhood is then searched by single tenths. */
const COARSE = 2

/**
 * Learn the blend on validation, by length of history: every user is replayed as one with the last likes only, as
 * many as the row stands for (the last row: the whole history), and the weights with the best mean NDCG@10 are kept.
 * Weights are tenths that sum to 1; of equal ones the first in the grid's order holds.
 * @param model opened from exported bytes of a model that has not seen the validation part
 */
export function learnBlend(
  users: JudgedUser[],
  model: Model,
  seed: number,
  handles: StepHandles,
  maxUsers = MAX_USERS,
): BlendTable {
  const table: BlendTable = [{ minLikes: 0, weights: alone('popularity') }]
  const sample = sampleOf(users, maxUsers, seed)
  for (const [step, minLikes] of LIKES_STEPS.entries()) {
    handles.signal.throwIfAborted()
    handles.progress.update('learn the blend', step, LIKES_STEPS.length)
    const last = step === LIKES_STEPS.length - 1
    const replayed = sample.map((user) =>
      replay(user, last ? user.history : lastLikes(user.history, minLikes, model.likedFrom), model),
    )
    const { weights, ndcg } = bestWeights(replayed)
    handles.log.debug(`blend from ${minLikes} likes: ${JSON.stringify(weights)}, validation NDCG@10 ${ndcg.toFixed(4)}`)
    table.push({ minLikes, weights })
  }
  handles.progress.update('learn the blend', LIKES_STEPS.length, LIKES_STEPS.length)
  return table
}

/** A user replayed as one with fewer likes, scored once: what each source says of the movies worth a look. */
interface Replayed {
  /** item indices, ascending */
  pool: Int32Array
  /** of the pool */
  sources: SourceScores
  normalizers: Normalizers
  relevant: ReadonlySet<number>
}

/** @param taste what the model is told; the whole history stays seen */
function replay({ history, relevant }: JudgedUser, taste: History, model: Model): Replayed {
  const sources = retrieve(tasteOf(taste, model), model)
  const blocked = blockedItems(model, history.itemIndices, {})
  const normalizers = normalizersOf(sources, blocked)
  const pool = poolOf(sources, normalizers, blocked)
  const pooled: SourceScores = {
    cf: sources.cf && gather(sources.cf, pool),
    neighbours: sources.neighbours && gather(sources.neighbours, pool),
    content: sources.content && gather(sources.content, pool),
    popularity: gather(sources.popularity, pool),
  }
  return { pool, sources: pooled, normalizers, relevant }
}

function bestWeights(users: Replayed[]): { weights: BlendWeights; ndcg: number } {
  // what scores nobody cannot be weighed
  const searched = SOURCES.filter((source) => users.length === 0 || users.some(({ sources }) => sources[source]))
  const coarse = pick(grid(searched, COARSE), users)
  const isNear = (weights: BlendWeights) =>
    SOURCES.every((source) => Math.abs(weights[source] - coarse.weights[source]) < 0.15)
  return pick(grid(searched, 1).filter(isNear), users)
}

/** The weights of the largest mean NDCG. */
function pick(candidates: BlendWeights[], users: Replayed[]): { weights: BlendWeights; ndcg: number } {
  const sums = candidates.map((weights) => {
    let sum = 0
    for (const { pool, sources, normalizers, relevant } of users) {
      const allowed = new Uint8Array(pool.length)
      const best = topK(blendScores(sources, normalizers, weights, allowed), CUTOFF).items
      sum += ndcgAtK(gather(pool, best), relevant, CUTOFF)
    }
    return sum
  })
  const best = sums.indexOf(Math.max(...sums))
  return { weights: candidates[best]!, ndcg: users.length > 0 ? sums[best]! / users.length : 0 }
}

/** The best POOL_PER_SOURCE allowed movies of each source alone, ascending. */
function poolOf(sources: SourceScores, normalizers: Normalizers, blocked: Uint8Array): Int32Array {
  const pool = new Set<number>()
  for (const source of SOURCES) {
    if (!sources[source]) continue
    const scores = blendScores(sources, normalizers, alone(source), blocked)
    for (const item of topK(scores, POOL_PER_SOURCE).items) pool.add(item)
  }
  return Int32Array.from(pool).sort()
}

function gather<T extends Float32Array | Int32Array>(values: T, positions: Int32Array): T {
  const gathered = new (values.constructor as new (length: number) => T)(positions.length)
  for (let at = 0; at < positions.length; at++) gathered[at] = values[positions[at]!]!
  return gathered
}

/** All weights of these sources in steps of `tenths`/10 that sum to 1, the largest of the first source first. */
function grid(sources: readonly Source[], tenths: number): BlendWeights[] {
  const spread = ([source, ...others]: readonly Source[], left: number): Partial<BlendWeights>[] => {
    if (source === undefined) return left === 0 ? [{}] : []
    const points: Partial<BlendWeights>[] = []
    for (let part = left; part >= 0; part -= tenths)
      for (const rest of spread(others, left - part)) points.push({ [source]: part / 10, ...rest })
    return points
  }
  return spread(sources, 10).map((weights) => ({ cf: 0, neighbours: 0, content: 0, popularity: 0, ...weights }))
}

/** The history from the n-th last like on; what was seen before is forgotten. */
function lastLikes(history: History, n: number, likedFrom: number): History {
  let start = history.ratings.length
  for (let likes = 0; start > 0 && likes < n; ) if (history.ratings[--start]! >= likedFrom) likes++
  return {
    itemIndices: history.itemIndices.subarray(start),
    ratings: history.ratings.subarray(start),
    timestamps: history.timestamps.subarray(start),
  }
}
