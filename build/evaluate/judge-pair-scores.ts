import { ndcgAtK } from '#core/metrics.ts'
import type { Config } from '#core/schemas/config.ts'
import type { Estimate, ModelMetrics } from '#core/schemas/manifest.ts'
import { topK } from '#core/scoring/top-k.ts'
import { toShares } from '#core/scoring/user-tower.ts'
import { rank } from '#recommend/index.ts'
import { DataError } from '../io/files.ts'
import type { StepHandles } from '../io/handles.ts'
import { type ArtifactFiles, type Interactions, PART } from '../nouns.ts'
import { estimate, resampleUsers } from './bootstrap.ts'
import { rankers, SERVED } from './judge.ts'
import { judgedUsers, leftOut } from './judged-users.ts'
import { learnBlend } from './learn-blend.ts'
import { openArtifacts } from './open-artifacts.ts'
import { servingSettings } from './serving-settings.ts'

/** Lists are judged by NDCG at this cutoff. */
const CUTOFF = 10
const METRIC = `ndcg@${CUTOFF}`
/** First movies of the blend whose pairs are scored anew: as many as a Worker could score in a millisecond. */
const POOL = 200
/** Parts that the users are divided into: each is judged by what was learned on the others. */
const FOLDS = 2
/** With one movie to be found a user, a blend does not prove itself by a few hundred of them. */
const BLEND_USERS = 5000
/** Of the way from the blend's scores to those of the pairs. */
const SHARES = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1]
/** The row of the served lists without what is asked about. */
export const BLEND_ROW = 'blend'

/** Scores of all items for each user, by userIndex; `visit` may write on them, and keeps nothing of them. */
export type ScorePairs = (
  users: ArrayLike<number>,
  visit: (position: number, scores: Float32Array) => void,
) => Promise<void>

export interface PairsJudgement {
  usersJudged: number
  /** each source alone, the blend, each scorer of pairs alone, and the blend's first movies in an order that heeds it */
  models: ModelMetrics[]
  /** a minus b, paired by user */
  differences: { a: string; b: string; metrics: Record<string, Estimate> }[]
  /** of each scorer the share of the way that each fold of the users was judged by */
  shares: Record<string, number[]>
}

export interface PairsJudge {
  add(name: string, scorePairs: ScorePairs): Promise<void>
  /** @param pairs rows to be compared: which, and what with */
  judgement(pairs: (readonly [a: string, b: string])[]): PairsJudgement
}

/** The first movies of a user's blended list, with scores of which the highest one is 1. */
interface Pool {
  items: Int32Array
  scores: Float32Array
}

/** The row of the blend's first movies in an order that heeds a scorer of pairs. */
export function rescoredBy(name: string): string {
  return `${BLEND_ROW} + ${name}`
}

/**
 * Whether a scorer of pairs, too slow for a whole catalogue in a Worker, would make lists better: its own order of
 * everything, and of the blend's first movies an order that goes some of the way to it. On the validation part, beside each
 * source alone, these on exported bytes by the code that serves them. Blend and way are learned by one half of the users and
 * judge the other.
 * @param files of a model that has not seen the validation part
 * @throws {DataError} when the validation part has too few users to divide
 */
export function openPairsJudge(
  files: ArtifactFiles,
  interactions: Interactions,
  config: Config,
  handles: StepHandles,
): PairsJudge {
  const { relevantFrom, bootstrapSamples } = config.evaluation
  const { seed } = config.project
  const { judged: users, userIndices } = judgedUsers(interactions, PART.validation, relevantFrom)
  if (users.length < 2 * FOLDS)
    throw new DataError(`the validation part has ${users.length} users to judge by, expected ${2 * FOLDS} or more`)
  const resamples = resampleUsers(users.length, bootstrapSamples, seed)
  const model = openArtifacts(files, servingSettings(config, []))
  const rows = new Map<string, Float64Array>()
  const ndcg = (items: ArrayLike<number>, user: number) => ndcgAtK(items, users[user]!.relevant, CUTOFF)
  for (const [name, ranker] of rankers(model, config, null))
    if (name !== SERVED)
      rows.set(
        name,
        Float64Array.from(users, (user, position) => ndcg(ranker(user, CUTOFF), position)),
      )

  const pools = new Array<Pool>(users.length)
  for (let fold = 0; fold < FOLDS; fold++) {
    handles.signal.throwIfAborted()
    const settings = { seed, bootstrapSamples, maxUsers: BLEND_USERS }
    const others = users.filter((_, user) => user % FOLDS !== fold)
    const blend = learnBlend(others, model, settings, handles)
    for (let user = fold; user < users.length; user += FOLDS)
      pools[user] = poolOf(rank(users[user]!.history, {}, POOL, { ...model, blend }).blended)
  }
  rows.set(
    BLEND_ROW,
    Float64Array.from(pools, ({ items }, user) => ndcg(items, user)),
  )
  const shares: PairsJudgement['shares'] = {}

  return {
    async add(name, scorePairs) {
      const alone = new Float64Array(users.length)
      /** one a share */
      const rescored = SHARES.map(() => new Float64Array(users.length))
      await scorePairs(userIndices, (user, scores) => {
        const pool = pools[user]!
        const pairs = toShares(Float32Array.from(pool.items, (item) => scores[item]!))
        for (const [number, share] of SHARES.entries())
          rescored[number]![user] = ndcg(reordered(pool, pairs, share), user)
        alone[user] = ndcg(unseen(scores, leftOut(users[user]!, model)), user)
      })
      rows.set(name, alone)
      shares[name] = Array.from({ length: FOLDS }, (_, fold) => SHARES[bestShare(rescored, fold)]!)
      const judged = alone.map((_, user) => rescored[SHARES.indexOf(shares[name]![user % FOLDS]!)]![user]!)
      rows.set(rescoredBy(name), judged)
    },
    judgement(pairs) {
      return {
        usersJudged: users.length,
        models: Array.from(rows, ([name, ndcgs]) => ({
          name,
          metrics: { [METRIC]: estimate(ndcgs, resamples) },
          coverage: {},
        })),
        differences: pairs.map(([a, b]) => {
          const [first, second] = [rows.get(a)!, rows.get(b)!]
          const difference = first.map((value, user) => value - second[user]!)
          return { a, b, metrics: { [METRIC]: estimate(difference, resamples) } }
        }),
        shares,
      }
    },
  }
}

function poolOf(blended: readonly { itemIndex: number; score: number }[]): Pool {
  const best = blended[0]?.score ?? 1
  return {
    items: Int32Array.from(blended, ({ itemIndex }) => itemIndex),
    scores: Float32Array.from(blended, ({ score }) => score / (best > 0 ? best : 1)),
  }
}

/** The first ones of the pool by a score some of the way to that of the pairs; of equal ones the blend's first. */
function reordered({ items, scores }: Pool, pairs: Float32Array, share: number): number[] {
  const mixed = scores.map((score, at) => (1 - share) * score + share * pairs[at]!)
  return Array.from(topK(mixed, CUTOFF).items, (at) => items[at]!)
}

/** @param blocked 1 for what is left out */
function unseen(scores: Float32Array, blocked: Uint8Array): Int32Array {
  for (let item = 0; item < scores.length; item++) if (blocked[item] === 1) scores[item] = Number.NaN
  return topK(scores, CUTOFF).items
}

/** Which share is best for the users that are not in the fold; the smallest of equal ones. */
function bestShare(rescored: readonly Float64Array[], fold: number): number {
  const sums = rescored.map((ndcgs) =>
    ndcgs.reduce((sum, value, user) => (user % FOLDS === fold ? sum : sum + value), 0),
  )
  return sums.indexOf(Math.max(...sums))
}
