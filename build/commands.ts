import { writeFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { ConfigError, loadConfig } from './config.ts'
import type { BuildResult, build, Step } from './index.ts'
import { createLog } from './io/log.ts'
import { createProgress, type ProgressStream } from './io/progress.ts'
import { bytes, table } from './io/table.ts'
import { metricsTable } from './metrics-table.ts'
import { listModels, rollback } from './publish/index.ts'
import type { openLocalR2 } from './publish/local-r2.ts'

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
  build: typeof build
  openStore: (options: { stateDir?: string }) => ReturnType<typeof openLocalR2>
}

export interface BuildFlags {
  config?: string
  preset?: string
  seed?: number
  logLevel?: string
  logFile?: string
  device: string
  state?: string
  json?: string
  until: Step
}

/** The pipeline until a step; prints what came out. */
export async function buildCommand(flags: BuildFlags, surroundings: Surroundings): Promise<void> {
  const { cwd, stdout, stderr, signal } = surroundings
  if (flags.device === 'gpu')
    throw new ConfigError('--device: found gpu; this version trains on the CPU: use auto or cpu')
  const config = loadConfig({
    path: flags.config === undefined ? undefined : resolve(cwd, flags.config),
    preset: flags.preset,
    overrides: {
      ...(flags.seed !== undefined && { seed: flags.seed }),
      ...(flags.logLevel !== undefined && { logLevel: flags.logLevel }),
      ...(flags.logFile !== undefined && { logFile: resolve(cwd, flags.logFile) }),
    },
  })
  const progress = createProgress(stderr)
  const quiet = config.logging.level === 'error' || config.logging.level === 'warn'
  const log = createLog({ ...config.logging, stream: stderr, beforeLine: progress.clear })
  try {
    const result = await surroundings.build({
      config,
      until: flags.until,
      handles: { log, progress: quiet ? { update() {} } : progress, signal },
      openStore: () => surroundings.openStore(stateOf(flags, cwd)),
    })
    progress.clear()
    stdout.write(`${await summaryOf(result)}\n`)
    if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), result)
  } catch (error) {
    progress.clear()
    if (config.logging.level === 'debug' && !signal.aborted && error instanceof Error) log.debug(String(error.stack))
    throw error
  } finally {
    log.close()
  }
}

export interface ModelsFlags {
  state?: string
  json?: string
}

/** What is published, as a table. */
export async function listCommand(flags: ModelsFlags, { cwd, stdout, openStore }: Surroundings): Promise<void> {
  const store = await openStore(stateOf(flags, cwd))
  try {
    const models = await listModels(store)
    if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), models)
    if (models.length === 0) {
      stdout.write('No model is published yet. "marquee build" builds one and publishes it.\n')
      return
    }
    const rows = models.map(({ buildId, sizeBytes, current, publishedAt }) => [
      buildId,
      bytes(sizeBytes),
      publishedAt === null ? 'incomplete' : publishedAt.slice(0, 19).replace('T', ' '),
      current ? 'current' : '',
    ])
    stdout.write(`${table(['build', 'size', 'published (UTC)', ''], rows)}\n`)
  } finally {
    await store.close()
  }
}

/** Moves the pointer back; a running server follows it. */
export async function rollbackCommand(
  buildId: string | undefined,
  flags: ModelsFlags,
  { cwd, stdout, openStore }: Surroundings,
): Promise<void> {
  const store = await openStore(stateOf(flags, cwd))
  try {
    const pointer = await rollback(store, buildId)
    stdout.write(`The current model is ${pointer.buildId}.\n`)
    if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), pointer)
  } finally {
    await store.close()
  }
}

function stateOf({ state }: { state?: string }, cwd: string): { stateDir?: string } {
  return state === undefined ? {} : { stateDir: resolve(cwd, state) }
}

/** Metrics, steps and artifacts of a build, for a person. */
async function summaryOf({ buildId, folder, steps, report }: BuildResult): Promise<string> {
  const parts: string[] = []
  if (report !== null) parts.push(metricsTable(report))
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

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)
}
