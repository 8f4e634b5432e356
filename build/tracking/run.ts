import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, readdirSync, statSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { READ_BYTES } from '../io/files.ts'
import type { Log, StepHandles } from '../io/handles.ts'
import { ownIdentity } from '../io/process-identity.ts'
import { environment, gitState, withoutHome } from './environment.ts'
import type { Param, RunKind, RunRecord } from './record.ts'
import { appendMetrics, makeRunFolder, openWriter, readRecord, writeRecord } from './run-folder.ts'
import { openSender } from './sender.ts'
import type { Tracker } from './tracker.ts'

/** What is known when a run begins. */
export interface RunStart {
  kind: RunKind
  /** of the experiment */
  name: string
  notes?: string
  commandLine: string
  config: Record<string, unknown>
  /** SHA-256 over the code that makes a model */
  codeHash: string | null
  /** folder that holds a folder a run */
  runs: string
  /** the checkout that git is asked about */
  checkout: string
  /** a search has a folder of its own choice, and calls `begin` when it is open */
  isDeferred?: boolean
  trackers: readonly Tracker[]
  log: Log
}

/** What is found out on the way. */
export interface Facts {
  buildId?: string
  /** input files by name and content */
  data?: readonly { file: string; sha256: string }[]
  /** beside the configuration; laid over what was noted before */
  params?: Record<string, Param>
  /** champion is what is served from now on; challenger is what was made and is not */
  model?: RunRecord['model']
}

/** A run in progress. Nothing here throws or waits, but `end`, which waits for the trackers as long as it is told. */
export interface Run {
  /** null before `begin`, and where nothing can be written */
  readonly folder: string | null
  /** from now on there is a record: in a folder of the caller's, or in a new one */
  begin(folder?: string): void
  track: StepHandles['track']
  note(facts: Facts): void
  /** values that a run has once; the same as `track` without a step */
  metrics(values: Record<string, number>): void
  /** a file, or all below a folder, to be listed with size and hash when the run ends */
  artifacts(path: string, as?: string): void
  end(status: 'done' | 'failed' | 'stopped', failure: string | null, patienceMs: number): Promise<void>
}

/**
 * Record a run: its folder says that it runs, and by which process, until `end`. What cannot be written is warned of once
 * and is missing; the run goes on.
 */
export async function startRun(start: RunStart): Promise<Run> {
  const { kind, runs, log, trackers } = start
  const git = await gitState(start.checkout)
  const began = new Date()
  const writer = openWriter(log)
  const sender = openSender(trackers, runs, log)
  const listed: { path: string; as: string }[] = []
  let folder: string | null = null
  let record: RunRecord = {
    ...{ format: 'marquee-run', version: 1, id: '', kind, name: start.name, notes: start.notes ?? '' },
    ...{ startedAt: began.toISOString(), endedAt: null, seconds: null, status: 'running', failure: null },
    ...{ commandLine: withoutHome(start.commandLine), config: withoutHome(start.config) },
    code: { ...git, sha256: start.codeHash },
    ...{ data: [], buildId: null, environment: environment(), process: ownIdentity() },
    ...{ params: {}, metrics: {}, artifacts: [], model: null },
  }
  const save = () => {
    const target = folder
    if (target !== null) writer.attempt(() => writeRecord(target, record))
  }
  const keep = (values: Record<string, number>, step: number | null) => {
    // JSON has no NaN; a training that has one stops and says so
    const metrics = Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)))
    if (Object.keys(metrics).length === 0) return
    Object.assign(record.metrics, metrics)
    const target = folder
    if (target !== null) writer.attempt(() => appendMetrics(target, { at: Date.now(), step, metrics }))
  }
  const run: Run = {
    get folder() {
      return folder
    },
    begin(given) {
      writer.attempt(() => {
        if (given !== undefined) mkdirSync(given, { recursive: true })
        folder = given ?? makeRunFolder(runs, kind, began)
      })
      if (folder === null) return
      record.id = basename(folder)
      const earlier = given === undefined ? null : readRecord(folder)
      if (earlier) record = goneOnWith(record, earlier)
      save()
      sender.start(folder)
    },
    track: (values, step) => keep(values, step ?? null),
    metrics: (values) => keep(values, null),
    note({ params, data, ...facts }) {
      record = {
        ...record,
        ...facts,
        ...(params && { params: { ...record.params, ...withoutHome(params) } }),
        ...(data && { data: data.map(({ file, sha256 }) => ({ file: basename(file), sha256 })) }),
      }
      save()
    },
    artifacts: (path, as = basename(path)) => void listed.push({ path, as }),
    async end(status, failure, patienceMs) {
      if (folder !== null) record.artifacts = await describe(listed, folder, log)
      const seconds = (record.seconds ?? 0) + (Date.now() - began.getTime()) / 1000
      Object.assign(record, { status, failure: withoutHome(failure), seconds, endedAt: new Date().toISOString() })
      save()
      await sender.finish(patienceMs)
    },
  }
  if (!start.isDeferred) run.begin()
  return run
}

/** A search that was stopped and goes on is one run: it began when it first did, and took as long as all its parts. */
function goneOnWith(record: RunRecord, { startedAt, seconds, metrics, params }: RunRecord): RunRecord {
  return { ...record, startedAt, seconds, metrics: { ...metrics, ...record.metrics }, params }
}

/** Size and hash of each file; one that is gone is left out. */
async function describe(
  listed: { path: string; as: string }[],
  folder: string,
  log: Log,
): Promise<RunRecord['artifacts']> {
  const found: RunRecord['artifacts'] = []
  for (const { path, as } of listed) {
    try {
      const files = statSync(path).isDirectory() ? filesBelow(path) : ['']
      for (const name of files) {
        const file = join(path, name)
        const named = name === '' ? as : `${as}/${name.replaceAll('\\', '/')}`
        found.push({
          path: named,
          from: relative(folder, file),
          sizeBytes: statSync(file).size,
          sha256: await sha256(file),
        })
      }
    } catch (error) {
      log.debug(`runs: ${as} is not listed: ${(error as Error).message}`)
    }
  }
  return found
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: READ_BYTES })) hash.update(chunk)
  return hash.digest('hex')
}
