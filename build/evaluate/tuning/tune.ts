import { randomSource } from '#core/random.ts'
import type { Config, ModelConfig, Source } from '#core/schemas/config.ts'
import { DataError } from '../../io/files.ts'
import type { StepHandles } from '../../io/handles.ts'
import { type ArtifactFiles, type Interactions, PART } from '../../nouns.ts'
import { type Candidates, type JudgedUser, judgedUsers } from '../judged-users.ts'
import { sampleOf } from '../sample-of.ts'
import { judgeObjective } from './objective.ts'
import { type Extent, searchStart, searchSteps } from './search-space.ts'

/** Settings are chosen by mean NDCG at this cutoff. */
const CUTOFF = 10
/** More users would change the choice little and cost time. */
const MAX_USERS = 2000

/** One answer to what was asked of validation. */
export interface Trial {
  source: Source
  /** which settings the step asks for */
  what: string
  settings: ModelConfig[keyof ModelConfig]
  ndcg: number
}

export interface Tuned {
  model: ModelConfig
  /** all that were judged, in their order */
  trials: Trial[]
  /** of the best settings, alone */
  ndcg: Partial<Record<Source, number>>
}

/** Learn one source of a model from the training part, as it would be exported; the others may be left empty. */
export type LearnSource = (model: ModelConfig, source: Source) => Promise<ArtifactFiles>

/**
 * Choose the settings of each source by its own lists on the validation part: by the served code on the exported bytes,
 * with what the training part knows. Of equal ones the earlier holds, so that settings stay as configured unless others
 * are better. One training a point of the search that asks for one, and a ranking a user and point.
 * @param candidates of every user of the validation part, where a protocol ranks only some movies
 * @throws {DataError} when the validation part has nobody to judge by
 */
export async function tune(
  interactions: Interactions,
  config: Config,
  time: Pick<Extent, 'hasTimes' | 'hasOrder'>,
  learn: LearnSource,
  handles: StepHandles,
  candidates: Candidates | null = null,
): Promise<Tuned> {
  const { log, progress, signal } = handles
  const usersOf = askedUsers(interactions, config, candidates)
  if (usersOf('popularity').length === 0)
    throw new DataError('the validation part has nobody with a relevant item: nothing to tune on')
  const random = randomSource(config.project.seed)
  const extent = { ...time, ...sizeOf(interactions) }
  let model = searchStart(config.model, extent)
  const steps = searchSteps(model, extent)
  const ndcg: Tuned['ndcg'] = {}
  const trials: Trial[] = []
  const learned = new Map<string, ArtifactFiles>()

  const attempt = async (candidate: ModelConfig, source: Source, what: string) => {
    signal.throwIfAborted()
    const key = JSON.stringify([source, whatIsLearned(candidate, source)])
    const files = learned.get(key) ?? (await learn(candidate, source))
    learned.set(key, files)
    const value = meanNdcg(files, { ...config, model: candidate }, source, usersOf(source), handles)
    trials.push({ source, what, settings: candidate[source as keyof ModelConfig], ndcg: value })
    log.debug(`tune ${source}: ${JSON.stringify(candidate[source as keyof ModelConfig])}, validation NDCG ${value}`)
    return value
  }
  for (const [step, { source, what, candidates: settingsFrom }] of steps.entries()) {
    progress.update('tune', step, steps.length, `${source}: ${what}`)
    // what was learned of the source before serves no other one
    if (source !== steps[step - 1]?.source) learned.clear()
    ndcg[source] ??= await attempt(model, source, 'as configured')
    for (const candidate of settingsFrom(model, random)) {
      const value = await attempt(candidate, source, what)
      if (value <= ndcg[source]) continue
      ndcg[source] = value
      model = candidate
    }
    log.info(
      `tune ${source}: ${what}: validation NDCG@${CUTOFF} ${ndcg[source].toFixed(4)} of ${usersOf(source).length} users`,
    )
  }
  progress.update('tune', steps.length, steps.length)
  return { model, trials, ndcg }
}

/**
 * Who is asked about a source. Without a history all but popularity are mute, whatever their settings: where many users of
 * the validation part are new, as in a split by date, a sample with them would have few who can tell settings apart.
 */
function askedUsers(
  interactions: Interactions,
  { evaluation, project }: Config,
  candidates: Candidates | null,
): (source: Source) => JudgedUser[] {
  const { judged } = judgedUsers(interactions, PART.validation, evaluation.relevantFrom, candidates)
  const known = judged.filter(({ history }) => history.itemIndices.length > 0)
  const all = sampleOf(judged, MAX_USERS, project.seed)
  const withHistory = known.length > 0 ? sampleOf(known, MAX_USERS, project.seed) : all
  return (source) => (source === 'popularity' ? all : withHistory)
}

/** Of the training part. */
function sizeOf({ itemIndices, parts }: Interactions): Pick<Extent, 'items' | 'ratings'> {
  const learned = itemIndices.filter((_, at) => parts[at] === PART.train)
  return { items: new Set(learned).size, ratings: learned.length }
}

/** Mean over users of the served lists by one source alone. */
function meanNdcg(
  files: ArtifactFiles,
  config: Config,
  source: Source,
  users: JudgedUser[],
  handles: StepHandles,
): number {
  const values = judgeObjective(files, config, users, { metric: 'ndcg', cutoff: CUTOFF, source }, handles)
  return values.reduce((sum, value) => sum + value, 0) / users.length
}

/** The settings without those that count only when a history is scored. */
function whatIsLearned({ cf, next, neighbours, popularity }: ModelConfig, source: Source): unknown {
  const settings = { cf, next: { ...next, ratingExponent: 0 }, neighbours, popularity, content: {} }[source]
  return { ...settings, recencyHalfLife: null }
}
