import { basename } from 'node:path'
import { openNeighbours } from '#core/format/neighbours.ts'
import type { Config } from '#core/schemas/config.ts'
import type { BlendTable, ModelCard } from '#core/schemas/manifest.ts'
import { DataError } from '../io/files.ts'
import type { StepHandles } from '../io/handles.ts'
import { type ArtifactFiles, type FoldInWeights, PART, type Prepared, type PreparedRatings } from '../nouns.ts'
import { resampleUsers } from './bootstrap.ts'
import { fitFoldIn as fit } from './fit-fold-in.ts'
import { differences, type Judgement, judge, modelMetrics, rankAll, rankers, SERVED } from './judge.ts'
import { type Candidates, judgedUsers } from './judged-users.ts'
import { learnBlend as learn } from './learn-blend.ts'
import { traitsOf } from './list-traits.ts'
import { itemFactorsOf, openArtifacts } from './open-artifacts.ts'
import { type LearnedRanker, learnRanker as learnOrder } from './ranker/learn-ranker.ts'
import { servingSettings } from './serving-settings.ts'
import { predictFold, starsEvaluation } from './stars/judge-stars.ts'

export type { Llm } from '#recommend/handles.ts'
export { type ColdSplit, coldSplit } from './cold/cold-split.ts'
export { type ColdJudgement, judgeCold } from './cold/judge-cold.ts'
export { examine, type Uncompressed } from './examine/index.ts'
export { type Contender, type FactorsJudgement, judgeFactors } from './judge-factors.ts'
export { BLEND_ROW, openPairsJudge, type PairsJudgement, rescoredBy } from './judge-pair-scores.ts'
export type { Candidates } from './judged-users.ts'
export { type AnswersReport, judgeAnswers } from './language/judge-answers.ts'
export { judgeLanguage, type LanguageReport, type Score } from './language/judge-language.ts'
export { LabelError, readLabelledQueries } from './language/labelled-queries.ts'
export { builtModel } from './language/newest-model.ts'
export { openParser } from './language/open-parser.ts'
export { SLOTS, type Slot } from './language/slots.ts'
export { judgeNewMovies, type NewMoviesJudgement } from './new-movies/judge-new-movies.ts'
export { openArtifacts } from './open-artifacts.ts'
export { readPrompts } from './prompts.ts'
export { compareLists, type ListsComparison } from './published/compare-lists.ts'
export { judgePair } from './published/judge-pair.ts'
export { smokeChecks } from './published/smoke-checks.ts'
export type { LearnedRanker } from './ranker/learn-ranker.ts'
export { judgeRerank, type RerankJudgement } from './rerank/judge-rerank.ts'
export { servingSettings } from './serving-settings.ts'
export { drawCandidates } from './splits/draw-candidates.ts'
export { holdOutLast } from './splits/hold-out-last.ts'
export { judgeSplit, type SplitJudgement, testUsers } from './splits/judge-split.ts'
export { NCF_TEST_FILE, readNcfSplit } from './splits/ncf-files.ts'
export { type OwnSplit, readOwnSplit, type SplitFiles } from './splits/own-split.ts'
export {
  keepEntries,
  PROTOCOLS,
  type Protocol,
  type ProtocolName,
  sharesOf,
  withoutCold,
  withoutUntrained,
} from './splits/protocols.ts'
export { orderOfUsers, shareOfUsers } from './splits/share-of-users.ts'
export { SPLIT_FORMATS, type SplitFormat } from './splits/split-file.ts'
export { judgeNetwork } from './stars/judge-network.ts'
export { predictFold, rmseOn, type StarFold, starsEvaluation } from './stars/judge-stars.ts'
export { STAR_PROTOCOLS, type StarProtocol, type StarProtocolName } from './stars/protocols.ts'
export { type RatedUser, ratedUsers } from './stars/rated-users.ts'
export { type Comparison, compareTrials, estimateTrial } from './tuning/compare-trials.ts'
export {
  judgeObjective,
  OBJECTIVE_SOURCES,
  type Objective,
  parseObjective,
  validationUsers,
} from './tuning/objective.ts'
export { type LearnSource, type Tuned, tune } from './tuning/tune.ts'

export type Report = ModelCard['evaluation']

/** Whom blend and ranker are learned by. */
export interface Learners {
  /** most users; left out, few enough for a build to be quick */
  maxUsers?: number
  /** of every user of the validation part, where the test part is judged on some movies only */
  candidates?: Candidates | null
}

/** Blend weights by length of history, learned on the validation part, or the config's for all. */
export function learnBlend(
  files: ArtifactFiles,
  { interactions }: PreparedRatings,
  config: Config,
  handles: StepHandles,
  { maxUsers, candidates = null }: Learners = {},
): BlendTable {
  const { weights } = config.model.hybrid
  if (weights !== 'learned') return [{ minLikes: 0, weights }]
  const { bootstrapSamples, relevantFrom } = config.evaluation
  const { judged } = judgedUsers(interactions, PART.validation, relevantFrom, candidates)
  const model = openArtifacts(files, servingSettings(config, []))
  return learn(judged, model, { seed: config.project.seed, bootstrapSamples, maxUsers }, handles)
}

/**
 * The order of the first movies of blended lists, learned on the validation part.
 * @param files the artifacts that the blend was learned on
 */
export function learnRanker(
  files: ArtifactFiles,
  blend: BlendTable,
  { interactions }: PreparedRatings,
  config: Config,
  handles: StepHandles,
  { maxUsers, candidates = null }: Learners = {},
): LearnedRanker {
  const { ranker } = config.model
  if (ranker.enabled === 'off') return { ranker: null, card: null }
  const { bootstrapSamples, relevantFrom } = config.evaluation
  const { judged } = judgedUsers(interactions, PART.validation, relevantFrom, candidates)
  const model = openArtifacts(files, servingSettings(config, blend))
  return learnOrder(judged, model, { ...ranker, seed: config.project.seed, bootstrapSamples, maxUsers }, handles)
}

/**
 * Weights of the fold-in for item factors of another engine, chosen on the validation part.
 * @param files the artifacts of these factors, with whatever weights
 * @throws {DataError} when the validation part has nobody to judge by
 */
export function fitFoldIn(
  files: ArtifactFiles,
  prepared: Prepared,
  config: Config,
  handles: StepHandles,
): FoldInWeights {
  const { relevantFrom } = config.evaluation
  const { judged } = judgedUsers(prepared.interactions, PART.validation, relevantFrom)
  if (judged.length === 0)
    throw new DataError(
      `the validation part has no user with ${relevantFrom} stars or more: no fold-in can be chosen for imported factors`,
    )
  const model = openArtifacts(files, servingSettings(config, []))
  return fit(judged, model, itemFactorsOf(files), config.project.seed, handles)
}

/**
 * Judge exported bytes by the code that serves them: full ranking of the catalogue, seen movies left out, every
 * test user once. The blend, each source alone, popularity, item-kNN and random; 95 % intervals by bootstrap over users.
 * @param itemKnn the neighbours.arrow of item-kNN; null where it is a source of the blend itself
 */
export function evaluate(
  files: ArtifactFiles,
  blend: BlendTable,
  prepared: Prepared,
  config: Config,
  handles: StepHandles,
  itemKnn: Uint8Array | null,
): Report {
  const { cutoffs, relevantFrom, bootstrapSamples } = config.evaluation
  const model = openArtifacts(files, servingSettings(config, blend))
  const { judged, withoutRelevant } = judgedUsers(prepared.interactions, PART.test, relevantFrom)
  const resamples = resampleUsers(judged.length, bootstrapSamples, config.project.seed)
  const values = new Map<string, Judgement>()
  const rows = rankers(model, config, itemKnn && openNeighbours(itemKnn))
  const traits = traitsOf(model, prepared.interactions)
  for (const [index, [name, ranker]] of rows.entries()) {
    handles.signal.throwIfAborted()
    const lists = rankAll(judged, ranker, Math.max(...cutoffs))
    values.set(name, judge(judged, lists, cutoffs, traits, model.catalog.numItems))
    handles.progress.update('evaluate', index + 1, rows.length)
  }
  return {
    protocol:
      `test: ${testPart(config.split)}; ` +
      `relevant: ${relevantFrom} stars or more; ranked: the whole catalogue but what the user rated before; ` +
      `${origin(config.model.cf)}, weights chosen on validation, judged on the exported bytes by the served code`,
    relevantFrom,
    usersJudged: judged.length,
    usersWithoutRelevant: withoutRelevant,
    models: [...values].map(([name, judgement]) => modelMetrics(name, judgement, resamples)),
    overPopularity: differences(values.get(SERVED)!, values.get('popularity')!, resamples),
    stars:
      model.stars &&
      starsEvaluation([predictFold(model.stars, prepared.interactions)], bootstrapSamples, config.project.seed),
  }
}

/** Where the factors come from, in words for the report. */
function origin({ type }: Config['model']['cf']): string {
  return type === 'imported'
    ? 'item factors imported from another engine, which must have learned from the train part alone'
    : 'trained on train + validation'
}

/** What the test part is, in words for the report. */
function testPart(split: Config['split']): string {
  const percent = (share: number) => `${Math.round(share * 100)} %`
  switch (split.strategy) {
    case 'userTime':
      return `the last ratings of each user in time order (${percent(split.test)} of those used)`
    case 'globalTime':
      return `all ratings after one date (${percent(split.test)} of those used)`
    case 'leaveOneOut':
      return 'the last rating of each user'
    case 'random':
      return `ratings drawn by chance (${percent(split.test)} of those used)`
    case 'kFold':
      return `fold ${split.fold} of ${split.folds} (0 is the first), drawn by chance`
    case 'strongGeneralization':
      return (
        `${percent(split.test)} of the users, held out whole: ` +
        `${percent(1 - split.foldIn)} of their ratings, after they told the others`
      )
    case 'given':
      return `the ratings given by ${basename(split.given.test ?? '')}`
  }
}
