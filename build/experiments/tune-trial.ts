import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { deserialize } from 'node:v8'
import type { Config } from '#core/schemas/config.ts'
import { withSettings } from '../config/config-settings.ts'
import { judgeObjective, type Objective, validationUsers } from '../evaluate/index.ts'
import { canonicalJson } from '../identity.ts'
import type { StepHandles } from '../io/handles.ts'
import { serveTasks } from '../io/processes.ts'
import { type ArtifactFiles, PART, type PreparedRatings } from '../nouns.ts'
import { type Device, openDevice } from '../train/index.ts'
import type { Ask } from '../tuning/index.ts'
import { learner } from './learner.ts'

/** What all trials of a process share. */
export interface TrialSetup {
  /** PreparedRatings, as `v8.serialize` writes them */
  dataFile: string
  /** that settings are laid over */
  config: Config
  objective: Objective
  maxUsers: number
  device: Device
  threads: number
}

/** What a trial found: the objective, one value a user. */
export interface TrialReply {
  values: Float64Array
}

/** The process that started this one speaks for it, and ends it. */
const SILENT: StepHandles = {
  log: { error() {}, warn() {}, info() {}, debug() {} },
  progress: { update() {} },
  track() {},
  signal: new AbortController().signal,
}

serveTasks<TrialSetup, Ask, TrialReply>(({ dataFile, config, objective, maxUsers, device, threads }) => {
  const ratings = deserialize(readFileSync(dataFile)) as PreparedRatings
  const users = validationUsers(ratings.interactions, config, maxUsers)
  const source = objective.source === 'marquee' ? 'all' : objective.source
  const trainDevice = openDevice(device, threads, SILENT.log)
  let last: { key: string; files: ArtifactFiles } | null = null
  return async ({ settings, budget }) => {
    const full = withSettings(config, settings)
    const { cf } = full.model
    const iterations = Math.max(1, Math.round(cf.iterations * budget))
    const tried = { ...full, model: { ...full.model, cf: { ...cf, iterations } } }
    const key = canonicalJson(whatIsLearned(tried))
    if (last?.key !== key) {
      const checkpointFile = join(dirname(dataFile), `checkpoint-${process.pid}`)
      const options = { device: await trainDevice, checkpointFile, resume: false }
      const learn = learner(ratings, tried.project.seed, options, SILENT)
      last = { key, files: await learn(tried.model, [PART.train], source) }
    }
    // the seed of the search draws users and halves, whatever seed is tried
    const judged = { ...tried, project: config.project }
    return { values: judgeObjective(last.files, judged, users, objective, SILENT) }
  }
})

/** The settings without those that count only when a history is scored: what is learned may serve several trials. */
function whatIsLearned({ project, model }: Config): unknown {
  const { hybrid: _hybrid, ranker: _ranker, ...learned } = model
  const { cf, neighbours } = learned
  // with patience, training itself asks the validation part
  const ownCf = cf.patience === null ? { ...cf, recencyHalfLife: null } : cf
  return { ...learned, cf: ownCf, neighbours: { ...neighbours, recencyHalfLife: null }, seed: project.seed }
}
