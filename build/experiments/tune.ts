import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { serialize } from 'node:v8'
import { randomSource } from '#core/random.ts'
import type { Config } from '#core/schemas/config.ts'
import type { Estimate } from '#core/schemas/manifest.ts'
import { allows, checkSpace, settingOf, withSettings } from '../config/config-settings.ts'
import { ConfigError } from '../config/load-config.ts'
import { compareTrials, estimateTrial, type Objective, validationUsers } from '../evaluate/index.ts'
import { buildIdentity, canonicalJson, hashCode, type Input } from '../identity.ts'
import type { Compute } from '../index.ts'
import { hashInputs, ingest } from '../ingest/index.ts'
import { DataError } from '../io/files.ts'
import type { StepHandles } from '../io/handles.ts'
import { startProcesses } from '../io/processes.ts'
import type { PreparedRatings } from '../nouns.ts'
import { hashSplitFiles, prepare } from '../prepare/index.ts'
import {
  type Ask,
  drawDifferent,
  halvingTrials,
  lockRunFolder,
  openRunFolder,
  type RunFolder,
  randomSearch,
  runTrials,
  type Settings,
  type Space,
  type Strategy,
  type StrategyName,
  successiveHalving,
  type Trial,
} from '../tuning/index.ts'
import type { TrialReply, TrialSetup } from './tune-trial.ts'

export interface TuneOptions {
  /** what is tried is laid over it */
  config: Config
  space: Space
  objective: Objective
  strategy: StrategyName
  /** different settings to draw */
  draws: number
  /** most users of the validation part that a trial is judged by */
  maxUsers: number
  /** processes that do a trial each */
  workers: number
  compute?: Partial<Pick<Compute, 'device' | 'threads'>>
  /** of the run, with all that it leaves */
  folder: string
  /** go on with the trials that are there */
  resume: boolean
  /** told when the folder is open and the search begins */
  onOpened?: (inputs: Input[]) => void
  handles: StepHandles
}

/** A judged trial beside the settings as they are configured. */
export interface Ranked extends Trial {
  value: Estimate
  /** from the configured settings, paired by user; null where these failed */
  difference: Estimate | null
}

export interface TuneReport {
  folder: string
  objective: Objective
  strategy: StrategyName
  seed: number
  /** judged by */
  users: number
  /** the configured settings, among the others; null where they failed */
  configured: Ranked | null
  /** all that were judged with all iterations, the best first */
  ranked: Ranked[]
  failed: Trial[]
  /** from the configured settings: what is chosen on half of the users, judged on the other half; null where these failed */
  chosen: Estimate | null
  /** the configuration with the best settings, and the keys that they are of */
  best: { config: Config; keys: string[] }
}

/** The configuration as it is. */
const CONFIGURED: Ask = { settings: {}, budget: 1 }

/**
 * Try settings on the validation part: ingest and prepare once, then a training and a ranking of the served code on the
 * exported bytes for each trial, from the training part alone. Every trial is on the disk when it is through. The test
 * part is never looked at.
 * @throws {ConfigError} for a space or strategy that the configuration does not allow, before any work
 * @throws {DataError} when nobody can be judged, or the folder has trials that are not this run's
 * @throws {Error} when every trial has failed
 */
export async function tuneConfig(options: TuneOptions): Promise<TuneReport> {
  const { config, space, objective, strategy, maxUsers, folder, resume, handles } = options
  const { seed } = config.project
  requireSense(options)
  checkSpace(space, config)
  // the configured settings are judged anyway
  const isNew = (settings: Settings) =>
    Object.entries(settings).some(([key, value]) => canonicalJson(value) !== canonicalJson(settingOf(config, key)))
  const isWanted = (settings: Settings) => isNew(settings) && allows(config, settings)
  const draws = drawDifferent(space, options.draws, randomSource(seed), isWanted)
  if (draws.length === 0)
    throw new ConfigError('the space: found no settings but those configured; must have others that may stand together')
  if (draws.length < options.draws)
    handles.log.info(`the space has ${draws.length} settings beside those configured: all are tried`)

  const inputs = [...(await hashInputs(config.data)), ...(await hashSplitFiles(config.split))]
  const dataHash = sha256(inputs.map((input) => `${basename(input.file)} ${input.sha256}`).join('\n'))
  const facts = {
    ...({ format: 'marquee-tune', version: 1 } as const),
    ...{ dataHash, configHash: hashOf(config), codeHash: hashCode(), seed, strategy, maxUsers, space },
    objective: `${objective.metric}@${objective.cutoff} of ${objective.source}`,
  }
  const lock = lockRunFolder(folder)
  try {
    const run = openRunFolder(folder, facts, resume, handles.log)
    options.onOpened?.(inputs)
    return await search(options, draws, run, dataHash)
  } finally {
    lock.release()
  }
}

/** All trials that the strategy asks for, in a folder that is open. */
async function search(options: TuneOptions, draws: Settings[], run: RunFolder, dataHash: string): Promise<TuneReport> {
  const { config, objective, strategy, maxUsers, folder, handles } = options
  const { seed } = config.project
  const scratch = await mkdtemp(join(tmpdir(), 'marquee-tune-'))
  try {
    const ratings = await prepareRatings(config, scratch, handles)
    const users = validationUsers(ratings.interactions, config, maxUsers).length
    if (users === 0) throw new DataError('the validation part has nobody with a relevant item: nothing to tune on')
    const dataFile = join(scratch, 'ratings')
    await writeFile(dataFile, serialize(ratings))

    const { device = 'auto', threads = Math.max(1, Math.floor(availableParallelism() / options.workers)) } =
      options.compute ?? {}
    const setup: TrialSetup = { dataFile, config, objective, maxUsers, device, threads }
    const url = new URL('./tune-trial.ts', import.meta.url)
    const processes = startProcesses<TrialSetup, Ask, TrialReply>(url, setup, options.workers, handles.signal)
    const perform = async (ask: Ask): Promise<Trial> => {
      const start = performance.now()
      const outcome = await processes.run(ask)
      const values = outcome.ok ? outcome.reply.values : null
      const trial = {
        ...ask,
        value: values && estimateTrial(values, config.evaluation.bootstrapSamples, seed),
        failed: outcome.ok ? null : outcome.reason,
        seconds: Number(((performance.now() - start) / 1000).toFixed(3)),
        seed,
        configHash: hashOf(withSettings(config, ask.settings)),
        dataHash,
      }
      const appended = run.append(trial, values)
      handles.track(
        { ...(appended.value && { [nameOf(objective)]: appended.value.mean }), 'trial.seconds': trial.seconds },
        appended.trial,
      )
      return appended
    }
    try {
      const most = 1 + (strategy === 'halving' ? halvingTrials(draws.length) : draws.length)
      const asked = fromConfigured(strategy === 'halving' ? successiveHalving(draws) : randomSearch(draws))
      const trials = await runTrials(asked, { recorded: [...run.trials], perform }, options.workers, most, handles)
      return reportOf(trials, run.valuesOf, users, options)
    } catch (error) {
      if (handles.signal.aborted) handles.log.warn(`${run.trials.length} trials are in ${folder}: --resume goes on`)
      throw error
    } finally {
      await processes.close()
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Of a trial's value in the run's record. */
function nameOf({ metric, cutoff }: Objective): string {
  return `trial.${metric}@${cutoff}`
}

/** The settings as they are configured come first: everything is compared with them. */
function* fromConfigured(strategy: Strategy): Strategy {
  yield [CONFIGURED]
  yield* strategy
}

function requireSense({ config, space, objective, strategy }: TuneOptions): void {
  const { source } = objective
  const keys = Object.keys(space)
  const isJudgedByFactors = source === 'cf' || source === 'marquee'
  const types = space['model.cf.type']
  if (isJudgedByFactors && (config.model.cf.type !== 'als' || types !== undefined))
    throw new ConfigError(
      `model.cf.type: found ${types === undefined ? config.model.cf.type : 'it in the space'}; must be als: how histories ` +
        'are folded into other factors is itself found on validation',
    )
  const idle = keys.find(
    (key) => source !== 'marquee' && /^model\.(?!likedFrom)/.test(key) && !key.startsWith(`model.${source}.`),
  )
  if (idle !== undefined) throw new ConfigError(`${idle}: changes nothing in the lists of --source ${source} alone`)
  if (strategy === 'random') return
  if (keys.includes('model.cf.iterations') || !keys.some((key) => key.startsWith('model.cf.')) || !isJudgedByFactors)
    throw new ConfigError(
      '--strategy halving: its budget is the iterations of the factors; the space must have keys of model.cf, without ' +
        'iterations, and the source must be cf or marquee',
    )
}

/** As a build prepares them; the tables are not kept. */
async function prepareRatings(config: Config, scratch: string, handles: StepHandles): Promise<PreparedRatings> {
  const dataset = await ingest(config.data, handles)
  try {
    const settings = { ...config, seed: config.project.seed, outputDir: join(scratch, 'tables') }
    const { catalog, interactions } = await prepare(dataset, settings, handles)
    return { catalog, interactions }
  } finally {
    await dataset.database.close()
  }
}

function reportOf(
  trials: Trial[],
  valuesOf: (trial: Trial) => Float64Array,
  users: number,
  { config, space, objective, strategy, folder }: TuneOptions,
): TuneReport {
  const { seed } = config.project
  const failed = trials.filter(({ value }) => value === null)
  const judged = trials.filter(({ value, budget }) => value !== null && budget === 1)
  if (judged.length === 0)
    throw new Error(`no trial came through; the first of ${failed.length} failed: ${failed[0]?.failed}`)
  const keys = Object.keys(space)
  const comparison = trials[0]!.value && compareTrials(judged.map(valuesOf), config.evaluation.bootstrapSamples, seed)
  const compared = judged.map((trial, at) => ({
    ...trial,
    value: trial.value!,
    difference: comparison?.differences[at] ?? null,
  }))
  const ranked = compared.toSorted((a, b) => b.value.mean - a.value.mean)
  const best = { config: withSettings(config, ranked[0]!.settings), keys }
  const configured = comparison ? compared[0]! : null
  return {
    ...{ folder, objective, strategy, seed, users, configured, ranked, failed },
    ...{ chosen: comparison?.chosen ?? null, best },
  }
}

/** Of all in a configuration that counts for what is learned and judged. */
function hashOf(config: Config): string {
  return buildIdentity(config, [], '').buildId
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
