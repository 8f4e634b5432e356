import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomSource } from '#core/random.ts'
import type { Config, ModelConfig, Source } from '#core/schemas/config.ts'
import type { BlendTable, ModelMetrics } from '#core/schemas/manifest.ts'
import { type Candidates, judgeSplit, learnBlend, type Tuned, tune } from './evaluate/index.ts'
import { encodeArtifacts } from './export/index.ts'
import type { Compute } from './index.ts'
import type { StepHandles } from './io/handles.ts'
import { type Catalog, PART, type Part, type PreparedRatings, type SourceReport, type Trained } from './nouns.ts'
import { drawValidation } from './prepare/index.ts'
import { openDevice, type TrainOptions, train } from './train/index.ts'

/** Share of the training part that is held out where a split has no validation part. */
const VALIDATION = 0.1
/** Users that the blend is learned by: with fewer its weights come out differently from sample to sample. */
const BLEND_USERS = 2000

/** What is judged: ratings in their parts, and what counts as liked. */
export interface Split extends PreparedRatings {
  /** in words, for the report */
  protocol: string
  /** an interaction is learned from and relevant from these stars up; null: each is, whatever its stars */
  relevantFrom: number | null
  /** whether timestamps are times */
  hasTimes: boolean
  /** by userIndex, the only items that are ranked; null: the whole catalogue */
  candidates: Candidates | null
  files: SourceReport[]
}

export interface SplitReport {
  protocol: string
  seed: number
  tuned: Pick<ModelConfig, 'cf' | 'neighbours' | 'popularity'> & { blend: BlendTable }
  /** on the validation part: the best of each source alone, and all that was tried */
  validation: Pick<Tuned, 'ndcg' | 'trials'>
  /** judged */
  users: number
  usersWithoutRelevant: number
  usersWithoutHistory: number
  itemsOnlyInTest: number
  files: SourceReport[]
  models: ModelMetrics[]
}

/**
 * What the pipeline is worth on a split: settings and blend are chosen on the validation part by drafts that have not
 * seen it, then everything is learned again from train and validation, and the test part is looked at once, with both as
 * the history. All of it on exported bytes by the code that serves them.
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
  const config: Config = {
    ...base,
    model: { ...base.model, likedFrom },
    evaluation: { ...base.evaluation, relevantFrom: likedFrom },
  }
  const { interactions } = split
  const isDrawn = !interactions.parts.includes(PART.validation)
  if (isDrawn) {
    interactions.parts = interactions.parts.slice()
    drawValidation(interactions.parts, VALIDATION, randomSource(seed))
    handles.log.warn(`no validation part: ${100 * VALIDATION} % of train are held out for it, drawn by seed ${seed}`)
  }
  const folder = await mkdtemp(join(tmpdir(), 'marquee-split-'))
  const trainDevice = await openDevice(device, threads, handles.log)
  try {
    const options = { device: trainDevice, checkpointFile: join(folder, 'checkpoint'), resume: false }
    const learn = learner(split, seed, options, handles)
    const draft = (model: ModelConfig, source: Source | 'all') => learn(model, [PART.train], source)
    const { model, ndcg, trials } = await tune(interactions, config, split.hasTimes, draft, handles)
    const tuned = { ...config, model }
    const blend = learnBlend(await draft(model, 'all'), split, tuned, handles, BLEND_USERS)
    const files = await learn(model, [PART.train, PART.validation], 'all')
    const { usersJudged, ...judgement } = judgeSplit(files, blend, interactions, tuned, handles, split.candidates)
    const { cf, neighbours, popularity } = model
    return {
      protocol:
        `${split.protocol}; tuned on ${isDrawn ? `${100 * VALIDATION} % of train, drawn by seed ${seed}` : 'valid'}, ` +
        'learned again from train + valid, which are the history; ' +
        `ranked: ${split.candidates ? 'the candidates of each user' : 'the whole catalogue but the history'}; ` +
        `relevant: ${split.relevantFrom === null ? 'everything in test' : `${split.relevantFrom} stars or more`}`,
      seed,
      tuned: { cf, neighbours, popularity, blend },
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

/** Learn and export a model of one source or of all, without histories: these come with the users. */
function learner(split: PreparedRatings, seed: number, options: TrainOptions, handles: StepHandles) {
  const { log, signal } = handles
  const numItems = split.catalog.movieIds.length
  const nothing: Pick<Trained, 'factors' | 'itemFactors'> = { factors: 8, itemFactors: new Float32Array(numItems * 8) }
  const withoutTexts = { ...split.catalog, ...noTexts(numItems) }
  // of so many trainings only the warnings are news
  const quiet: StepHandles = { log: { ...log, info: log.debug }, progress: { update() {} }, signal }
  return async (model: ModelConfig, parts: Part[], source: Source | 'all') => {
    const isWanted = (wanted: Source) => source === 'all' || source === wanted
    const ratings = isWanted('content') ? split : { ...split, catalog: withoutTexts }
    const neighbours = isWanted('neighbours') ? model.neighbours : { ...model.neighbours, type: 'none' as const }
    const settings = { model: { ...model, neighbours }, seed, imported: isWanted('cf') ? null : nothing }
    const trained = await train(ratings, parts, settings, source === 'all' ? handles : quiet, options)
    return encodeArtifacts(trained, ratings, () => false)
  }
}

/** Of movies of which nothing is told. */
function noTexts(numItems: number): Pick<Catalog, 'genres' | 'texts'> {
  const text = { overview: '', tagline: '', keywords: [], cast: [], directors: [], poster: '', source: '' }
  return { genres: Array.from({ length: numItems }, () => []), texts: new Array(numItems).fill(text) }
}
