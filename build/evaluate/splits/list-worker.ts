import { workerData } from 'node:worker_threads'
import { openNeighbours } from '#core/format/neighbours.ts'
import type { Config } from '#core/schemas/config.ts'
import type { BlendTable } from '#core/schemas/manifest.ts'
import { performTasks } from '../../io/workers.ts'
import type { ArtifactFiles } from '../../nouns.ts'
import { type Ranker, rankers } from '../judge.ts'
import type { JudgedUser } from '../judged-users.ts'
import { openArtifacts } from '../open-artifacts.ts'
import { servingSettings } from '../serving-settings.ts'

/** What is judged. */
export interface Contest {
  files: ArtifactFiles
  blend: BlendTable
  config: Config
  /** the neighbours.arrow of item-kNN; null where it is a source of the blend itself */
  itemKnn: Uint8Array | null
}

export interface ListWorkerData {
  contest: Contest
  /** the worker's own */
  users: JudgedUser[]
}

/** Lists of some of its users by one of the rankers. */
export interface ListTask {
  name: string
  k: number
  /** parts of the users, of which one is wanted, counted from 0 */
  parts: number
  part: number
}

const { contest, users } = workerData as ListWorkerData
const byName = rankersOf(contest)

performTasks<ListTask, Int32Array[]>(({ name, k, parts, part }) =>
  users
    .slice(Math.floor((part * users.length) / parts), Math.floor(((part + 1) * users.length) / parts))
    .map((user) => Int32Array.from(byName.get(name)!(user, k))),
)

function rankersOf({ files, blend, config, itemKnn }: Contest): Map<string, Ranker> {
  const model = openArtifacts(files, servingSettings(config, blend))
  return new Map(rankers(model, config, itemKnn && openNeighbours(itemKnn)))
}
