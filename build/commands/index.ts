import { mkdirSync, writeFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import type { Config } from '#core/schemas/config.ts'
import { ConfigError, isPresetFile, loadConfig, type Overrides } from '../config/load-config.ts'
import type { NamedLlm } from '../experiments/evaluate-rerank.ts'
import type { BuildOptions, BuildResult, build, Compute, Step } from '../index.ts'
import type { StepHandles } from '../io/handles.ts'
import type { ProgressStream } from '../io/progress.ts'
import { bytes, table } from '../io/table.ts'
import type { prepareTables } from '../prepare-tables.ts'
import type { OpenObjectStore } from '../publish/object-store.ts'
import type { Place } from '../publish/place.ts'
import type { Run, RunKind } from '../tracking/index.ts'
import { metricsTable } from './metrics-table.ts'
import { prepareSummary } from './prepare-summary.ts'
import { buildFindings, type ReportFlags, writeReports } from './reports.ts'
import { noteBuild } from './run-notes.ts'
import { starsTable } from './stars-table.ts'
import { tracked } from './tracked.ts'
import { withHandles } from './with-handles.ts'

/** Where results and messages go, and what does the work; tests put their own in place. */
export interface Surroundings {
  /** results */
  stdout: { write(text: string): unknown }
  /** progress, log lines, errors */
  stderr: ProgressStream
  /** aborted by Ctrl-C */
  signal: AbortSignal
  /** folder that paths on the command line start at */
  cwd: string
  /** folder of the run records; by default runs/ in `cwd` */
  runs?: string
  /** names the trackers that runs are sent to; none by default */
  env?: NodeJS.ProcessEnv
  build: typeof build
  prepareTables: typeof prepareTables
  openStore: (place: Place) => Promise<OpenObjectStore>
  /** the language model that the environment names; who calls the command line brings its client along */
  openLlm?: (handles: StepHandles) => Promise<NamedLlm>
}

/** Which configuration, and how much to say. */
export interface ConfigFlags {
  config?: string
  preset?: string
  seed?: number
  logLevel?: string
  logFile?: string
}

export interface BuildFlags extends ConfigFlags, ReportFlags {
  device: Compute['device']
  threads?: number
  resume?: boolean
  split?: string
  state?: string
  target?: string
  json?: string
  examine?: string
  until: Step
}

/** The pipeline until a step; prints what came out. */
export async function buildCommand(
  flags: BuildFlags,
  surroundings: Surroundings,
  overrides: Overrides = {},
): Promise<void> {
  const { cwd, stdout } = surroundings
  const { device, threads, resume } = flags
  const config = configOf(flags, cwd, { ...overrides, ...(flags.split !== undefined && { split: flags.split }) })
  const make = (handles: StepHandles, onIdentified?: BuildOptions['onIdentified']) =>
    surroundings.build({
      config,
      compute: { device, ...(threads !== undefined && { threads }), ...(resume !== undefined && { resume }) },
      until: flags.until,
      examined: flags.examine !== undefined || flags.report !== undefined,
      handles,
      openStore: () => surroundings.openStore(placeOf(flags, cwd)),
      ...(onIdentified && { onIdentified }),
    })
  const tell = async ({ card, examination, ...told }: BuildResult, run?: Run) => {
    stdout.write(`${await summaryOf(told)}\n`)
    if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), told)
    if (flags.examine !== undefined) writeJson(resolve(cwd, flags.examine), examination)
    if (card)
      await writeReports(flags, buildFindings(told.buildId, card, examination, flags.commandLine ?? ''), surroundings)
    if (run) noteBuild(run, told, flags, cwd)
  }
  const { commandLine = '' } = flags
  const kind = RECORDED[flags.until]
  if (kind === null) await tell(await withHandles(config, surroundings, (handles) => make(handles)))
  else
    await tracked(
      { kind, config, commandLine },
      surroundings,
      (handles, run) => make(handles, (identity) => run.note({ buildId: identity.buildId, data: identity.inputs })),
      tell,
    )
}

/** What a run is that ends with a step; null where nothing is learned. */
const RECORDED: Record<Step, RunKind | null> = {
  ingest: null,
  prepare: null,
  train: 'train',
  evaluate: 'evaluate',
  export: 'build',
  publish: 'build',
}

export interface PrepareFlags extends ConfigFlags {
  input?: string[]
  output?: string
  split?: string
  json?: string
}

/** Any data to tables in a folder of the caller's; prints what came in and what came out. */
export async function prepareCommand(flags: PrepareFlags, surroundings: Surroundings): Promise<void> {
  const { cwd, stdout } = surroundings
  const { output } = flags
  if (output === undefined) throw new ConfigError('--output: found nothing; --input needs a folder for the tables')
  const config = configOf(flags, cwd, {
    ...(flags.input !== undefined && { inputs: flags.input.map((path) => resolve(cwd, path)) }),
    ...(flags.split !== undefined && { split: flags.split }),
  })
  const statistics = await withHandles(config, surroundings, (handles) =>
    surroundings.prepareTables({ config, outputDir: resolve(cwd, output), handles }),
  )
  stdout.write(`${prepareSummary(statistics)}\n`)
  if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), statistics)
}

/** The configuration that a command line asks for; files on it start at `cwd`. @throws {ConfigError} */
export function configOf(flags: ConfigFlags, cwd: string, overrides: Overrides): Config {
  return loadConfig({
    path: flags.config === undefined ? undefined : resolve(cwd, flags.config),
    preset: flags.preset !== undefined && isPresetFile(flags.preset) ? resolve(cwd, flags.preset) : flags.preset,
    overrides: {
      ...overrides,
      ...(flags.seed !== undefined && { seed: flags.seed }),
      ...(flags.logLevel !== undefined && { logLevel: flags.logLevel }),
      ...(flags.logFile !== undefined && { logFile: resolve(cwd, flags.logFile) }),
    },
  })
}

/** Where `--target` and `--state` point; a folder starts at `cwd`. */
export function placeOf({ target, state }: { target?: string; state?: string }, cwd: string): Place {
  const isNamed = target === undefined || target === 'local' || target === 'remote'
  return {
    ...(target !== undefined && { target: isNamed ? target : resolve(cwd, target) }),
    ...(state !== undefined && { stateDir: resolve(cwd, state) }),
  }
}

/** Metrics, steps and artifacts of a build, for a person. */
async function summaryOf({
  buildId,
  folder,
  steps,
  report,
}: Omit<BuildResult, 'card' | 'examination'>): Promise<string> {
  const parts: string[] = []
  if (report !== null) parts.push(metricsTable(report))
  if (report?.stars) parts.push(starsTable(report.stars))
  const stepRows = steps.map(({ step, seconds, reused }) => [step, seconds.toFixed(2), reused ? 'reused' : ''])
  parts.push(table(['step', 'seconds', ''], stepRows))
  const files = await filesIn(folder)
  if (files.length > 0) {
    parts.push(
      table(
        ['file', 'size'],
        files.map(({ name, size }) => [name, bytes(size)]),
      ),
    )
    parts.push(`model ${buildId} in ${relative(process.cwd(), folder) || '.'}`)
  }
  return parts.join('\n\n')
}

/** Files under a build's folder in the order of the path; none when the folder is not there yet. */
async function filesIn(folder: string): Promise<{ name: string; size: number }[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    files.sort().map(async (file) => ({ name: relative(folder, file), size: (await stat(file)).size })),
  )
}

export function writeJson(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)
}
