import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { parse } from 'yaml'
import * as z from 'zod'
import { megabytes, RESIDENT_BUDGET_BYTES, residentBytes } from '#core/resident.ts'
import { EXPERIMENT_KEY, Experiment, ExperimentPlan, endedKey } from '#core/schemas/experiment.ts'
import type { Manifest } from '#core/schemas/manifest.ts'
import { type AbReport, type Interval, report } from '../ab/index.ts'
import { ConfigError, whyUnreadable } from '../config/load-config.ts'
import { table } from '../io/table.ts'
import { openLiveDatabase } from '../publish/live-database.ts'
import type { ObjectStore } from '../publish/object-store.ts'
import { readPointer } from '../publish/pointer.ts'
import { modelKey, problemsOf, readManifest } from '../publish/published-model.ts'
import { placeOf, type Surroundings } from './index.ts'
import { parseStars, withPlace } from './options.ts'
import { type StoreFlags, toldFromStore } from './with-store.ts'

const SALT_BYTES = 8
/** Stars of a like, where no model is published that would say. */
const LIKED_FROM = 4

/** What runs, or null with the reason why what is stored does not. */
interface Running {
  experiment: Experiment | null
  problem: string | null
  /** as they are stored: what a change must find */
  bytes: Uint8Array | null
}

/**
 * Begin an experiment, or with `change` give the arms of the running one other shares.
 * @throws {ConfigError} for a file that is no plan, a model that cannot be served beside the current one, or where another
 * experiment runs
 */
export async function startCommand(
  file: string,
  flags: StoreFlags & { change?: boolean },
  surroundings: Surroundings,
): Promise<void> {
  const plan = readPlan(file, surroundings.cwd)
  const experiment = await toldFromStore(flags, surroundings, async (store) => {
    const running = await readRunning(store)
    const begun = flags.change ? withNewShares(running.experiment, plan) : await newExperiment(running, plan, store)
    await requireModels(begun, store)
    await store.put(EXPERIMENT_KEY, jsonBytes(begun), { contentType: 'application/json', replaces: running.bytes })
    return begun
  })
  surroundings.stdout.write(`${describe(experiment)}\nWorkers take it up with their next look at the pointer.\n`)
}

/** End the running experiment; what it was stays under its name, for the report. */
export async function stopCommand(flags: StoreFlags, surroundings: Surroundings): Promise<void> {
  const ended = await toldFromStore(flags, surroundings, async (store) => {
    const { experiment, bytes } = await readRunning(store)
    if (bytes === null) throw new Error('no experiment runs')
    const over = experiment && { ...experiment, endedAt: new Date().toISOString() }
    if (over) await store.put(endedKey(over.name), jsonBytes(over), { contentType: 'application/json' })
    await store.delete(EXPERIMENT_KEY)
    return over
  })
  surroundings.stdout.write(
    ended
      ? `${ended.name} has ended; "marquee ab report ${ended.name}" says what came of it.\n`
      : `${EXPERIMENT_KEY} was damaged, and is removed.\n`,
  )
}

/** What runs, in words. */
export async function statusCommand(flags: StoreFlags, surroundings: Surroundings): Promise<void> {
  const { experiment, problem } = await toldFromStore(flags, surroundings, async (store) => {
    const { bytes, ...running } = await readRunning(store)
    return running
  })
  surroundings.stdout.write(experiment ? `${describe(experiment)}\n` : `${problem ?? 'No experiment runs.'}\n`)
}

/** @param name of one that has ended; the running one when left out */
export async function reportCommand(
  name: string | undefined,
  flags: StoreFlags & { likedFrom?: number },
  surroundings: Surroundings,
): Promise<void> {
  const { cwd, stdout } = surroundings
  const place = placeOf(flags, cwd)
  const told = await toldFromStore(flags, surroundings, async (store) => {
    const experiment = await experimentOf(name, store)
    const likedFrom = flags.likedFrom ?? (await likedFromOf(store)) ?? LIKED_FROM
    const database = await openLiveDatabase(place)
    try {
      return await report(experiment, database, likedFrom, new Date())
    } finally {
      await database.close()
    }
  })
  stdout.write(`${reportText(told)}\n`)
}

/** YAML, of which JSON is a part. */
function readPlan(file: string, cwd: string): ExperimentPlan {
  let content: unknown
  try {
    content = parse(readFileSync(resolve(cwd, file), 'utf8'))
  } catch (cause) {
    throw new ConfigError(`${file}: ${whyUnreadable(cause)}`, { cause })
  }
  const parsed = ExperimentPlan.safeParse(content)
  if (!parsed.success) throw new ConfigError(`${file}:\n${z.prettifyError(parsed.error)}`)
  return parsed.data
}

async function readRunning(store: ObjectStore): Promise<Running> {
  return readExperiment(EXPERIMENT_KEY, store)
}

async function readExperiment(key: string, store: ObjectStore): Promise<Running> {
  const bytes = await store.get(key)
  if (bytes === null) return { experiment: null, problem: null, bytes }
  try {
    return { experiment: Experiment.parse(JSON.parse(new TextDecoder().decode(bytes))), problem: null, bytes }
  } catch {
    return { experiment: null, problem: `${key} is damaged: found ${bytes.length} bytes that are no experiment`, bytes }
  }
}

function jsonBytes(experiment: Experiment): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(experiment, null, 2)}\n`)
}

async function newExperiment(running: Running, plan: ExperimentPlan, store: ObjectStore): Promise<Experiment> {
  const { experiment, problem } = running
  if (problem) throw new ConfigError(`${problem}; "marquee ab stop" removes it`)
  if (experiment)
    throw new ConfigError(
      `${experiment.name} runs since ${experiment.startedAt}; "marquee ab stop" ends it, --change gives it other shares`,
    )
  if ((await store.get(endedKey(plan.name))) !== null)
    throw new ConfigError(`name ${plan.name}: an experiment of this name has ended; its viewers would be counted again`)
  return { ...plan, startedAt: new Date().toISOString(), salt: randomBytes(SALT_BYTES).toString('hex') }
}

/** An arm that answers otherwise from now on would be two arms in the report. @throws {ConfigError} */
function withNewShares(running: Experiment | null, plan: ExperimentPlan): Experiment {
  if (running?.name !== plan.name)
    throw new ConfigError(`--change: found ${running?.name ?? 'no experiment'} running; expected ${plan.name}`)
  const withoutShares = ({ arms }: ExperimentPlan) => JSON.stringify(arms.map(({ share, ...rest }) => rest))
  if (withoutShares(running) !== withoutShares(plan))
    throw new ConfigError('--change: only the shares may change; other arms are another experiment')
  return { ...running, arms: plan.arms }
}

/** Every model that an isolate is to hold: there, whole, and with room beside each other. @throws {ConfigError} */
async function requireModels({ arms }: Experiment, store: ObjectStore): Promise<void> {
  const { pointer, problem } = await readPointer(store)
  if (pointer === null) throw new ConfigError(problem ?? 'no model is published yet')
  const wanted = new Set([pointer.buildId, ...arms.flatMap(({ modelId }) => modelId ?? [])])
  let sizeBytes = 0
  for (const modelId of wanted) {
    const problems = await problemsOf(store, modelId)
    if (problems.length > 0) throw new ConfigError(`model ${modelId}: ${problems.join('; ')}`)
    sizeBytes += residentBytes((await manifestOf(modelId, store))!)
  }
  if (sizeBytes > RESIDENT_BUDGET_BYTES)
    throw new ConfigError(
      `models ${[...wanted].join(', ')} take ${megabytes(sizeBytes)} together; a Worker has room for ${megabytes(RESIDENT_BUDGET_BYTES)}`,
    )
}

async function manifestOf(modelId: string, store: ObjectStore): Promise<Manifest | null> {
  const bytes = await store.get(modelKey(modelId, 'manifest.json'))
  return bytes && readManifest(bytes).manifest
}

async function likedFromOf(store: ObjectStore): Promise<number | undefined> {
  const { pointer } = await readPointer(store)
  return pointer ? (await manifestOf(pointer.buildId, store))?.card.model.likedFrom : undefined
}

async function experimentOf(name: string | undefined, store: ObjectStore): Promise<Experiment> {
  const { experiment: running } = await readRunning(store)
  if (running && (name === undefined || name === running.name)) return running
  if (name === undefined) throw new Error('no experiment runs; expected the name of one that has ended')
  const { experiment: ended, problem } = await readExperiment(endedKey(name), store)
  if (ended === null) throw new Error(problem ?? `experiment ${name}: there is none, running or ended`)
  return ended
}

function describe({ name, startedAt, arms }: Experiment): string {
  const rows = arms.map(({ name: arm, share, modelId, options }) => [
    arm,
    percent(share),
    modelId ?? 'the current one',
    options ? JSON.stringify(options) : 'as served',
  ])
  return `${name}, since ${startedAt}\n${table(['arm', 'share', 'model', 'options'], rows)}`
}

function reportText({ experiment, until, arms, balance, outcomes, conclusions }: AbReport): string {
  const viewers = table(
    ['arm', 'share', 'viewers', 'of them users'],
    arms.map(({ arm, share, viewers, users }) => [arm, percent(share), String(viewers), String(users)]),
  )
  const rows = outcomes.flatMap(({ name, arms, comparisons }) =>
    arms.map(({ arm, viewers, acted, rate, perViewer }) => {
      const against = comparisons.find((one) => one.arm === arm)
      return [
        name,
        arm,
        `${acted} of ${viewers}`,
        interval(rate, 100, 1),
        against ? interval(against.rate, 100, 1) : '',
        perViewer.mean.toFixed(2),
        against ? interval(against.perViewer, 1, 2) : '',
      ]
    }),
  )
  const header = ['outcome', 'arm', 'who did', '% of them', 'difference', 'times each', 'difference']
  return [
    `${experiment.name}, ${experiment.startedAt} to ${until}`,
    viewers,
    `Drawn as the shares say with probability ${balance.probability.toFixed(3)}.`,
    table(header, rows),
    ...conclusions.map((sentence) => `- ${sentence}`),
  ].join('\n\n')
}

function interval({ mean, low, high }: Interval, scale: number, digits: number): string {
  const show = (value: number) => (Number.isFinite(value) ? (scale * value).toFixed(digits) : '∞')
  return `${show(mean)} (${show(low)} to ${show(high)})`
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`
}

/** `marquee ab start`, `stop`, `status` and `report` */
export function addAbCommands(program: Command, surroundings: Surroundings): void {
  const ab = program.command('ab').description('answer viewers in two or more ways, and see which one they like better')
  const withOptions = (command: Command) =>
    withPlace(command).option('--json <file>', 'also write the result there, as JSON')
  withOptions(ab.command('start').description('begin an experiment (docs/ab.md)'))
    .argument('<file>', 'its name and arms, as YAML or JSON')
    .option('--change', 'give the arms of the running experiment other shares; as few viewers move as can be')
    .action((file: string, flags: StoreFlags & { change?: boolean }) => startCommand(file, flags, surroundings))
  withOptions(ab.command('stop').description('end it: everybody is answered as served again')).action(
    (flags: StoreFlags) => stopCommand(flags, surroundings),
  )
  withOptions(ab.command('status').description('what runs')).action((flags: StoreFlags) =>
    statusCommand(flags, surroundings),
  )
  withOptions(ab.command('report').description('what came of it, with intervals'))
    .argument('[name]', 'of an experiment that has ended (default: the running one)')
    .option(
      '--liked-from <stars>',
      'a rating counts as a like from here up (default: as the current model)',
      parseStars,
    )
    .action((name: string | undefined, flags: StoreFlags & { likedFrom?: number }) =>
      reportCommand(name, flags, surroundings),
    )
}
