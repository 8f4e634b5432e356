import { METRIC_AT_K, METRICS, type Metric } from '#core/metrics.ts'
import type { Model } from '#core/model.ts'
import { type BlendWeights, type Config, SOURCES, type Source } from '#core/schemas/config.ts'
import { alone } from '#recommend/blend.ts'
import type { StepHandles } from '../../io/handles.ts'
import { type ArtifactFiles, type Interactions, PART } from '../../nouns.ts'
import { listOf, SERVED } from '../judge.ts'
import { type JudgedUser, judgedUsers } from '../judged-users.ts'
import { learnBlend } from '../learn-blend.ts'
import { openArtifacts } from '../open-artifacts.ts'
import { learnRanker } from '../ranker/learn-ranker.ts'
import { sampleOf } from '../sample-of.ts'
import { servingSettings } from '../serving-settings.ts'

/** What settings are judged by: a metric of the lists of one source alone, or of the served blend. */
export interface Objective {
  metric: Metric
  cutoff: number
  source: Source | typeof SERVED
}

export const OBJECTIVE_SOURCES: readonly Objective['source'][] = [SERVED, ...SOURCES]

/** `ndcg@10` as its parts; null for what is no metric. */
export function parseObjective(text: string): Pick<Objective, 'metric' | 'cutoff'> | null {
  const [, name, cutoff] = /^(\w+)@([1-9]\d{0,3})$/.exec(text) ?? []
  const metric = METRICS.find((known) => known === name)
  return metric ? { metric, cutoff: Number(cutoff) } : null
}

/** Users of the validation part with something to find there, at most `maxUsers` of them, drawn by the seed. */
export function validationUsers(
  interactions: Interactions,
  { evaluation, project }: Config,
  maxUsers: number,
): JudgedUser[] {
  return sampleOf(judgedUsers(interactions, PART.validation, evaluation.relevantFrom).judged, maxUsers, project.seed)
}

/**
 * The objective of exported bytes by the served code, one value a user. A blend that is learned, and the ranker behind it,
 * are learned on every other user and judged on the rest, and the other way round: nobody is judged by what he taught.
 */
export function judgeObjective(
  files: ArtifactFiles,
  config: Config,
  users: JudgedUser[],
  { metric, cutoff, source }: Objective,
  handles: StepHandles,
): Float64Array {
  const model = openArtifacts(files, servingSettings(config, []))
  const worth = (user: JudgedUser, weights: BlendWeights | undefined, by: Model) =>
    METRIC_AT_K[metric](listOf(user, weights, cutoff, by), user.relevant, cutoff)
  const { hybrid, ranker } = config.model
  const { weights } = hybrid
  if (source !== SERVED) return Float64Array.from(users, (user) => worth(user, alone(source), model))
  if (weights !== 'learned') return Float64Array.from(users, (user) => worth(user, weights, model))
  const settings = { seed: config.project.seed, bootstrapSamples: config.evaluation.bootstrapSamples }
  const models = [0, 1].map((half) => {
    const others = users.filter((_, index) => index % 2 !== half)
    const blended = { ...model, blend: learnBlend(others, model, settings, handles) }
    if (ranker.enabled === 'off') return blended
    return { ...blended, ranker: learnRanker(others, blended, { ...ranker, ...settings }, handles).ranker }
  })
  return Float64Array.from(users, (user, index) => worth(user, undefined, models[index % 2]!))
}
