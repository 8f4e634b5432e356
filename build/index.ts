import { mkdir, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { randomSource } from '#core/random.ts'
import type { Config } from '#core/schemas/config.ts'
import type { ModelCard, RerankEvidence } from '#core/schemas/manifest.ts'
import {
  evaluate,
  examine,
  fitFoldIn,
  learnBlend,
  learnRanker,
  type Report,
  servingSettings,
} from './evaluate/index.ts'
import { learnItemKnn, learnUncompressed } from './experiments/compared.ts'
import { learnStarNetwork } from './experiments/rating-network.ts'
import {
  encodeArtifacts,
  encodeRanker,
  encodeRatingNetwork,
  localTitlesCard,
  manifestFiles,
  readModel,
  writeModel,
} from './export/index.ts'
import { buildIdentity, hashCode, type Input } from './identity.ts'
import { type FactorsSource, hashFactors, type PlacedFactors, placeFactors, readFactors } from './import/index.ts'
import { hashInputs, ingest } from './ingest/index.ts'
import { hashFile } from './io/files.ts'
import type { StepHandles } from './io/handles.ts'
import { readRerankEvidence } from './io/rerank-evidence.ts'
import { type Dataset, type Examination, type ExportedModel, PART, type Prepared, type Trained } from './nouns.ts'
import { hashSplitFiles, prepare } from './prepare/index.ts'
import { publish } from './publish/index.ts'
import type { ObjectStore } from './publish/object-store.ts'
import {
  asDrafted,
  type Device,
  embedTexts,
  hashSentenceModel,
  openDevice,
  type TrainOptions,
  train,
} from './train/index.ts'

export const STEPS = ['ingest', 'prepare', 'train', 'evaluate', 'export', 'publish'] as const
export type Step = (typeof STEPS)[number]

/** What a build is computed on; no part of what it is known by. */
export interface Compute {
  device: Device
  /** of the CPU */
  threads: number
  /** go on from what a long training left that was stopped */
  resume: boolean
}

export interface BuildOptions {
  config: Config
  /** by default all cores, a GPU where it pays, from the start */
  compute?: Partial<Compute>
  /** the last step to do */
  until: Step
  /** look into what is judged, beyond the report; then nothing that was exported before is taken over */
  examined?: boolean
  handles: StepHandles
  /** told which build it is and what it is made of, before any step */
  onIdentified?: (identity: { buildId: string; inputs: Input[] }) => void
  /** asked for only when there is something to publish */
  openStore: () => Promise<ObjectStore & { close(): Promise<void> }>
}

export interface BuildResult {
  buildId: string
  /** `artifacts/<buildId>` with tables/, model/ and report.json, as far as the steps went */
  folder: string
  steps: { step: Step; seconds: number; reused: boolean }[]
  report: Report | null
  /** null where the last step came before the evaluation; `report` is a part of it */
  card: ModelCard | null
  /** null where it was not asked for */
  examination: Examination | null
}

/**
 * ingest → prepare → train → evaluate → export → publish. A build is known by its inputs, configuration and
 * code; one that was exported before is taken over as it is, and only published.
 */
export async function build(options: BuildOptions): Promise<BuildResult> {
  const { config, until, examined = false, handles, openStore } = options
  const factorsSource = factorsSourceOf(config)
  const { rerankEvidence: rerankFile } = config.llm
  const rerank = rerankFile === null ? null : readRerankEvidence(rerankFile)
  const inputs = [
    ...(await hashInputs(config.data)),
    ...(await hashSplitFiles(config.split)),
    ...(factorsSource ? await hashFactors(factorsSource) : []),
    ...(await hashSentenceModel(config.model.content.embeddings)),
    ...(rerankFile === null ? [] : [{ file: rerankFile, sha256: (await hashFile(rerankFile)).sha256 }]),
  ]
  const { buildId } = buildIdentity(config, inputs, hashCode())
  options.onIdentified?.({ buildId, inputs })
  const folder = join(config.project.artifacts, buildId)
  const clock = stopwatch(until, handles)
  handles.log.info(`build ${buildId} (seed ${config.project.seed}) in ${folder}`)

  const earlier = examined ? null : await readModel(modelIn(folder), buildId)
  if (earlier) {
    handles.log.info('exported before with the same inputs, configuration and code: taken over')
    for (const step of STEPS.slice(0, -1)) if (clock.wants(step)) clock.steps.push({ step, seconds: 0, reused: true })
  }
  const { exported, card, examination } = earlier
    ? { exported: earlier, card: earlier.manifest.card, examination: null }
    : await makeModel(options, { buildId, folder, factorsSource, rerank, clock })
  if (exported && clock.wants('publish')) {
    await clock.time('publish', async () => {
      const store = await openStore()
      try {
        await publish(exported, store, handles)
      } finally {
        await store.close()
      }
    })
  }
  return { buildId, folder, steps: clock.steps, report: card?.evaluation ?? null, card, examination }
}

interface Made {
  /** null where the last step came before the export */
  exported: ExportedModel | null
  /** null where the last step came before the evaluation */
  card: ModelCard | null
  examination: Examination | null
}

const NOTHING: Made = { exported: null, card: null, examination: null }

interface Making {
  buildId: string
  folder: string
  factorsSource: FactorsSource | null
  /** what was measured of a language model before; the model card carries it */
  rerank: RerankEvidence | null
  clock: ReturnType<typeof stopwatch>
}

/** All steps from the data to an exported model, as far as they are wanted. */
async function makeModel({ config, compute, examined = false, handles }: BuildOptions, making: Making): Promise<Made> {
  const { buildId, folder, factorsSource, rerank, clock } = making
  // before all else: factors that cannot be used, or a GPU that is not there, are told at once
  const foreign = factorsSource && (await readFactors(factorsSource))
  const { device = 'auto', threads = availableParallelism(), resume = false } = compute ?? {}
  const trainDevice = await openDevice(clock.wants('train') ? device : 'cpu', threads, handles.log)
  try {
    const dataset = await clock.time('ingest', () => ingest(config.data, handles))
    let prepared: Prepared
    try {
      if (!clock.wants('prepare')) return NOTHING
      prepared = await clock.time('prepare', () =>
        prepare(dataset, { ...config, seed: config.project.seed, outputDir: join(folder, 'tables') }, handles),
      )
    } finally {
      await dataset.database.close()
    }
    if (!clock.wants('train')) return NOTHING

    const imported = foreign && placeFactors(foreign, prepared, handles.log)
    // the blend is learned by a draft that has not seen the validation part; the shipped model has
    const { draft, trained } = await clock.time('train', () =>
      trainTwice(prepared, config, imported, handles, (name) => ({
        device: trainDevice,
        checkpointFile: join(checkpointsIn(folder), name),
        resume,
      })),
    )
    if (!clock.wants('evaluate')) return NOTHING

    const { model, blend, ranker, starNetwork, evaluation, examination } = await clock.time('evaluate', async () => {
      const isKnown = (part: number) => part !== PART.test
      const encoded = (learned: Trained) => encodeArtifacts(learned, prepared, isKnown)
      const foldIn =
        !draft.tower && config.model.cf.type !== 'als' && fitFoldIn(encoded(draft), prepared, config, handles)
      const drafted = encoded({ ...draft, ...(foldIn && { foldIn }) })
      const blend = learnBlend(drafted, prepared, config, handles)
      const ranker = learnRanker(drafted, blend, prepared, config, handles)
      const model = { ...trained, ...(foldIn && { foldIn }) }
      const starNetwork = await learnStarNetwork(
        { ratings: prepared, parts: [PART.train, PART.validation], content: draft.content, config },
        { threads, checkpoint: (name) => join(checkpointsIn(folder), name), resume },
        handles,
      )
      const comparison = { ratings: prepared, parts: [PART.train, PART.validation], model: config.model, threads }
      const itemKnn = await learnItemKnn(comparison, handles)
      const files = new Map([
        ...encoded(model),
        ...encodeRanker(ranker.ranker),
        ...encodeRatingNetwork(starNetwork.network),
      ])
      const evaluation = evaluate(files, blend, prepared, config, handles, itemKnn)
      const uncompressed = examined && (await learnUncompressed(comparison, model, handles))
      const examination = uncompressed
        ? examine({ files, blend, prepared, config, itemKnn, uncompressed }, handles)
        : null
      return { model, blend, ranker, starNetwork, evaluation, examination }
    })
    const learned = {
      blend,
      ...(ranker.card && { ranker: ranker.card }),
      ...(starNetwork.card && { ratingNetwork: starNetwork.card }),
    }
    const card = { ...modelCard(config, prepared, model, learned, evaluation), ...(rerank && { rerank }) }
    await writeReport(folder, buildId, card, dataset, prepared, model, imported)
    if (!clock.wants('export')) return { exported: null, card, examination }

    const exported = await clock.time('export', () => {
      const files = new Map([
        ...encodeArtifacts(model, prepared, () => true),
        ...encodeRanker(ranker.ranker),
        ...encodeRatingNetwork(starNetwork.network),
      ])
      const header = { format: 'marquee-model', version: 1, buildId } as const
      return writeModel(files, { ...header, files: manifestFiles(files), api: config.api, card }, modelIn(folder))
    })
    await rm(checkpointsIn(folder), { recursive: true, force: true })
    return { exported, card, examination }
  } finally {
    trainDevice.close()
  }
}

function modelIn(folder: string): string {
  return join(folder, 'model')
}

/** What a long training leaves until its model is exported. */
function checkpointsIn(folder: string): string {
  return join(folder, 'checkpoints')
}

/** With `model.cf.type: imported`, where the item factors are. */
function factorsSourceOf({ model: { cf } }: Config): FactorsSource | null {
  const { path, itemIds } = cf.imported
  return cf.type === 'imported' && path !== null ? { path, itemIds } : null
}

/**
 * With `patience`, the draft finds out how many iterations are enough, and the final model takes as many. The draft
 * predicts no stars: nothing is chosen by them.
 */
async function trainTwice(
  prepared: Prepared,
  config: Config,
  imported: PlacedFactors | null,
  handles: StepHandles,
  optionsOf: (name: 'draft' | 'final') => TrainOptions,
): Promise<{ draft: Trained; trained: Trained }> {
  const { model } = config
  const cache = join(config.project.artifacts, 'embeddings')
  const embeddings = await embedTexts(prepared.catalog, model.content.embeddings, cache, handles)
  const settings = { model, seed: config.project.seed, imported, embeddings }
  const drafted = { ...settings, model: { ...model, stars: { ...model.stars, type: 'none' as const } } }
  const draft = await train(prepared, [PART.train], drafted, labelled(handles, 'draft'), optionsOf('draft'))
  const finalSettings = { ...settings, model: asDrafted(model, draft), content: draft.content }
  const all = [PART.train, PART.validation]
  return { draft, trained: await train(prepared, all, finalSettings, labelled(handles, 'final'), optionsOf('final')) }
}

/** The same handles with a word behind every progress label and before every measure, so that two runs of a step are told apart. */
function labelled(handles: StepHandles, word: string): StepHandles {
  const update: StepHandles['progress']['update'] = (label, done, total, note) =>
    handles.progress.update(`${label} (${word})`, done, total, note)
  const track: StepHandles['track'] = (metrics, step) =>
    handles.track(Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`${word}.${name}`, value])), step)
  return { ...handles, progress: { update }, track }
}

function modelCard(
  config: Config,
  prepared: Prepared,
  { factors, losses, foldIn, content }: Trained,
  learned: Pick<ModelCard['model'], 'blend' | 'ranker' | 'ratingNetwork'>,
  evaluation: Report,
): ModelCard {
  const { cf, neighbours } = config.model
  const localTitles = localTitlesCard(prepared.catalog)
  return {
    project: config.project.name,
    experiment: config.experiment,
    seed: config.project.seed,
    data: prepared.summary,
    model: {
      cf: cf.type,
      neighbours: neighbours.type,
      factors,
      iterations: losses.length,
      regularization: foldIn.regularization,
      unobservedWeight: foldIn.unobservedWeight,
      terms: content.terms.length,
      ...(localTitles && { localTitles }),
      ...servingSettings(config, learned.blend),
      ...(learned.ranker && { ranker: learned.ranker }),
      ...(learned.ratingNetwork && { ratingNetwork: learned.ratingNetwork }),
    },
    evaluation,
    exampleUsers: exampleUsers(prepared, config),
  }
}

/** Users with a history that is neither a stub nor a flood, drawn by the seed, ascending. */
function exampleUsers({ interactions: { userIds, indptr } }: Prepared, config: Config): number[] {
  const { uniform } = randomSource(config.project.seed)
  const suitable = [...userIds]
    .map((userId, user) => ({ userId, ratings: indptr[user + 1]! - indptr[user]!, order: uniform() }))
    .filter(({ ratings }) => ratings >= 20 && ratings <= 400)
  return suitable
    .sort((a, b) => a.order - b.order)
    .slice(0, config.api.exampleUsers)
    .map(({ userId }) => userId)
    .sort((a, b) => a - b)
}

/** report.json: the model card, and what each step read, dropped and wrote. No clock, so it is the same every time. */
async function writeReport(
  folder: string,
  buildId: string,
  card: ModelCard,
  { sources, joins }: Dataset,
  { tables }: Prepared,
  { losses }: Trained,
  imported: PlacedFactors | null,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const report = { buildId, ...card, sources, joins, tables, losses, ...(imported && { imported: imported.report }) }
  await writeFile(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
}

function stopwatch(until: Step, { log }: StepHandles) {
  const steps: BuildResult['steps'] = []
  return {
    steps,
    wants: (step: Step) => STEPS.indexOf(step) <= STEPS.indexOf(until),
    async time<T>(step: Step, work: () => T | Promise<T>): Promise<T> {
      const start = performance.now()
      const result = await work()
      const seconds = (performance.now() - start) / 1000
      steps.push({ step, seconds, reused: false })
      log.info(`${step}: done in ${seconds.toFixed(1)} s`)
      return result
    },
  }
}
