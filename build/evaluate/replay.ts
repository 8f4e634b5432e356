import type { History } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import { type BlendWeights, SOURCES } from '#core/schemas/config.ts'
import { topK } from '#core/scoring/top-k.ts'
import { blendScores, type Normalizers, normalizersOf } from '#recommend/blend.ts'
import { retrieve, type SourceScores, tasteOf } from '#recommend/retrieve.ts'
import { type JudgedUser, leftOut } from './judged-users.ts'

/** Lists are judged by NDCG at this cutoff. */
const CUTOFF = 10
/** Movies of each source that a blend is tried on: beyond them none comes into the first ten but by a freak. */
const POOL_PER_SOURCE = 100

/** A user whose sources were asked once: what each says of the movies worth a look, for any blend to be tried on. */
export interface Replayed {
  /** item indices, ascending */
  pool: Int32Array
  /** of the pool */
  sources: SourceScores
  /** of the whole catalogue */
  normalizers: Normalizers
  /** places in the pool of what the list should hold, and how many of these there are anywhere */
  hits: number[]
  numRelevant: number
}

/** @param taste what the model is told; the whole history stays seen */
export function replay(user: JudgedUser, taste: History, model: Model): Replayed {
  const sources = retrieve(tasteOf(taste, model), model)
  const blocked = leftOut(user, model)
  const normalizers = normalizersOf(sources, blocked)
  const pool = poolOf(sources, blocked)
  const pooled: SourceScores = {
    cf: sources.cf && gather(sources.cf, pool),
    next: sources.next && gather(sources.next, pool),
    neighbours: sources.neighbours && gather(sources.neighbours, pool),
    content: sources.content && gather(sources.content, pool),
    popularity: gather(sources.popularity, pool),
  }
  const hits = [...pool.keys()].filter((place) => user.relevant.has(pool[place]!))
  return { pool, sources: pooled, normalizers, hits, numRelevant: user.relevant.size }
}

/** The history from the n-th last like on; what was seen before is forgotten. */
export function lastLikes(history: History, n: number, likedFrom: number): History {
  let start = history.ratings.length
  for (let likes = 0; start > 0 && likes < n; ) if (history.ratings[--start]! >= likedFrom) likes++
  return {
    itemIndices: history.itemIndices.subarray(start),
    ratings: history.ratings.subarray(start),
    timestamps: history.timestamps.subarray(start),
  }
}

/** NDCG@10 of each user's list under these weights. */
export function ndcgOfAll(users: readonly Replayed[], weights: BlendWeights): Float64Array {
  const largest = Math.max(0, ...users.map(({ pool }) => pool.length))
  const [scores, allowed] = [new Float64Array(largest), new Uint8Array(largest)]
  return Float64Array.from(users, ({ pool, sources, normalizers, hits, numRelevant }) => {
    if (hits.length === 0) return 0
    const { length } = pool
    const blended = blendScores(sources, normalizers, weights, allowed.subarray(0, length), scores.subarray(0, length))
    let gain = 0
    for (const hit of hits) gain += gainAt(rankOf(hit, blended))
    return gain / idealGain(numRelevant)
  })
}

/** Place in the list, 1 is first; ties go to the lower index, as in `topK`. Beyond the cutoff: the first place after it. */
function rankOf(item: number, scores: Float64Array): number {
  const score = scores[item]!
  let rank = 1
  for (let other = 0; other < scores.length && rank <= CUTOFF; other++)
    if (scores[other]! > score || (scores[other] === score && other < item)) rank++
  return rank
}

/** As `ndcgAtK` has it. */
function gainAt(rank: number): number {
  return rank <= CUTOFF ? 1 / Math.log2(rank + 1) : 0
}

function idealGain(numRelevant: number): number {
  let ideal = 0
  for (let rank = 1; rank <= numRelevant && rank <= CUTOFF; rank++) ideal += gainAt(rank)
  return ideal
}

/** The best POOL_PER_SOURCE allowed movies of each source alone, ascending. */
function poolOf(sources: SourceScores, blocked: Uint8Array): Int32Array {
  const pool = new Set<number>()
  const allowed = new Float32Array(blocked.length)
  for (const source of SOURCES) {
    const scores = sources[source]
    if (!scores) continue
    for (let item = 0; item < blocked.length; item++) allowed[item] = blocked[item] === 1 ? Number.NaN : scores[item]!
    for (const item of topK(allowed, POOL_PER_SOURCE).items) pool.add(item)
  }
  return Int32Array.from(pool).sort()
}

function gather<T extends Float32Array | Int32Array>(values: T, positions: Int32Array): T {
  const gathered = new (values.constructor as new (length: number) => T)(positions.length)
  for (let at = 0; at < positions.length; at++) gathered[at] = values[positions[at]!]!
  return gathered
}
