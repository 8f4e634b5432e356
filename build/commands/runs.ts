import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { DataError } from '../io/files.ts'
import { createLog } from '../io/log.ts'
import { bytes, listed, table } from '../io/table.ts'
import {
  type Condition,
  compareRuns,
  parseCondition,
  pendingRuns,
  pruneRuns,
  RUN_KINDS,
  type RunKind,
  type RunRecord,
  readMetrics,
  readRecords,
  type Status,
  selectRuns,
  statusOf,
  trackersOf,
  trySend,
  valueIn,
} from '../tracking/index.ts'
import { type Surroundings, writeJson } from './index.ts'
import { parseCount } from './options.ts'
import { comparisonText, recordText } from './runs-text.ts'
import { runsOf } from './tracked.ts'

const STATUSES: Status[] = ['running', 'done', 'failed', 'stopped', 'killed']

/** What tells a run's worth at a glance, where it has one of them. */
const MAIN_METRICS = ['test.ndcg@10', 'best.ndcg@10', 'stars.rmse', 'rerank.ndcg@10']

/** A tracker that is asked by hand may take its time. */
const SYNC_MS = 10 * 60_000

interface ListFlags {
  kind?: RunKind[]
  status?: Status[]
  text?: string
  where?: Condition[]
  sort?: string
  metric?: string[]
  limit?: number
  json?: string
}

/** Runs as a table, the newest first or by a value. */
export function listRuns(flags: ListFlags, surroundings: Surroundings): void {
  const { cwd, stdout } = surroundings
  const records = selectRuns(readRecords(runsOf(surroundings)), {
    ...(flags.kind && { kinds: flags.kind }),
    ...(flags.status && { statuses: flags.status }),
    ...(flags.text !== undefined && { text: flags.text }),
    ...(flags.where && { conditions: flags.where }),
    ...(flags.sort !== undefined && { sort: flags.sort }),
    ...(flags.limit !== undefined && { limit: flags.limit }),
  })
  if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), records.map(withStatus))
  if (records.length === 0) {
    stdout.write('No such run. "marquee build", "evaluate" and "tune" record what they do.\n')
    return
  }
  const sorted = flags.sort !== undefined && !['started', 'seconds', 'name', 'build'].includes(flags.sort)
  const columns = flags.metric ?? [
    ...new Set([
      ...(sorted ? [flags.sort!] : []),
      ...MAIN_METRICS.filter((name) => records.some((run) => name in run.metrics)),
    ]),
  ]
  const rows = records.map((record) => [
    record.id,
    record.kind,
    statusOf(record),
    record.startedAt.slice(0, 19).replace('T', ' '),
    record.seconds === null ? '' : record.seconds.toFixed(1),
    record.buildId ?? '',
    ...columns.map((column) => shown(valueIn(record, column))),
  ])
  stdout.write(`${table(['run', 'kind', 'status', 'started (UTC)', 'seconds', 'build', ...columns], rows)}\n`)
}

/** All that is known of one run. */
export function showRun(name: string, flags: { json?: string }, surroundings: Surroundings): void {
  const { cwd, stdout } = surroundings
  const runs = runsOf(surroundings)
  const record = findRun(runs, name)
  const lines = readMetrics(join(runs, record.id))
  if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), { ...withStatus(record), lines })
  stdout.write(`${recordText(record, lines)}\n`)
}

/** What two or more runs differ in, and what came of it; as a page with plots too. */
export async function compareCommand(
  names: string[],
  flags: { html?: string; json?: string },
  surroundings: Surroundings,
): Promise<void> {
  const { cwd, stdout } = surroundings
  const runs = runsOf(surroundings)
  const records = names.map((name) => findRun(runs, name))
  if (records.length < 2) throw new DataError(`runs compare: found ${records.length} run, expected two or more`)
  const comparison = compareRuns(
    records,
    records.map(({ id }) => readMetrics(join(runs, id))),
  )
  stdout.write(`${comparisonText(comparison)}\n`)
  if (flags.json !== undefined) writeJson(resolve(cwd, flags.json), comparison)
  if (flags.html === undefined) return
  const { renderRuns } = await import('../report/index.ts')
  const file = resolve(cwd, flags.html)
  const page = renderRuns(comparison)
  writeFileSync(file, page)
  stdout.write(`\nThe page is in ${file} (${bytes(Buffer.byteLength(page))}).\n`)
}

/** Send what the trackers have not been sent, or what is named. */
export async function syncRuns(names: string[], surroundings: Surroundings): Promise<void> {
  const { stdout, stderr, signal, env = {} } = surroundings
  const log = createLog({ level: 'info', stream: stderr })
  const trackers = trackersOf(env, log)
  if (trackers.length === 0)
    throw new DataError('runs sync: found no tracker; MLFLOW_TRACKING_URI or WANDB_API_KEY names one')
  const runs = runsOf(surroundings)
  const named = names.map((name) => join(runs, findRun(runs, name).id))
  const failed: string[] = []
  for (const tracker of trackers) {
    for (const folder of named) if (!tracker.isPending(folder)) tracker.mark(folder)
    const folders = names.length > 0 ? named : pendingRuns(tracker, runs)
    let sent = 0
    for (const folder of folders) {
      const patience = AbortSignal.any([signal, AbortSignal.timeout(SYNC_MS)])
      const isSent = await trySend(tracker, folder, patience, ({ message }) => {
        log.warn(`${tracker.name}: ${message}`)
        failed.push(folder)
      })
      signal.throwIfAborted()
      if (isSent) sent++
    }
    stdout.write(`${tracker.name}: ${sent} of ${folders.length} ${folders.length === 1 ? 'run' : 'runs'} sent\n`)
  }
  if (failed.length > 0) throw new Error(`runs sync: not all was sent; the runs are kept as they are`)
}

/** Remove the folders of all but the newest. */
export function pruneCommand(flags: { keep: number; force?: boolean }, surroundings: Surroundings): void {
  const { stdout, stderr, env = {} } = surroundings
  const runs = runsOf(surroundings)
  const trackers = trackersOf(env, createLog({ level: 'warn', stream: stderr }))
  const { removed, unsent } = pruneRuns(runs, readRecords(runs), flags.keep, trackers, flags.force ?? false)
  for (const { id } of removed) stdout.write(`${id}\n`)
  stdout.write(`${removed.length} ${removed.length === 1 ? 'run is' : 'runs are'} removed.\n`)
  if (unsent.length > 0)
    stdout.write(`${unsent.length} older stay, as they were not sent yet: "marquee runs sync", or --force.\n`)
}

/** By the folder's name, a part of it that no other has, or `latest`. @throws {DataError} */
function findRun(runs: string, name: string): RunRecord {
  const records = readRecords(runs)
  const found = name === 'latest' ? records.slice(0, 1) : records.filter(({ id }) => id === name)
  const alike = found.length > 0 ? found : records.filter(({ id }) => id.includes(name))
  if (alike.length === 1) return alike[0]!
  const what = alike.length === 0 ? 'no run' : `${alike.length} runs (${listed(alike.map(({ id }) => id))})`
  throw new DataError(`${runs}: found ${what} for ${JSON.stringify(name)}; "marquee runs list" names them`)
}

/** As a reader finds it: one whose process is gone was killed. */
function withStatus(record: RunRecord): Omit<RunRecord, 'status'> & { status: Status } {
  return { ...record, status: statusOf(record) }
}

function shown(value: unknown): string {
  if (value === null) return ''
  return typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(4) : String(value)
}

/** `marquee runs …` */
export function addRunsCommands(program: Command, surroundings: Surroundings): void {
  const runs = program.command('runs').description('what was built, evaluated and tuned: records in runs/')
  const json = (command: Command) => command.option('--json <file>', 'also write the result there, as JSON')
  json(runs.command('list'))
    .description('runs, the newest first')
    .addOption(new Option('--kind <kind...>', 'only these').choices([...RUN_KINDS]))
    .addOption(new Option('--status <status...>', 'only these').choices(STATUSES))
    .option('--text <text>', 'only those with it in the name, the folder or the build')
    .option('--where <condition...>', "only those with it: 'test.ndcg@10>=0.1', model.cf.factors=64", collectConditions)
    .option('--sort <key>', 'the largest first: a metric, a setting, seconds')
    .option('--metric <name...>', 'columns to show')
    .option('--limit <count>', 'at most', parseCount)
    .action((flags: ListFlags) => listRuns(flags, surroundings))
  json(runs.command('show'))
    .description('all that is known of a run')
    .argument('<run>', 'folder in runs/, a part of its name, or latest')
    .action((name: string, flags: { json?: string }) => showRun(name, flags, surroundings))
  json(runs.command('compare'))
    .description('what runs differ in, and what came of it')
    .argument('<run...>', 'two or more')
    .option('--html <file>', 'write it as a page with plots')
    .action((names: string[], flags: { html?: string; json?: string }) => compareCommand(names, flags, surroundings))
  runs
    .command('sync')
    .description('send what MLflow or Weights & Biases could not be sent')
    .argument('[run...]', 'these, sent before or not (default: all that wait)')
    .action((names: string[]) => syncRuns(names, surroundings))
  runs
    .command('prune')
    .description('remove all but the newest runs; those in progress, and those not sent yet, stay')
    .requiredOption('--keep <count>', 'how many to keep', parseCount)
    .option('--force', 'remove those that were not sent yet, too')
    .action((flags: { keep: number; force?: boolean }) => pruneCommand(flags, surroundings))
}

function collectConditions(text: string, before: Condition[] = []): Condition[] {
  const condition = parseCondition(text)
  if (condition === null) throw new InvalidArgumentError('Expected key=value, or !=, >, >=, < or <= between them.')
  return [...before, condition]
}
