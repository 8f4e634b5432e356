import type { Config } from '#core/schemas/config.ts'
import type { BlendTable, Estimate, ModelMetrics } from '#core/schemas/manifest.ts'
import { DataError } from '../../io/files.ts'
import type { StepHandles } from '../../io/handles.ts'
import { type ArtifactFiles, PART } from '../../nouns.ts'
import { resampleUsers } from '../bootstrap.ts'
import {
  BLEND,
  comparisons,
  differences,
  type Judgement,
  judge,
  modelMetrics,
  rankAll,
  rankers,
  SERVED,
} from '../judge.ts'
import { judgedUsers } from '../judged-users.ts'
import { traitsOf } from '../list-traits.ts'
import { openArtifacts } from '../open-artifacts.ts'
import { servingSettings } from '../serving-settings.ts'
import type { ColdSplit } from './cold-split.ts'

/** What every row is compared with: the nearest texts. */
const BASELINE = 'content'

export interface ColdJudgement {
  usersJudged: number
  /** with ratings of cold movies, none of them relevant */
  usersWithoutRelevant: number
  models: ModelMetrics[]
  /** a minus b, paired by user */
  differences: { a: string; b: string; metrics: Record<string, Estimate> }[]
}

/**
 * Judge exported bytes by the code that serves them on movies that nobody has rated: the lists are of these movies alone.
 * The served lists, these without the ranker where there is one, the factors, the texts and chance; item–item weights, what
 * comes next and popularity say nothing of them, all of them alike, which chance stands for.
 * @throws {DataError} when nobody likes a cold movie
 */
export function judgeCold(
  files: ArtifactFiles,
  blend: BlendTable,
  { interactions, coldItems, candidates }: ColdSplit,
  config: Config,
  { progress, signal }: StepHandles,
): ColdJudgement {
  const { cutoffs, relevantFrom, bootstrapSamples } = config.evaluation
  const { judged: users, withoutRelevant } = judgedUsers(interactions, PART.test, relevantFrom, candidates)
  if (users.length === 0) throw new DataError(`nobody gave a cold movie ${relevantFrom} stars or more: nothing to find`)
  const model = openArtifacts(files, servingSettings(config, blend))
  if (model.content.numTerms === 0) throw new DataError('the data has no texts: nothing is known of cold movies')
  const speaking = [SERVED, BLEND, config.model.cf.type, BASELINE, 'random']
  const rows = rankers(model, config, null).filter(([name]) => speaking.includes(name))
  const traits = traitsOf(model, interactions)
  const judgements = rows.map(([name, ranker], index): [string, Judgement] => {
    signal.throwIfAborted()
    progress.update('evaluate', index, rows.length, name)
    const lists = rankAll(users, ranker, Math.max(...cutoffs))
    return [name, judge(users, lists, cutoffs, traits, coldItems.length)]
  })
  progress.update('evaluate', rows.length, rows.length)
  const resamples = resampleUsers(users.length, bootstrapSamples, config.project.seed)
  return {
    usersJudged: users.length,
    usersWithoutRelevant: withoutRelevant,
    models: judgements.map(([name, judgement]) => modelMetrics(name, judgement, resamples)),
    differences: comparisons(judgements, BASELINE).map(([[a, judgementOfA], [b, judgementOfB]]) => ({
      a,
      b,
      metrics: differences(judgementOfA, judgementOfB, resamples),
    })),
  }
}
