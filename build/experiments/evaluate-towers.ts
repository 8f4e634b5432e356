import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '#core/schemas/config.ts'
import { type FactorsJudgement, judgeFactors } from '../evaluate/index.ts'
import { encodeArtifacts } from '../export/index.ts'
import type { Compute } from '../index.ts'
import { ingest } from '../ingest/index.ts'
import type { StepHandles } from '../io/handles.ts'
import { PART, type SourceReport } from '../nouns.ts'
import { prepare } from '../prepare/index.ts'
import { embedTexts, openDevice, train } from '../train/index.ts'

export interface TowersReport extends Omit<FactorsJudgement, 'usersJudged'> {
  protocol: string
  seed: number
  /** judged */
  users: number
  files: SourceReport[]
}

/**
 * Whether a two-tower network, as configured, makes the served blend better than the factors of ALS, on the validation part
 * of the configured split.
 * @param inputs folders or files, in place of the configured sources
 * @throws {DataError} when the validation part has too few users
 */
export async function evaluateTowers(
  inputs: string[] | null,
  config: Config,
  { device = 'auto', threads = availableParallelism() }: Partial<Compute>,
  handles: StepHandles,
): Promise<TowersReport> {
  const { seed } = config.project
  const sources = inputs?.map((path) => ({ path, format: 'auto' as const })) ?? config.data.sources
  const folder = await mkdtemp(join(tmpdir(), 'marquee-towers-'))
  const trainDevice = await openDevice(device, threads, handles.log)
  try {
    const dataset = await ingest({ ...config.data, sources }, handles)
    const settings = { ...config, seed, outputDir: join(folder, 'tables') }
    const prepared = await prepare(dataset, settings, handles).finally(() => dataset.database.close())
    const { model } = config
    const cache = join(config.project.artifacts, 'embeddings')
    const embeddings = await embedTexts(prepared.catalog, model.content.embeddings, cache, handles)
    const contender = async (type: 'als' | 'two_tower') => {
      const stars = { ...model.stars, type: 'none' as const }
      const own: Config = { ...config, model: { ...model, stars, cf: { ...model.cf, type } } }
      const options = { device: trainDevice, checkpointFile: join(folder, type), resume: false }
      const trained = await train(prepared, [PART.train], { model: own.model, seed, embeddings }, handles, options)
      return { type, config: own, files: encodeArtifacts(trained, prepared, (part) => part !== PART.test) }
    }
    const contenders = [await contender('als'), await contender('two_tower')] as const
    const { usersJudged, ...judgement } = judgeFactors(contenders, prepared.interactions, config, handles)
    return {
      protocol:
        'two-towers: the validation part of the configured split; learned from train alone; each half of the users judged ' +
        'by blend weights that were learned on the other; ranked: the whole catalogue but what the user rated before',
      ...{ seed, users: usersJudged, ...judgement, files: dataset.sources },
    }
  } finally {
    trainDevice.close()
    await rm(folder, { recursive: true, force: true })
  }
}
