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

export interface BlendSettings {
  seed: number
  bootstrapSamples: number
  /** that the blend is learned by */
  maxUsers?: number | undefined
}

type Row = BlendTable[number]

/**
 * Learn the blend on validation, by length of history: every user is replayed as one with the last likes only, as
 * many as the row stands for (the last row: the whole history), and the weights with the best mean NDCG@10 are kept.
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
  const sample = sampleOf(users, maxUsers, seed)
  const resamples = resampleUsers(sample.length, bootstrapSamples, seed)
  for (const [step, minLikes] of LIKES_STEPS.entries()) {
    handles.signal.throwIfAborted()
    handles.progress.update('learn the blend', step, LIKES_STEPS.length)
    const last = step === LIKES_STEPS.length - 1
    const replayed = sample.map((user) =>
      replay(user, last ? user.history : lastLikes(user.history, minLikes, model.likedFrom), model),
    )
    const row = { minLikes, ...weightsFor(replayed, resamples) }
    handles.log.debug(`blend: ${JSON.stringify(row)}`)
    table.push(row)
  }
  handles.progress.update('learn the blend', LIKES_STEPS.length, LIKES_STEPS.length)
  return table
}

/** The weights of one row, and why they are shipped. */
function weightsFor(users: Replayed[], resamples: Resamples): Omit<Row, 'minLikes'> {
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
