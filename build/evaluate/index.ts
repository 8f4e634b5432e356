import { basename } from 'node:path'
import { METRIC_AT_K, METRICS } from '#core/metrics.ts'
import type { Model, ServingSettings } from '#core/model.ts'
import { randomSource } from '#core/random.ts'
import type { BlendWeights, Config } from '#core/schemas/config.ts'
import type { BlendTable, Estimate, ModelCard, ModelMetrics } from '#core/schemas/manifest.ts'
import { topK } from '#core/scoring/top-k.ts'
import { blockedItems } from '#recommend/constraints.ts'
import { rank } from '#recommend/index.ts'
import { DataError } from '../io/files.ts'
import type { StepHandles } from '../io/handles.ts'
import { type ArtifactFiles, type FoldInWeights, PART, type Prepared } from '../nouns.ts'
import { estimate, type Resamples, resampleUsers } from './bootstrap.ts'
import { fitFoldIn as fit } from './fit-fold-in.ts'
import { type JudgedUser, judgedUsers } from './judged-users.ts'
import { learnBlend as learn } from './learn-blend.ts'
import { itemFactorsOf, openArtifacts } from './open-artifacts.ts'

export type Report = ModelCard['evaluation']

/** The name of the served blend among the report's rows. */
export const SERVED = 'marquee'

/** Blend weights by length of history, learned on the validation part, or the config's for all. */
export function learnBlend(files: ArtifactFiles, prepared: Prepared, config: Config, handles: StepHandles): BlendTable {
  const { weights } = config.model.hybrid
  if (weights !== 'learned') return [{ minLikes: 0, weights }]
  const { judged } = judgedUsers(prepared.interactions, PART.validation, config.evaluation.relevantFrom)
  return learn(judged, openArtifacts(files, servingSettings(config, [])), config.project.seed, handles)
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
 * test user once. The blend, each source alone, popularity and random; 95 % intervals by bootstrap over users.
 */
export function evaluate(
  files: ArtifactFiles,
  blend: BlendTable,
  prepared: Prepared,
  config: Config,
  handles: StepHandles,
): Report {
  const { cutoffs, relevantFrom, bootstrapSamples } = config.evaluation
  const model = openArtifacts(files, servingSettings(config, blend))
  const { judged, withoutRelevant } = judgedUsers(prepared.interactions, PART.test, relevantFrom)
  const resamples = resampleUsers(judged.length, bootstrapSamples, config.project.seed)
  const values = new Map<string, Judgement>()
  const rows = rankers(model, config)
  for (const [index, [name, ranker]] of rows.entries()) {
    handles.signal.throwIfAborted()
    values.set(name, judge(judged, ranker, cutoffs, model.catalog.numItems))
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

/** The part of the config that travels in the model card. */
export function servingSettings({ model }: Config, blend: BlendTable): ServingSettings {
  return { likedFrom: model.likedFrom, recencyHalfLife: model.cf.recencyHalfLife, blend }
}

type Ranker = (user: JudgedUser, k: number) => ArrayLike<number>

/** Per metric and cutoff one value a user, and the coverage of the lists. */
interface Judgement {
  byMetric: Map<string, Float64Array>
  coverage: Record<string, number>
}

function rankers(model: Model, { project, model: { cf } }: Config): [string, Ranker][] {
  const served =
    (weights?: BlendWeights): Ranker =>
    ({ history }, k) =>
      rank(history, { weights }, k, model).blended.map(({ itemIndex }) => itemIndex)
  const { uniform } = randomSource(project.seed)
  return [
    [SERVED, served()],
    [cf.type, served({ cf: 1, content: 0, popularity: 0 })],
    ['content', served({ cf: 0, content: 1, popularity: 0 })],
    ['popularity', served({ cf: 0, content: 0, popularity: 1 })],
    [
      'random',
      ({ history }, k) => {
        const blocked = blockedItems(model, history.itemIndices, {})
        return topK(
          Float64Array.from(blocked, (flag) => (flag ? Number.NaN : uniform())),
          k,
        ).items
      },
    ],
  ]
}

function judge(users: JudgedUser[], ranker: Ranker, cutoffs: number[], numItems: number): Judgement {
  const byMetric = new Map<string, Float64Array>()
  for (const metric of METRICS)
    for (const cutoff of cutoffs) byMetric.set(`${metric}@${cutoff}`, new Float64Array(users.length))
  const covered = cutoffs.map(() => new Set<number>())
  const longest = Math.max(...cutoffs)
  for (const [index, user] of users.entries()) {
    const ranked = ranker(user, longest)
    for (const [position, cutoff] of cutoffs.entries()) {
      for (const metric of METRICS)
        byMetric.get(`${metric}@${cutoff}`)![index] = METRIC_AT_K[metric](ranked, user.relevant, cutoff)
      for (let at = 0; at < Math.min(cutoff, ranked.length); at++) covered[position]!.add(ranked[at]!)
    }
  }
  const coverage = Object.fromEntries(
    cutoffs.map((cutoff, position) => [`coverage@${cutoff}`, covered[position]!.size / numItems]),
  )
  return { byMetric, coverage }
}

function modelMetrics(name: string, { byMetric, coverage }: Judgement, resamples: Resamples): ModelMetrics {
  const metrics = Object.fromEntries([...byMetric].map(([key, values]) => [key, estimate(values, resamples)]))
  return { name, metrics, coverage }
}

function differences(a: Judgement, b: Judgement, resamples: Resamples): Record<string, Estimate> {
  return Object.fromEntries(
    [...a.byMetric].map(([key, values]) => {
      const others = b.byMetric.get(key)!
      return [
        key,
        estimate(
          values.map((value, user) => value - others[user]!),
          resamples,
        ),
      ]
    }),
  )
}
