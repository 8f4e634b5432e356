import { createHash } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { join, resolve } from 'node:path'
import * as z from 'zod'
import { statusOf } from '../liveness.ts'
import { METRICS_FILE, RECORD_FILE, type RunRecord } from '../record.ts'
import { readMetrics, readRecord } from '../run-folder.ts'
import { TrackerError } from '../tracker.ts'
import { metricBatches, paramBatches, tagBatches } from './batches.ts'
import { callMlflow, MlflowError, type MlflowServer, uploadArtifact } from './client.ts'
import { type Cursor, newCursor, readCursor, writeCursor } from './cursor.ts'
import { registerModel } from './register-model.ts'

/** Data stays where it is: it is known by its hashes. */
const NOT_UPLOADED = /^tables\//

const MLFLOW_STATUS = {
  running: 'RUNNING',
  done: 'FINISHED',
  failed: 'FAILED',
  stopped: 'KILLED',
  killed: 'KILLED',
} as const

const Nothing = z.object({})
const Experiment = z.object({ experiment: z.object({ experiment_id: z.string() }) })
const CreatedExperiment = z.object({ experiment_id: z.string() })
const MlflowRun = z.object({ info: z.object({ run_id: z.string(), artifact_uri: z.string() }) })
const CreatedRun = z.object({ run: MlflowRun })
const FoundRuns = z.object({ runs: z.array(MlflowRun).default([]) })

export interface MlflowNames {
  experiment: string
  registeredModel: string
}

/**
 * Send a run as far as it goes: facts, metrics, and when it has ended its files, its model and how it ended. The cursor is
 * on the disk after each request, so what is interrupted goes on where it was. What MLflow says it does not take is left
 * out for good, and noted in the cursor; all else is tried again by who calls again.
 * @throws {TrackerError}; the signal's reason
 */
export async function sendRun(
  server: MlflowServer,
  namesOf: (record: RunRecord) => MlflowNames,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const record = readRecord(folder)
  if (record === null) throw new TrackerError(`${folder}: found no record of a run`)
  const lines = readMetrics(folder)
  const names = namesOf(record)
  const cursor = readCursor(folder) ?? newCursor(server.uri)
  const save = () => writeCursor(folder, cursor)
  const call = <T>(path: string, fields: Record<string, unknown>, schema: z.ZodType<T>) =>
    callMlflow(server, 'POST', path, fields, schema, signal)

  const { runId, artifactUri } = await openRun(server, names.experiment, record, cursor, signal)
  Object.assign(cursor, { runId, artifactUri })
  save()

  const facts = [...tagBatches(record).map((tags) => ({ tags })), ...paramBatches(record).map((params) => ({ params }))]
  const factsHash = createHash('sha256').update(JSON.stringify(facts)).digest('hex')
  if (cursor.factsHash !== factsHash) {
    for (const batch of facts) await unlessRefused(cursor, call('runs/log-batch', { run_id: runId, ...batch }, Nothing))
    cursor.factsHash = factsHash
    save()
  }
  for (const { metrics, linesDone } of metricBatches(lines, cursor.linesSent)) {
    await unlessRefused(cursor, call('runs/log-batch', { run_id: runId, metrics }, Nothing))
    cursor.linesSent = linesDone
    save()
  }

  const status = statusOf(record)
  if (status === 'running') return
  await sendArtifacts(server, record, folder, cursor, save, signal)
  if (record.model !== null && cursor.modelVersion === null) {
    const registered = registerModel(server, names.registeredModel, record, { runId, artifactUri }, signal)
    cursor.modelVersion = await unlessRefused(cursor, registered)
    save()
  }
  const ended = { end_time: Date.parse(record.endedAt ?? '') || lines.at(-1)?.at || Date.parse(record.startedAt) }
  const update = { run_id: runId, status: MLFLOW_STATUS[status], ...ended }
  await unlessRefused(cursor, call('runs/update', update, Nothing))
  cursor.isDone = true
  save()
}

/** The run there: made before, perhaps by a request whose answer was lost, or new. */
async function openRun(
  server: MlflowServer,
  experiment: string,
  record: RunRecord,
  cursor: Cursor,
  signal: AbortSignal,
): Promise<{ runId: string; artifactUri: string }> {
  const { runId, artifactUri } = cursor
  if (runId !== null && artifactUri !== null) return { runId, artifactUri }
  const experimentId = await openExperiment(server, experiment, signal)
  const search = { experiment_ids: [experimentId], filter: `tags."marquee.run" = '${record.id}'`, max_results: 1 }
  const { runs } = await callMlflow(server, 'POST', 'runs/search', search, FoundRuns, signal)
  const create = async () => {
    const fields = {
      experiment_id: experimentId,
      run_name: `${record.name} ${record.kind}`,
      start_time: Date.parse(record.startedAt),
      tags: [{ key: 'marquee.run', value: record.id }],
    }
    return (await callMlflow(server, 'POST', 'runs/create', fields, CreatedRun, signal)).run
  }
  const { info } = runs[0] ?? (await create())
  return { runId: info.run_id, artifactUri: info.artifact_uri }
}

async function openExperiment(server: MlflowServer, name: string, signal: AbortSignal): Promise<string> {
  const find = async () => {
    const fields = { experiment_name: name }
    return (await callMlflow(server, 'GET', 'experiments/get-by-name', fields, Experiment, signal)).experiment
      .experiment_id
  }
  try {
    return await find()
  } catch (error) {
    if (!(error instanceof MlflowError && error.code === 'RESOURCE_DOES_NOT_EXIST')) throw error
  }
  try {
    return (await callMlflow(server, 'POST', 'experiments/create', { name }, CreatedExperiment, signal)).experiment_id
  } catch (error) {
    // another run has made it in between
    if (error instanceof MlflowError && error.code === 'RESOURCE_ALREADY_EXISTS') return find()
    throw error
  }
}

/** The record, the metrics and the files that the run left; those that are gone or changed since are left out. */
async function sendArtifacts(
  server: MlflowServer,
  record: RunRecord,
  folder: string,
  cursor: Cursor,
  save: () => void,
  signal: AbortSignal,
): Promise<void> {
  const root = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.+)$/.exec(cursor.artifactUri!)?.[1]
  if (root === undefined) {
    cursor.refused.push(`artifacts: ${cursor.artifactUri} is not served by MLflow; start it with --serve-artifacts`)
    return
  }
  const own = [RECORD_FILE, METRICS_FILE].map((path) => ({ path, from: path, sizeBytes: null, sha256: record.endedAt }))
  for (const { path, from, sizeBytes, sha256 } of [...record.artifacts, ...own]) {
    const key = `${path} ${sha256}`
    if (cursor.artifactsSent.includes(key) || NOT_UPLOADED.test(path)) continue
    const content = await openFile(resolve(folder, from))
    if (content === null || (sizeBytes !== null && content.size !== sizeBytes)) continue
    await unlessRefused(cursor, uploadArtifact(server, join(root, path), content, signal))
    cursor.artifactsSent.push(key)
    save()
  }
}

/** null when it is gone */
async function openFile(file: string): Promise<Blob | null> {
  try {
    return await openAsBlob(file)
  } catch {
    return null
  }
}

/** What MLflow understands and does not take, it will not take tomorrow. */
async function unlessRefused<T>(cursor: Cursor, request: Promise<T>): Promise<T | null> {
  try {
    return await request
  } catch (error) {
    if (!(error instanceof MlflowError && (error.status === 400 || error.status === 404))) throw error
    const words = error.message.slice(0, 500)
    if (!cursor.refused.includes(words)) cursor.refused.push(words)
    return null
  }
}
