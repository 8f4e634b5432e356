import { ndcgAtK } from '#core/metrics.ts'
import type { Model } from '#core/model.ts'
import type { Config } from '#core/schemas/config.ts'
import type { Estimate, ModelMetrics } from '#core/schemas/manifest.ts'
import { contentCosine } from '#core/scoring/content-scores.ts'
import { alone } from '#recommend/blend.ts'
import { diversify, intraListDiversity, poolSize } from '#recommend/diversify.ts'
import { rank } from '#recommend/index.ts'
import { DataError } from '../io/files.ts'
import type { StepHandles } from '../io/handles.ts'
import { type ArtifactFiles, type Interactions, PART } from '../nouns.ts'
import { estimate, type Resamples, resampleUsers } from './bootstrap.ts'
import { type JudgedUser, judgedUsers } from './judged-users.ts'
import { learnBlend } from './learn-blend.ts'
import { openArtifacts } from './open-artifacts.ts'
import { servingSettings } from './serving-settings.ts'

/** Lists are judged by NDCG at this cutoff. */
const CUTOFF = 10
/** Parts that the users are divided into: each is judged by weights that were learned on the others. */
const FOLDS = 2
/** With one movie to be found a user, a blend that brings 0.015 does not prove itself by a few hundred of them. */
const BLEND_USERS = 5000
const METRIC = `ndcg@${CUTOFF}`
const DIVERSITY = `diversity@${CUTOFF}`
/** What a request may ask for, beside lists as they are. */
const DIVERSITIES = [0, 0.1, 0.2, 0.3, 0.5]

/** A model whose factors are compared with another's. */
export interface Contender {
  /** what `model.cf.type` was */
  type: Config['model']['cf']['type']
  config: Config
  /** of a model that has not seen the validation part */
  files: ArtifactFiles
}

export interface FactorsJudgement {
  usersJudged: number
  /** of each contender its factors alone, and the blend with them */
  models: ModelMetrics[]
  /** the last contender minus the first, paired by user */
  differences: { a: string; b: string; metrics: Record<string, Estimate> }[]
  /**
   * lists by the last one's factors alone, as they are and made diverse in serving: NDCG@10, and the mean pairwise 1 − cosine of
   * the texts
   */
  diversity: { asked: number; metrics: Record<string, Estimate> }[]
  /** the last one only where its blend is better with an interval above 0 */
  shipped: Contender['type']
}

/**
 * Whether other factors make the blend better, on the validation part: blends are learned for each, and judge the users that
 * they were not learned by. Only NDCG@10, on exported bytes by the code that serves them.
 * @throws {DataError} when the validation part has too few users to divide
 */
export function judgeFactors(
  [known, challenger]: readonly [Contender, Contender],
  interactions: Interactions,
  { evaluation: { relevantFrom, bootstrapSamples }, project: { seed } }: Config,
  handles: StepHandles,
): FactorsJudgement {
  const { judged } = judgedUsers(interactions, PART.validation, relevantFrom)
  if (judged.length < 2 * FOLDS)
    throw new DataError(`the validation part has ${judged.length} users to judge by, expected ${2 * FOLDS} or more`)
  const resamples = resampleUsers(judged.length, bootstrapSamples, seed)
  const [before, after] = [known, challenger].map((contender) => ndcgsOf(contender, judged, handles)) as [Ndcgs, Ndcgs]
  const served = (type: string) => `blend with ${type}`
  const difference = compared(after.blended, before.blended, resamples)
  return {
    usersJudged: judged.length,
    models: [
      row(known.type, before.alone, resamples),
      row(challenger.type, after.alone, resamples),
      row(served(known.type), before.blended, resamples),
      row(served(challenger.type), after.blended, resamples),
    ],
    differences: [
      { a: challenger.type, b: known.type, metrics: { [METRIC]: compared(after.alone, before.alone, resamples) } },
      { a: served(challenger.type), b: served(known.type), metrics: { [METRIC]: difference } },
    ],
    diversity: diversitiesOf(after.model, judged, resamples),
    shipped: difference.low > 0 ? challenger.type : known.type,
  }
}

interface Ndcgs {
  /** one a user */
  alone: Float64Array
  blended: Float64Array
  /** that ranks by factors alone */
  model: Model
}

function ndcgsOf({ config, files }: Contender, users: JudgedUser[], handles: StepHandles): Ndcgs {
  const { bootstrapSamples } = config.evaluation
  const settings = { seed: config.project.seed, bootstrapSamples, maxUsers: BLEND_USERS }
  const model = openArtifacts(files, servingSettings(config, []))
  const ndcg = ({ history, relevant }: JudgedUser, blend: typeof model.blend) => {
    const { blended } = rank(history, {}, CUTOFF, { ...model, blend })
    const items = blended.map(({ itemIndex }) => itemIndex)
    return ndcgAtK(items, relevant, CUTOFF)
  }
  const blended = new Float64Array(users.length)
  for (let fold = 0; fold < FOLDS; fold++) {
    const isIn = (_: JudgedUser, user: number) => user % FOLDS === fold
    const blend = learnBlend(
      users.filter((user, position) => !isIn(user, position)),
      model,
      settings,
      handles,
    )
    for (const [position, user] of users.entries()) if (isIn(user, position)) blended[position] = ndcg(user, blend)
  }
  const blend = [{ minLikes: 0, weights: alone('cf') }]
  return { alone: Float64Array.from(users, (user) => ndcg(user, blend)), blended, model: { ...model, blend } }
}

function diversitiesOf(model: Model, users: JudgedUser[], resamples: Resamples): FactorsJudgement['diversity'] {
  // the first k of the pool are the list of k, so one retrieval is enough
  const pools = users.map(({ history }) => rank(history, {}, poolSize(CUTOFF, 1), model).blended)
  return DIVERSITIES.map((asked) => {
    const lists = pools.map((pool) => diversify(pool, CUTOFF, asked, model).list.map(({ itemIndex }) => itemIndex))
    const ndcgs = Float64Array.from(lists, (list, user) => ndcgAtK(list, users[user]!.relevant, CUTOFF))
    const diversities = Float64Array.from(lists, (list) =>
      intraListDiversity(list.length, (a, b) => contentCosine(model.content, list[a]!, list[b]!)),
    )
    return { asked, metrics: { [METRIC]: estimate(ndcgs, resamples), [DIVERSITY]: estimate(diversities, resamples) } }
  })
}

function row(name: string, ndcgs: Float64Array, resamples: Resamples): ModelMetrics {
  return { name, metrics: { [METRIC]: estimate(ndcgs, resamples) }, coverage: {} }
}

function compared(a: Float64Array, b: Float64Array, resamples: Resamples): Estimate {
  return estimate(
    a.map((value, user) => value - b[user]!),
    resamples,
  )
}
