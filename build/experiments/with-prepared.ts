import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '#core/schemas/config.ts'
import type { Compute } from '../index.ts'
import { ingest } from '../ingest/index.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Prepared, SourceReport } from '../nouns.ts'
import { prepare } from '../prepare/index.ts'
import { type Embeddings, embedTexts, openDevice, type TrainOptions } from '../train/index.ts'

/** What networks are tried out on. */
export interface Bench {
  /** in the parts of the configured split */
  prepared: Prepared
  embeddings: Embeddings | null
  files: SourceReport[]
  /** of a training of this name */
  optionsFor(name: string): TrainOptions
  threads: number
}

/**
 * Read and split the data, embed its texts and open the device; all of it is given up when the experiment is over.
 * @param inputs folders or files, in place of the configured sources
 */
export async function withPrepared<Result>(
  inputs: string[] | null,
  config: Config,
  { device = 'auto', threads = availableParallelism() }: Partial<Compute>,
  handles: StepHandles,
  experiment: (bench: Bench) => Promise<Result>,
): Promise<Result> {
  const sources = inputs?.map((path) => ({ path, format: 'auto' as const })) ?? config.data.sources
  const folder = await mkdtemp(join(tmpdir(), 'marquee-bench-'))
  const trainDevice = await openDevice(device, threads, handles.log)
  try {
    const dataset = await ingest({ ...config.data, sources }, handles)
    const settings = { ...config, seed: config.project.seed, outputDir: join(folder, 'tables') }
    const prepared = await prepare(dataset, settings, handles).finally(() => dataset.database.close())
    const cache = join(config.project.artifacts, 'embeddings')
    const embeddings = await embedTexts(prepared.catalog, config.model.content.embeddings, cache, handles)
    const optionsFor = (name: string) => ({ device: trainDevice, checkpointFile: join(folder, name), resume: false })
    return await experiment({ prepared, embeddings, files: dataset.sources, optionsFor, threads })
  } finally {
    trainDevice.close()
    await rm(folder, { recursive: true, force: true })
  }
}
