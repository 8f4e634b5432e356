import { openNeighbours } from '#core/format/neighbours.ts'
import type { Config } from '#core/schemas/config.ts'
import type { Estimate, ModelMetrics } from '#core/schemas/manifest.ts'
import { DataError } from '../../io/files.ts'
import type { StepHandles } from '../../io/handles.ts'
import { type Interactions, PART } from '../../nouns.ts'
import { resampleUsers } from '../bootstrap.ts'
import { comparisons, differences, type Judgement, judge, modelMetrics, RANDOM, rankAll, rankers } from '../judge.ts'
import { type Candidates, judgedUsers } from '../judged-users.ts'
import { traitsOf } from '../list-traits.ts'
import { openArtifacts } from '../open-artifacts.ts'
import { servingSettings } from '../serving-settings.ts'
import type { Contest } from './list-worker.ts'
import { rankRows } from './rank-rows.ts'

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

/** Whom the test part judges by. @throws {DataError} for nobody, which is known before anything is learned */
export function testUsers(
  interactions: Interactions,
  { evaluation: { relevantFrom } }: Pick<Config, 'evaluation'>,
  candidates: Candidates | null,
): ReturnType<typeof judgedUsers> {
  const users = judgedUsers(interactions, PART.test, relevantFrom, candidates)
  if (users.judged.length > 0) return users
  const relevant = Number.isFinite(relevantFrom) ? `an item of ${relevantFrom} stars or more` : 'an item'
  throw new DataError(`the test part has nobody with ${relevant} that is new to them: nothing to find`)
}

/**
 * Judge exported bytes by the code that serves them on the test part: every user once, the whole catalogue ranked but
 * the history, or the candidates of a user where there are some. Without texts there is no row for content.
 * @param candidates by userIndex
 * @throws {DataError} when the test part has nobody to judge by
 */
export async function judgeSplit(
  contest: Contest,
  interactions: Interactions,
  candidates: Candidates | null,
  handles: StepHandles,
  threads: number,
): Promise<SplitJudgement> {
  const { files, blend, config, itemKnn } = contest
  const { cutoffs, bootstrapSamples } = config.evaluation
  const { judged: users, withoutRelevant } = testUsers(interactions, config, candidates)
  const model = openArtifacts(files, servingSettings(config, blend))
  const rows = rankers(model, config, itemKnn && openNeighbours(itemKnn)).filter(
    ([name]) => name !== 'content' || model.content.numTerms > 0,
  )
  const longest = Math.max(...cutoffs)
  const shared = rows.map(([name]) => name).filter((name) => name !== RANDOM)
  const lists = await rankRows(contest, users, shared, longest, handles, threads)
  const traits = traitsOf(model, interactions)
  const judgements = rows.map(([name, ranker]): [string, Judgement] => {
    handles.signal.throwIfAborted()
    const ofRow = lists.get(name) ?? rankAll(users, ranker, longest)
    return [name, judge(users, ofRow, cutoffs, traits, model.catalog.numItems)]
  })
  const resamples = resampleUsers(users.length, bootstrapSamples, config.project.seed)
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
