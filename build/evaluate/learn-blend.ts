import { likedItems } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import type { BlendTable } from '#core/schemas/manifest.ts'
import { alone } from '#recommend/blend.ts'
import type { StepHandles } from '../io/handles.ts'
import { blendSearch } from './blend-search.ts'
import { estimate, type Resamples, resampleUsers } from './bootstrap.ts'
import type { JudgedUser } from './judged-users.ts'
import { lastLikes, type Replayed, replay } from './replay.ts'
import { sampleOf } from './sample-of.ts'

/** Numbers of likes that weights are learned for; each holds up to the next one. */
const LIKES_STEPS = [1, 2, 4, 8, 16]
/** More users would make the intervals narrower, and a build slower: 5 ms a user and row. */
const MAX_USERS = 600
/** With fewer the bootstrap's intervals are too narrow to be believed: no blend gets through. */
const FEWEST_USERS = 20
/** Users of a row's own length of history, of which so many are enough to learn it by. */
const FEWEST_OF_THIS_LENGTH = 50

export interface BlendSettings {
  seed: number
  bootstrapSamples: number
  /** that the blend is learned by */
  maxUsers?: number | undefined
}

type Row = BlendTable[number]

/**
 * Learn the blend on validation, by length of history: the weights with the best mean NDCG@10 of the users that a row
 * stands for are kept. Where these are few, everyone is replayed as one with the last likes only, as many as the row
 * begins at; that is second best, as who is new likes other movies than who is not: on ML-1M by held-out users, rows
 * learned by such replays alone cost those with less than 16 likes 0.06 of NDCG@100.
 *
 * A blend is shipped only where it beats its best member, the best source alone, with a 95 % interval above 0, and else
 * that member. The blend's own validation NDCG would flatter it, as its weights were chosen by it: so for the comparison
 * they are chosen on every other user and judged on the rest, and the other way round. The shipped weights are those
 * chosen on all.
 * @param model opened from exported bytes of a model that has not seen the validation part
 * @returns for a history without likes popularity alone; without users to learn by factors alone for all others
 */
export function learnBlend(
  users: JudgedUser[],
  model: Model,
  { seed, bootstrapSamples, maxUsers = MAX_USERS }: BlendSettings,
  handles: StepHandles,
): BlendTable {
  const table: BlendTable = [{ minLikes: 0, weights: alone('popularity') }]
  if (users.length === 0) return [...table, { minLikes: 1, weights: alone('cf') }]
  const counts = new Map(users.map((user) => [user, likedItems(user.history, model.likedFrom).length]))
  for (const [step, minLikes] of LIKES_STEPS.entries()) {
    handles.signal.throwIfAborted()
    handles.progress.update('learn the blend', step, LIKES_STEPS.length)
    const next = LIKES_STEPS[step + 1]
    const ofThisLength = users.filter(
      (user) => counts.get(user)! >= minLikes && counts.get(user)! < (next ?? Number.POSITIVE_INFINITY),
    )
    const replays = ofThisLength.length < FEWEST_OF_THIS_LENGTH
    const sample = sampleOf(replays ? users : ofThisLength, maxUsers, seed)
    const told = ({ history }: JudgedUser) =>
      replays && next !== undefined ? lastLikes(history, minLikes, model.likedFrom) : history
    const replayed = sample.map((user) => replay(user, told(user), model))
    const { weights, evidence } = weightsFor(replayed, resampleUsers(sample.length, bootstrapSamples, seed))
    const row = { minLikes, weights, evidence: { ...evidence, replayed: replays } }
    handles.log.debug(`blend: ${JSON.stringify(row)}`)
    table.push(row)
  }
  handles.progress.update('learn the blend', LIKES_STEPS.length, LIKES_STEPS.length)
  return table
}

/** The weights of one row, and why they are shipped. */
function weightsFor(
  users: Replayed[],
  resamples: Resamples,
): Pick<Row, 'weights'> & { evidence: Omit<NonNullable<Row['evidence']>, 'replayed'> } {
  const search = blendSearch(users)
  const all = [...users.keys()]
  const halves = [all.filter((user) => user % 2 === 0), all.filter((user) => user % 2 === 1)] as const
  const [byFirst, bySecond] = halves.map((half) => search.bestBlend(half))
  const member = search.bestMember(all)
  const difference = estimate(
    member.ndcg.map((ofMember, user) => (user % 2 === 0 ? bySecond! : byFirst!).ndcg[user]! - ofMember),
    resamples,
  )
  const shipped = difference.low > 0 && users.length >= FEWEST_USERS ? 'blend' : 'member'
  return {
    weights: shipped === 'blend' ? search.bestBlend(all).weights : member.weights,
    evidence: { bestMember: member.source, users: users.length, 'ndcg@10': difference, shipped },
  }
}
