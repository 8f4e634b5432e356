import type { Model } from '#core/model.ts'
import type { Interactions } from '../../nouns.ts'
import type { Ranker } from '../judge.ts'
import type { JudgedUser } from '../judged-users.ts'

/** Length of the lists that most of the examination is about. */
export const CUTOFF = 10

/** What the parts of the examination share. */
export interface Lists {
  users: JudgedUser[]
  /** a seeded sample of them, or all */
  fewUsers: JudgedUser[]
  model: Model
  interactions: Interactions
  /** of the leaderboard, with a list of each of the users */
  rows: { name: string; ranker: Ranker; lists: Int32Array[] }[]
  bootstrapSamples: number
  seed: number
}
