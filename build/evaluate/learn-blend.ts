import { likedItems } from '#core/history.ts'
import type { Model } from '#core/model.ts'
import type { BlendWeights, Source } from '#core/schemas/config.ts'
import type { BlendTable, Estimate } from '#core/schemas/manifest.ts'
import { alone } from '#recommend/blend.ts'
import type { StepHandles } from '../io/handles.ts'
import { blendSearch } from './blend-search.ts'
import { estimate, resampleUsers } from './bootstrap.ts'
import type { JudgedUser } from './judged-users.ts'
import { lastLikes, type Replayed, replay } from './replay.ts'
import { sampleOf } from './sample-of.ts'

/** Numbers of likes that weights are learned for; each holds up to the next one. */
const LIKES_STEPS = [1, 2, 4, 8, 16]
/** More users would make the intervals narrower, and a build slower: 5 ms a user and row. */
const MAX_USERS = 600
/** With fewer the bootstrap's intervals are too narrow to be believed: no blend gets through, and a row needs as many. */
const FEWEST_USERS = 20
/** Parts that the users are divided into for the comparison. */
const FOLDS = 10
/** Where fewer users than this have a row's length of history, those with the next longer ones help out. */
const ENOUGH_USERS = 300

export interface BlendSettings {
  seed: number
  bootstrapSamples: number
  /** that the blend is learned by */
  maxUsers?: number | undefined
}

/** A row that has been judged, and not yet decided. */
interface TriedRow {
  minLikes: number
  users: JudgedUser[]
  /** of these, those who were replayed with their last likes only */
  replayed: number
  member: { source: Source; weights: BlendWeights }
  /** blend minus member by user, under weights that were chosen on others */
  gain: Float64Array
  blend: BlendWeights
}

/**
 * Learn the blend on validation, by length of history: the weights with the best mean NDCG@10 of the users that a row
 * stands for are kept. Where these are few, the users with the next longer histories are replayed as if they had the last
 * likes only. Not any users: who is new likes other movies than who is not. On ML-1M by held-out users, rows learned by
 * replays of everybody cost those with less than 16 likes 0.06 of NDCG@100.
 *
 * A blend is shipped only where it beats its best member, the best source alone, with a 95 % interval above 0, and else
 * that member. The blend's own validation NDCG would flatter it, as its weights were chosen by it: so for the comparison
 * every tenth of the users is judged by weights that were chosen on the others. The shipped weights are those chosen on all.
 * The interval is the row's own or, where the row's mean is above 0, that of all rows together: a row has few users, and
 * five gains of 0.01 that are each 0.001 short of certain are certain together.
 * @param model opened from exported bytes of a model that has not seen the validation part
 * @returns for a history without likes popularity alone; rows as long as there are users to learn them by, without any
 * factors alone
 */
export function learnBlend(
  users: JudgedUser[],
  model: Model,
  { seed, bootstrapSamples, maxUsers = MAX_USERS }: BlendSettings,
  handles: StepHandles,
): BlendTable {
  const table: BlendTable = [{ minLikes: 0, weights: alone('popularity') }]
  const tried: TriedRow[] = []
  const byLikes = users
    .map((user) => ({ user, likes: likedItems(user.history, model.likedFrom).length }))
    .sort((a, b) => a.likes - b.likes)
  for (const [step, minLikes] of LIKES_STEPS.entries()) {
    handles.signal.throwIfAborted()
    handles.progress.update('learn the blend', step, LIKES_STEPS.length)
    const most = (LIKES_STEPS[step + 1] ?? Number.POSITIVE_INFINITY) - 1
    const longEnough = byLikes.filter(({ likes }) => likes >= minLikes)
    // the row before holds on
    if (longEnough.length < (step === 0 ? 1 : FEWEST_USERS)) break
    const own = longEnough.filter(({ likes }) => likes <= most)
    const sample = sampleOf(longEnough.slice(0, Math.max(own.length, ENOUGH_USERS)), maxUsers, seed)
    const replayed = sample.map(({ user, likes }) =>
      replay(user, likes > most ? lastLikes(user.history, most, model.likedFrom) : user.history, model),
    )
    tried.push({
      ...{ minLikes, users: sample.map(({ user }) => user) },
      replayed: sample.filter(({ likes }) => likes > most).length,
      ...tryBlend(replayed, seed),
    })
  }
  const together = estimateOf(meansByUser(tried), { seed, bootstrapSamples })
  for (const { minLikes, users, replayed, member, gain, blend } of tried) {
    const own = estimateOf(gain, { seed, bootstrapSamples })
    const isProven = own.low > 0 || (own.mean > 0 && together.low > 0)
    const shipped = isProven && users.length >= FEWEST_USERS ? 'blend' : 'member'
    const weights = shipped === 'blend' ? blend : member.weights
    const evidence = {
      bestMember: member.source,
      users: users.length,
      replayed,
      'ndcg@10': own,
      together,
      shipped,
    } as const
    handles.log.debug(`blend: ${JSON.stringify({ minLikes, weights, evidence })}`)
    table.push({ minLikes, weights, evidence })
  }
  handles.progress.update('learn the blend', LIKES_STEPS.length, LIKES_STEPS.length)
  if (table.length === 1) table.push({ minLikes: 1, weights: alone('cf') })
  return table
}

/** The best member and the best blend by all of the users, and what the blend gains those it was not chosen by. */
function tryBlend(users: Replayed[], seed: number): Pick<TriedRow, 'member' | 'gain' | 'blend'> {
  const search = blendSearch(users, seed)
  const all = [...users.keys()]
  const { source, weights, ndcg: ofMember } = search.bestMember(all)
  const gain = new Float64Array(users.length)
  for (let fold = 0; fold < FOLDS; fold++) {
    const { ndcg } = search.bestBlend(all.filter((user) => user % FOLDS !== fold))
    for (let user = fold; user < users.length; user += FOLDS) gain[user] = ndcg[user]! - ofMember[user]!
  }
  return { member: { source, weights }, gain, blend: search.bestBlend(all).weights }
}

/** Each user's gain, the mean of the rows that he is in. */
function meansByUser(rows: readonly TriedRow[]): Float64Array {
  const gains = new Map<JudgedUser, number[]>()
  for (const { users, gain } of rows)
    for (const [position, user] of users.entries()) gains.set(user, [...(gains.get(user) ?? []), gain[position]!])
  return Float64Array.from(gains.values(), (own) => own.reduce((sum, value) => sum + value, 0) / own.length)
}

function estimateOf(values: Float64Array, { seed, bootstrapSamples }: BlendSettings): Estimate {
  return estimate(values, resampleUsers(values.length, bootstrapSamples, seed))
}
