import { mkdir, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { randomSource } from '#core/random.ts'
import type { Config } from '#core/schemas/config.ts'
import type { Manifest, ModelCard } from '#core/schemas/manifest.ts'
import { evaluate, fitFoldIn, learnBlend, type Report, servingSettings } from './evaluate/index.ts'
import { encodeArtifacts, manifestFiles, readModel, writeModel } from './export/index.ts'
import { buildIdentity, hashCode } from './identity.ts'
import { type FactorsSource, hashFactors, type PlacedFactors, placeFactors, readFactors } from './import/index.ts'
import { hashInputs, ingest } from './ingest/index.ts'
import type { StepHandles } from './io/handles.ts'
import { type Dataset, PART, type Prepared, type Trained } from './nouns.ts'
import { hashSplitFiles, prepare } from './prepare/index.ts'
import { publish } from './publish/index.ts'
import type { ObjectStore } from './publish/object-store.ts'
import { type Device, openDevice, type TrainOptions, train } from './train/index.ts'

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
  handles: StepHandles
  /** asked for only when there is something to publish */
  openStore: () => Promise<ObjectStore & { close(): Promise<void> }>
}

export interface BuildResult {
  buildId: string
  /** `artifacts/<buildId>` with tables/, model/ and report.json, as far as the steps went */
  folder: string
  steps: { step: Step; seconds: number; reused: boolean }[]
  report: Report | null
}

/**
 * ingest → prepare → train → evaluate → export → publish. A build is known by its inputs, configuration and
 * code; one that was exported before is taken over as it is, and only published.
 */
export async function build({ config, compute, until, handles, openStore }: BuildOptions): Promise<BuildResult> {
  const factorsSource = factorsSourceOf(config)
  const inputs = [
    ...(await hashInputs(config.data)),
    ...(await hashSplitFiles(config.split)),
    ...(factorsSource ? await hashFactors(factorsSource) : []),
  ]
  const { buildId } = buildIdentity(config, inputs, hashCode())
  const folder = join(config.project.artifacts, buildId)
  const modelFolder = join(folder, 'model')
  const clock = stopwatch(until, handles)
  const result = (report: Report | null): BuildResult => ({ buildId, folder, steps: clock.steps, report })
  handles.log.info(`build ${buildId} (seed ${config.project.seed}) in ${folder}`)

  let exported = await readModel(modelFolder, buildId)
  if (exported) {
    handles.log.info('exported before with the same inputs, configuration and code: taken over')
    for (const step of STEPS.slice(0, -1)) if (clock.wants(step)) clock.steps.push({ step, seconds: 0, reused: true })
  } else {
    // read before all else: factors that cannot be used are told at once
    const foreign = factorsSource && (await readFactors(factorsSource))
    const dataset = await clock.time('ingest', () => ingest(config.data, handles))
    let prepared: Prepared
    try {
      if (!clock.wants('prepare')) return result(null)
      prepared = await clock.time('prepare', () =>
        prepare(dataset, { ...config, seed: config.project.seed, outputDir: join(folder, 'tables') }, handles),
      )
    } finally {
      await dataset.database.close()
    }
    if (!clock.wants('train')) return result(null)

    const imported = foreign && placeFactors(foreign, prepared, handles.log)
    // the blend is learned by a draft that has not seen the validation part; the shipped model has
    const { draft, trained } = await clock.time('train', () =>
      trainTwice(prepared, config, imported, folder, handles, compute),
    )
    if (!clock.wants('evaluate')) return result(null)

    const { model, blend, evaluation } = await clock.time('evaluate', async () => {
      const isKnown = (part: number) => part !== PART.test
      const encoded = (learned: Trained) => encodeArtifacts(learned, prepared, isKnown)
      const foldIn = imported && fitFoldIn(encoded(draft), prepared, config, handles)
      const blend = learnBlend(encoded({ ...draft, ...(foldIn && { foldIn }) }), prepared, config, handles)
      const model = { ...trained, ...(foldIn && { foldIn }) }
      return { model, blend, evaluation: evaluate(encoded(model), blend, prepared, config, handles) }
    })
    const card = modelCard(config, prepared, model, blend, evaluation)
    await writeReport(folder, buildId, card, dataset, prepared, model, imported)
    if (!clock.wants('export')) return result(evaluation)

    exported = await clock.time('export', () => {
      const files = encodeArtifacts(model, prepared, () => true)
      const header = { format: 'marquee-model', version: 1, buildId } as const
      return writeModel(files, { ...header, files: manifestFiles(files), api: config.api, card }, modelFolder)
    })
    await rm(checkpointsIn(folder), { recursive: true, force: true })
  }
  const { evaluation } = exported.manifest.card
  if (clock.wants('publish')) {
    const model = exported
    await clock.time('publish', async () => {
      const store = await openStore()
      try {
        await publish(model, store, handles)
      } finally {
        await store.close()
      }
    })
  }
  return result(evaluation)
}

/** With `model.cf.type: imported`, where the item factors are. */
function factorsSourceOf({ model: { cf } }: Config): FactorsSource | null {
  const { path, itemIds } = cf.imported
  return cf.type === 'imported' && path !== null ? { path, itemIds } : null
}

/** With `patience`, the draft finds out how many iterations are enough, and the final model takes as many. */
async function trainTwice(
  prepared: Prepared,
  config: Config,
  imported: PlacedFactors | null,
  folder: string,
  handles: StepHandles,
  { device = 'auto', threads = availableParallelism(), resume = false }: Partial<Compute> = {},
): Promise<{ draft: Trained; trained: Trained }> {
  const { model } = config
  const seed = config.project.seed
  const opened = openDevice(device, threads, handles.log)
  const options = (name: string): TrainOptions => ({
    device: opened,
    checkpointFile: join(checkpointsIn(folder), name),
    resume,
  })
  try {
    const settings = { model, seed, imported }
    const draft = await train(prepared, [PART.train], settings, labelled(handles, 'draft'), options('draft'))
    const cf = { ...model.cf, iterations: draft.losses.length || model.cf.iterations }
    const all = [PART.train, PART.validation]
    const finalSettings = { ...settings, model: { ...model, cf } }
    return { draft, trained: await train(prepared, all, finalSettings, labelled(handles, 'final'), options('final')) }
  } finally {
    opened.close()
  }
}

function checkpointsIn(folder: string): string {
  return join(folder, 'checkpoints')
}

/** The same handles with a word behind every progress label, so that two runs of a step are told apart. */
function labelled(handles: StepHandles, word: string): StepHandles {
  const update: StepHandles['progress']['update'] = (label, done, total, note) =>
    handles.progress.update(`${label} (${word})`, done, total, note)
  return { ...handles, progress: { update } }
}

function modelCard(
  config: Config,
  prepared: Prepared,
  { factors, losses, foldIn, content }: Trained,
  blend: Manifest['card']['model']['blend'],
  evaluation: Report,
): ModelCard {
  const { cf } = config.model
  return {
    project: config.project.name,
    experiment: config.experiment,
    seed: config.project.seed,
    data: prepared.summary,
    model: {
      cf: cf.type,
      factors,
      iterations: losses.length,
      regularization: foldIn.regularization,
      unobservedWeight: foldIn.unobservedWeight,
      terms: content.terms.length,
      ...servingSettings(config, blend),
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
