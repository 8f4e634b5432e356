import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ArtifactError } from '#core/format/open-table.ts'
import type { Model } from '#core/model.ts'
import type { Config } from '#core/schemas/config.ts'
import type { Manifest } from '#core/schemas/manifest.ts'
import { judgePair, openArtifacts, smokeChecks } from './evaluate/index.ts'
import type { BuildOptions, BuildResult, build as buildModel } from './index.ts'
import { ingest } from './ingest/index.ts'
import type { StepHandles } from './io/handles.ts'
import type { ArtifactFiles, PairedJudgement } from './nouns.ts'
import { prepare } from './prepare/index.ts'
import { exportFeedback } from './publish/export-feedback.ts'
import type { LiveDatabase } from './publish/live-database.ts'
import { ConflictError, type OpenObjectStore } from './publish/object-store.ts'
import { movePointer, type PointerState, readPointer, takeBack } from './publish/pointer.ts'
import { prune } from './publish/prune.ts'
import { BrokenModelError, readManifest } from './publish/published-model.ts'
import { readStoredModel } from './publish/read-model.ts'
import { upload } from './publish/upload.ts'
import {
  askBesides,
  askWhetherServed,
  type Drift,
  judgeGate,
  keptIds,
  lockRebuild,
  measureDrift,
  type RebuildReport,
  type Verdict,
} from './rebuild/index.ts'

export interface RebuildOptions {
  config: Config
  compute?: BuildOptions['compute']
  build: typeof buildModel
  handles: StepHandles
  openStore: () => Promise<OpenObjectStore>
  openDatabase: () => Promise<LiveDatabase>
  /** a deployed Worker that is asked before and after the pointer moves */
  canary?: { url: string; apiKey?: string; followMs?: number }
  /** publish nothing */
  dryRun?: boolean
  onIdentified?: BuildOptions['onIdentified']
  now?: () => Date
}

/**
 * export the feedback → build with it laid over the data → gate → upload → canary → move the pointer → remove old models.
 * Whatever goes wrong, the pointer stands where it stood, and the model before is served; what the gate refuses is a
 * report, not an error.
 * @throws {RebuildBusyError} when another one runs on the same artifacts
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildReport> {
  const lock = lockRebuild(options.config.project.artifacts)
  try {
    const store = await options.openStore()
    try {
      return await rebuildInto(store, options)
    } finally {
      await store.close()
    }
  } finally {
    lock.release()
  }
}

async function rebuildInto(store: OpenObjectStore, options: RebuildOptions): Promise<RebuildReport> {
  const { handles, dryRun = false, now = () => new Date() } = options
  const { rebuild: settings } = options.config
  const startedAt = now()
  const pointed = await readPointer(store)
  const served = await readServed(store, pointed)
  const { config, exported } = await withFeedback(
    options,
    await keptIds(options.config, pointed.pointer?.buildId ?? null),
    served.manifest?.card.data.feedback?.lastVersion ?? 0,
  )

  const report: RebuildReport = {
    outcome: 'skipped',
    startedAt: startedAt.toISOString(),
    seconds: 0,
    servedId: pointed.pointer?.buildId ?? null,
    candidateId: null,
    currentId: pointed.pointer?.buildId ?? null,
    feedback: { ...exported, merged: null },
    judged: null,
    verdicts: [],
    drift: null,
    pruned: [],
  }
  const ended = (outcome: RebuildReport['outcome']): RebuildReport => {
    const seconds = (now().getTime() - startedAt.getTime()) / 1000
    return { ...report, outcome, seconds }
  }
  const refusedBy = (verdicts: Verdict[]): boolean => {
    report.verdicts.push(...verdicts)
    return verdicts.some(({ ok }) => !ok)
  }
  if (served.manifest !== null && exported.newEvents < settings.minNewFeedback) return ended('skipped')

  const built = await buildCandidate(config, options)
  report.candidateId = built.buildId
  report.feedback.merged = built.card?.data.feedback ?? null
  if (built.buildId === report.servedId && served.model !== null) return ended('unchanged')

  const candidate = await readExported(join(built.folder, 'model'))
  Object.assign(report, await judgeBoth(served.model, candidate, config, handles))
  const { manifest, model } = candidate
  const smoke = await smokeChecks(model, manifest.card.exampleUsers)
  const gate = judgeGate({ manifest, pair: report.judged, smoke }, settings.gate)
  if (refusedBy([...served.verdicts, ...gate])) return ended('refused')
  if (dryRun) return ended('passed')

  await upload({ buildId: built.buildId, folder: join(built.folder, 'model'), manifest }, store, handles)
  if (refusedBy(await canaryBefore(built.buildId, store, options))) return ended('refused')
  handles.signal.throwIfAborted()
  const moved = await moveFrom(store, pointed, built.buildId, now())
  if (refusedBy(moved)) {
    report.currentId = (await readPointer(store)).pointer?.buildId ?? null
    return ended('refused')
  }
  report.currentId = built.buildId
  if (refusedBy(await canaryAfter(built.buildId, options))) {
    report.currentId = await takeBack(store, pointed, built.buildId)
    return ended('refused')
  }
  const { removed } = await prune(store, { keep: settings.keep, now })
  report.pruned = removed.map(({ buildId }) => buildId)
  return ended('published')
}

/** The served model as the gate needs it. */
interface Served {
  /** null where there is none that can be read */
  manifest: Manifest | null
  model: Model | null
  verdicts: Verdict[]
}

/** What is served, and whether it can be; where nothing was published yet there is nothing to hold against. */
async function readServed(store: OpenObjectStore, { pointer, problem }: PointerState): Promise<Served> {
  const rule = 'the served model can be read'
  const expected =
    'a whole model of this format; "marquee models promote" makes another one current, "marquee build" publishes a new one'
  const unreadable = (found: string): Served => ({
    ...{ manifest: null, model: null },
    verdicts: [{ rule, ok: false, found, expected }],
  })
  if (problem !== null) return unreadable(problem)
  if (pointer === null) return { manifest: null, model: null, verdicts: [] }
  try {
    const { manifest, files } = await readStoredModel(store, pointer.buildId)
    const model = openArtifacts(files, manifest.card.model)
    return { manifest, model, verdicts: [{ rule, ok: true, found: pointer.buildId, expected }] }
  } catch (error) {
    // of another format: the version of the code that serves it is another one
    if (error instanceof BrokenModelError || error instanceof ArtifactError) return unreadable(error.message)
    throw error
  }
}

/** Feedback goes into a file of the artifacts, and its name into the configuration, beside the ids that it goes by. */
async function withFeedback({ config, openDatabase, handles }: RebuildOptions, idsFrom: string | null, since: number) {
  const file = join(config.project.artifacts, 'feedback', 'feedback.jsonl.gz')
  const database = await openDatabase()
  try {
    const { events, newEvents } = await exportFeedback(database, file, handles, since)
    return { config: { ...config, data: { ...config.data, idsFrom, feedback: file } }, exported: { events, newEvents } }
  } finally {
    await database.close()
  }
}

function buildCandidate(config: Config, options: RebuildOptions): Promise<BuildResult> {
  const { build, handles, compute, onIdentified } = options
  return build({
    config,
    until: 'export',
    handles,
    ...(compute && { compute }),
    ...(onIdentified && { onIdentified }),
    openStore: () => Promise.reject(new Error('a rebuild publishes only what the gate lets through')),
  })
}

/** An exported model, opened with all its files. */
async function readExported(folder: string): Promise<{ manifest: Manifest; model: Model }> {
  const { manifest, problem } = readManifest(await readFile(join(folder, 'manifest.json')))
  if (manifest === null) throw new Error(`${folder}/manifest.json: ${problem}`)
  const names = (await readdir(folder)).filter((name) => name in manifest.files)
  const files: ArtifactFiles = new Map()
  for (const name of names) files.set(name, await readFile(join(folder, name)))
  return { manifest, model: openArtifacts(files, manifest.card.model) }
}

/** Both models on the test part of the new data, and how the feedback differs from the rest of it. */
async function judgeBoth(
  served: Model | null,
  candidate: { model: Model },
  config: Config,
  handles: StepHandles,
): Promise<{ judged: PairedJudgement | null; drift: Drift | null }> {
  const dataset = await ingest(config.data, handles)
  const folder = await mkdtemp(join(tmpdir(), 'marquee-rebuild-'))
  try {
    const drift = await measureDrift(dataset.database)
    if (served === null) return { judged: null, drift }
    const outputDir = join(folder, 'tables')
    const prepared = await prepare(dataset, { ...config, seed: config.project.seed, outputDir }, handles)
    handles.log.info('gate: both models are asked for the lists of the same users')
    return { judged: await judgePair(served, candidate.model, prepared, config, config.rebuild.gate, handles), drift }
  } finally {
    await dataset.database.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The published bytes answer as they would be served: here, and by a deployed Worker where there is one. */
async function canaryBefore(
  buildId: string,
  store: OpenObjectStore,
  { canary, handles: { signal } }: RebuildOptions,
): Promise<Verdict[]> {
  const { files, manifest } = await readStoredModel(store, buildId)
  const checks = await smokeChecks(openArtifacts(files, manifest.card.model), manifest.card.exampleUsers)
  const published = checks.map(({ question, ...check }) => ({ rule: `published: ${question}`, ...check }))
  return [...published, ...(canary ? [await askBesides(buildId, { ...canary, signal })] : [])]
}

async function canaryAfter(buildId: string, { canary, handles: { signal } }: RebuildOptions): Promise<Verdict[]> {
  return canary ? [await askWhetherServed(buildId, { ...canary, signal })] : []
}

/** Only from where the pointer stood when the gate judged: a model promoted meanwhile was not part of it. */
async function moveFrom(store: OpenObjectStore, from: PointerState, buildId: string, now: Date): Promise<Verdict[]> {
  const rule = 'the pointer stands where it stood when the rebuild began'
  const expected = from.pointer?.buildId ?? 'nowhere'
  try {
    await movePointer(store, from, buildId, now)
    return [{ rule, ok: true, found: expected, expected }]
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error
    const { pointer } = await readPointer(store)
    return [{ rule, ok: false, found: pointer?.buildId ?? 'nowhere', expected }]
  }
}
