import type { Config } from '#core/schemas/config.ts'
import type { Estimate } from '#core/schemas/manifest.ts'
import { keepEntries, orderOfUsers, shareOfUsers } from '../evaluate/index.ts'
import type { Compute } from '../index.ts'
import { DataError } from '../io/files.ts'
import type { StepHandles } from '../io/handles.ts'
import { PART } from '../nouns.ts'
import { evaluateSplit, type Split } from './evaluate-split.ts'

/** Shares of the users that are learned from; each judges the users of the first. */
const SHARES = [0.125, 0.25, 0.5, 1]

export interface CurvePoint {
  share: number
  /** with anything to learn from */
  users: number
  interactions: number
  models: { name: string; metrics: Record<string, Estimate> }[]
}

export interface LearningCurve {
  protocol: string
  seed: number
  /** the same at every point */
  judgedUsers: number
  points: CurvePoint[]
}

/**
 * What more data is worth: the whole of `evaluateSplit`, tuning and all, learned from an eighth, a quarter, half and all of
 * the users, and judged by the users of the first eighth. So a goal that is out of reach can be told from one that more
 * users would reach.
 * @throws {DataError} where an eighth of the users leaves nobody to judge by
 */
export async function learningCurve(
  split: Split,
  config: Config,
  compute: Partial<Compute>,
  handles: StepHandles,
): Promise<LearningCurve> {
  const { seed } = config.project
  const { interactions } = split
  const numUsers = interactions.indptr.length - 1
  const places = orderOfUsers(numUsers, seed)
  const judged = Math.round(SHARES[0]! * numUsers)
  const points: CurvePoint[] = []
  let protocol = ''
  let judgedUsers = 0
  for (const share of SHARES) {
    handles.log.info(`learning curve: ${100 * share} % of the users`)
    const kept = keepEntries(interactions, shareOfUsers(interactions, places, share, judged))
    if (!kept.parts.includes(PART.test))
      throw new DataError(`${100 * SHARES[0]!} % of ${numUsers} users have nothing in test; expected more users`)
    const report = await evaluateSplit({ ...split, interactions: kept }, config, compute, handles)
    protocol = report.protocol
    judgedUsers = report.users
    const learned = kept.parts.reduce((count, part) => count + (part === PART.test ? 0 : 1), 0)
    const models = report.models.map(({ name, metrics }) => ({ name, metrics }))
    points.push({ share, users: Math.max(judged, Math.round(share * numUsers)), interactions: learned, models })
  }
  return { protocol, seed, judgedUsers, points }
}
