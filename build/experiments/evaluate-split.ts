import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomSource } from '#core/random.ts'
import type { Config, ModelConfig, Source } from '#core/schemas/config.ts'
import type { BlendTable, ModelMetrics, RankerCard } from '#core/schemas/manifest.ts'
import {
  type Candidates,
  drawCandidates,
  holdOutLast,
  judgeSplit,
  learnBlend,
  learnRanker,
  type SplitJudgement,
  type Tuned,
  testUsers,
  tune,
} from '../evaluate/index.ts'
import { encodeRanker } from '../export/index.ts'
import type { Compute } from '../index.ts'
import type { StepHandles } from '../io/handles.ts'
import { type Interactions, PART, type PreparedRatings, type SourceReport } from '../nouns.ts'
import { drawValidation } from '../prepare/index.ts'
import { openDevice } from '../train/index.ts'
import { learnItemKnn } from './compared.ts'
import { learner, quietly } from './learner.ts'

/** Share of the training part that is held out where a split has no validation part, and no order to go by. */
const VALIDATION = 0.1
/** Users that blend and ranker are learned by: with fewer the weights come out differently from sample to sample. */
const BLEND_USERS = 5000

/** What is judged: ratings in their parts, and what counts as liked. */
export interface Split extends PreparedRatings {
  /** in words, for the report */
  protocol: string
  /** an interaction is learned from and relevant from these stars up; null: each is, whatever its stars */
  relevantFrom: number | null
  /** whether timestamps are times */
  hasTimes: boolean
  /** whether a user's interactions stand in the order in which they came */
  hasOrder: boolean
  /** whether the model that is judged learns from the validation part too, not from train alone */
  learnsAgain: boolean
  /** by userIndex, the only items that are ranked; null: the whole catalogue */
  candidates: Candidates | null
  files: SourceReport[]
}

export interface SplitReport {
  protocol: string
  seed: number
  tuned: Pick<ModelConfig, 'cf' | 'next' | 'neighbours' | 'popularity'> & { blend: BlendTable; ranker?: RankerCard }
  /** on the validation part: the best of each source alone, and all that was tried */
  validation: Pick<Tuned, 'ndcg' | 'trials'>
  /** judged */
  users: number
  usersWithoutRelevant: number
  usersWithoutHistory: number
  itemsOnlyInTest: number
  files: SourceReport[]
  models: ModelMetrics[]
  differences: SplitJudgement['differences']
}

/**
 * What the pipeline is worth on a split: settings and blend are chosen on the validation part by drafts that have not
 * seen it, then everything is learned again from train and validation (but where users are held out whole), and the test
 * part is looked at once, with both as the history. All of it on exported bytes by the code that serves them.
 * @throws {DataError} when the validation or the test part has nobody to judge by
 */
export async function evaluateSplit(
  split: Split,
  base: Config,
  { device = 'auto', threads = availableParallelism() }: Partial<Compute>,
  handles: StepHandles,
): Promise<SplitReport> {
  const { seed } = base.project
  const likedFrom = split.relevantFrom ?? Number.NEGATIVE_INFINITY
  if (!split.hasOrder)
    handles.log.info('the files tell no order of time: next, and what is newer counting more, are left out')
  const config: Config = {
    ...base,
    model: { ...(split.hasOrder ? base.model : withoutOrder(base.model)), likedFrom },
    evaluation: { ...base.evaluation, relevantFrom: likedFrom },
  }
  const { interactions } = split
  testUsers(interactions, config, split.candidates)
  const validation = interactions.parts.includes(PART.validation) ? 'valid' : holdOut(split, interactions, seed)
  if (validation !== 'valid') handles.log.warn(`no validation part: held out for it is ${validation}`)
  const folder = await mkdtemp(join(tmpdir(), 'marquee-split-'))
  const trainDevice = await openDevice(device, threads, handles.log)
  try {
    const options = { device: trainDevice, checkpointFile: join(folder, 'checkpoint'), resume: false }
    const learn = learner(split, seed, options, handles)
    const draft = (model: ModelConfig, source: Source | 'all') => learn(model, [PART.train], source)
    const numItems = split.catalog.movieIds.length
    const candidates = split.candidates && drawCandidates(interactions, split.candidates, numItems, seed)
    const { model, ndcg, trials } = await tune(interactions, config, split, draft, handles, candidates)
    const tuned = { ...config, model }
    const drafted = await draft(model, 'all')
    const learners = { maxUsers: BLEND_USERS, candidates }
    const blend = learnBlend(drafted, split, tuned, handles, learners)
    const { ranker, card } = learnRanker(drafted, blend, split, tuned, handles, learners)
    const parts = split.learnsAgain ? [PART.train, PART.validation] : [PART.train]
    const learned = split.learnsAgain ? await learn(model, parts, 'all') : drafted
    const files = new Map([...learned, ...encodeRanker(ranker)])
    const itemKnn = await learnItemKnn({ ratings: split, parts, model, threads }, quietly(handles))
    const contest = { files, blend, config: tuned, itemKnn }
    const { usersJudged, ...judgement } = await judgeSplit(contest, interactions, split.candidates, handles, threads)
    const { cf, neighbours, popularity } = model
    return {
      protocol:
        `${split.protocol}; tuned on ${validation}, ` +
        `${split.learnsAgain ? 'learned again from train + valid, which are the history' : 'learned from train alone'}; ` +
        `ranked: ${split.candidates ? 'the candidates of each user' : 'the whole catalogue but the history'}; ` +
        `relevant: ${split.relevantFrom === null ? 'everything in test' : `${split.relevantFrom} stars or more`}`,
      seed,
      tuned: { cf, next: model.next, neighbours, popularity, blend, ...(card && { ranker: card }) },
      validation: { ndcg, trials },
      users: usersJudged,
      ...judgement,
      files: split.files,
    }
  } finally {
    trainDevice.close()
    await rm(folder, { recursive: true })
  }
}

/** The settings without those that go by the order of a history. */
function withoutOrder({ cf, next, neighbours, ...model }: ModelConfig): ModelConfig {
  return {
    ...model,
    cf: { ...cf, recencyHalfLife: null },
    next: { ...next, type: 'none' },
    neighbours: { ...neighbours, recencyHalfLife: null },
  }
}

/** Makes a part of train the validation part, by an order of time where the test part comes last. @returns what it is */
function holdOut({ hasOrder }: Split, interactions: Interactions, seed: number): string {
  const last = hasOrder ? holdOutLast(interactions) : null
  if (last) {
    interactions.parts = last
    return "the last of each user's train, as test comes last"
  }
  interactions.parts = interactions.parts.slice()
  drawValidation(interactions.parts, VALIDATION, randomSource(seed))
  return `${100 * VALIDATION} % of train, drawn by seed ${seed}`
}
