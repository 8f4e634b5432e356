import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '#core/schemas/config.ts'
import { type ColdJudgement, coldSplit, judgeCold, learnBlend, learnRanker } from '../evaluate/index.ts'
import { encodeArtifacts, encodeRanker } from '../export/index.ts'
import type { Compute } from '../index.ts'
import { ingest } from '../ingest/index.ts'
import type { StepHandles } from '../io/handles.ts'
import { PART, type SourceReport, type Trained } from '../nouns.ts'
import { prepare } from '../prepare/index.ts'
import { asDrafted, embedTexts, openDevice, train } from '../train/index.ts'

export interface ColdReport extends Omit<ColdJudgement, 'usersJudged'> {
  protocol: string
  seed: number
  /** judged */
  users: number
  coldItems: number
  files: SourceReport[]
}

/**
 * How well movies are found that nobody has rated: a fifth of them is taken out of training and histories whole, and the
 * lists are of these alone. With the configured settings, on exported bytes by the code that serves them. Tags are what
 * viewers say, so no keyword comes from them here.
 * @param inputs folders or files, in place of the configured sources
 * @throws {DataError} when the data has no texts, or nobody likes a cold movie
 */
export async function evaluateCold(
  inputs: string[] | null,
  config: Config,
  { device = 'auto', threads = availableParallelism() }: Partial<Compute>,
  handles: StepHandles,
): Promise<ColdReport> {
  const { seed } = config.project
  const { relevantFrom } = config.evaluation
  const sources = inputs?.map((path) => ({ path, format: 'auto' as const })) ?? config.data.sources
  const folder = await mkdtemp(join(tmpdir(), 'marquee-cold-'))
  const trainDevice = await openDevice(device, threads, handles.log)
  try {
    const { ratings, files } = await readMovies({ ...config, data: { ...config.data, sources } }, folder, handles)
    const { catalog } = ratings
    const split = coldSplit(ratings.interactions, catalog.movieIds.length, seed)
    const cache = join(config.project.artifacts, 'embeddings')
    const embeddings = await embedTexts(catalog, config.model.content.embeddings, cache, handles)
    const model = { ...config.model, stars: { ...config.model.stars, type: 'none' as const } }
    const options = { device: trainDevice, checkpointFile: join(folder, 'checkpoint'), resume: false }
    const prepared = { catalog, interactions: split.interactions }
    const settings = { seed, embeddings }
    const encoded = (trained: Trained) => encodeArtifacts(trained, prepared, () => false)
    const draft = await train(prepared, [PART.train], { ...settings, model }, handles, options)
    const drafted = encoded(draft)
    const blend = learnBlend(drafted, prepared, config, handles)
    const { ranker } = learnRanker(drafted, blend, prepared, config, handles)
    const final = { ...settings, model: asDrafted(model, draft), content: draft.content }
    const trained = await train(prepared, [PART.train, PART.validation], final, handles, options)
    const learned = new Map([...encoded(trained), ...encodeRanker(ranker)])
    const { usersJudged, ...judgement } = judgeCold(learned, blend, split, config, handles)
    return {
      protocol:
        `cold-items: a fifth of the movies, drawn by seed ${seed}, is in no training part and no history; ranked: these ` +
        `${split.coldItems.length} alone; relevant: ${relevantFrom} stars or more, whenever given; settings as configured, ` +
        'the blend, and the order of its first movies where it proved itself, learned on other movies',
      seed,
      users: usersJudged,
      coldItems: split.coldItems.length,
      ...judgement,
      files,
    }
  } finally {
    trainDevice.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Ratings and movies, the last fifth of each user's ratings in the parts that are not train. */
export async function readMovies(config: Config, folder: string, handles: StepHandles) {
  const data = { ...config.data, minTags: Number.MAX_SAFE_INTEGER }
  const dataset = await ingest(data, handles)
  try {
    const split = { ...config.split, strategy: 'userTime' as const, train: 0.8, validation: 0.1, test: 0.1 }
    const settings = { data, split, seed: config.project.seed, outputDir: join(folder, 'tables') }
    return { ratings: await prepare(dataset, settings, handles), files: dataset.sources }
  } finally {
    await dataset.database.close()
  }
}
