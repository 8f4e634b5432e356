import { openNeighbours } from '#core/format/neighbours.ts'
import type { Config } from '#core/schemas/config.ts'
import type { BlendTable, Estimate, ModelMetrics } from '#core/schemas/manifest.ts'
import { DataError } from '../../io/files.ts'
import type { StepHandles } from '../../io/handles.ts'
import { type ArtifactFiles, type Interactions, PART } from '../../nouns.ts'
import { resampleUsers } from '../bootstrap.ts'
import { comparisons, differences, type Judgement, judge, modelMetrics, rankAll, rankers } from '../judge.ts'
import { type Candidates, judgedUsers } from '../judged-users.ts'
import { traitsOf } from '../list-traits.ts'
import { openArtifacts } from '../open-artifacts.ts'
import { servingSettings } from '../serving-settings.ts'

/** What the test part of a split says of the served blend, each source alone, popularity, item-kNN and chance. */
export interface SplitJudgement {
  usersJudged: number
  /** with interactions in the test part, none of them relevant */
  usersWithoutRelevant: number
  /** judged without any history: new in the test part */
  usersWithoutHistory: number
  /** of the relevant ones, those that nobody has before the test part: only texts can find them */
  itemsOnlyInTest: number
  models: ModelMetrics[]
  /** a minus b, paired by user: the served blend beside every other row, and each of these beside popularity */
  differences: { a: string; b: string; metrics: Record<string, Estimate> }[]
}

/**
 * Judge exported bytes by the code that serves them on the test part: every user once, the whole catalogue ranked but
 * the history, or the candidates of a user where there are some. Without texts there is no row for content.
 * @param candidates by userIndex
 * @param itemKnn the neighbours.arrow of item-kNN; null where it is a source of the blend itself
 * @throws {DataError} when the test part has nobody to judge by
 */
export function judgeSplit(
  files: ArtifactFiles,
  blend: BlendTable,
  interactions: Interactions,
  config: Config,
  handles: StepHandles,
  candidates: Candidates | null,
  itemKnn: Uint8Array | null,
): SplitJudgement {
  const { cutoffs, relevantFrom, bootstrapSamples } = config.evaluation
  const { judged: users, withoutRelevant } = judgedUsers(interactions, PART.test, relevantFrom, candidates)
  if (users.length === 0) throw new DataError('the test part has nobody with a relevant item that is new to them')
  const model = openArtifacts(files, servingSettings(config, blend))
  const resamples = resampleUsers(users.length, bootstrapSamples, config.project.seed)
  const rows = rankers(model, config, itemKnn && openNeighbours(itemKnn)).filter(
    ([name]) => name !== 'content' || model.content.numTerms > 0,
  )
  const traits = traitsOf(model, interactions)
  const judgements = rows.map(([name, ranker], index): [string, Judgement] => {
    handles.signal.throwIfAborted()
    handles.progress.update('evaluate', index, rows.length, name)
    const lists = rankAll(users, ranker, Math.max(...cutoffs))
    return [name, judge(users, lists, cutoffs, traits, model.catalog.numItems)]
  })
  handles.progress.update('evaluate', rows.length, rows.length)
  return {
    usersJudged: users.length,
    usersWithoutRelevant: withoutRelevant,
    usersWithoutHistory: users.filter(({ history }) => history.itemIndices.length === 0).length,
    itemsOnlyInTest: countNew(
      interactions,
      users.flatMap(({ relevant }) => [...relevant]),
    ),
    models: judgements.map(([name, judgement]) => modelMetrics(name, judgement, resamples)),
    differences: comparisons(judgements, 'popularity').map(([[a, judgementOfA], [b, judgementOfB]]) => ({
      a,
      b,
      metrics: differences(judgementOfA, judgementOfB, resamples),
    })),
  }
}

/** Different ones of these items that are in no part before the test. */
function countNew({ itemIndices, parts }: Interactions, items: number[]): number {
  const known = new Set<number>()
  for (const [entry, item] of itemIndices.entries()) if (parts[entry] !== PART.test) known.add(item)
  return new Set(items.filter((item) => !known.has(item))).size
}
