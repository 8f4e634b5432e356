import { stateOfProcess } from '../io/process-identity.ts'
import type { RunRecord } from './record.ts'

/** A run of a machine that cannot be seen from here counts as running for so long. */
const UNSEEN_MS = 24 * 3600 * 1000

/** What a run is found to be: one that says it runs, by a process that is gone, was killed. */
export type Status = RunRecord['status'] | 'killed'

export function statusOf(record: RunRecord, now = Date.now()): Status {
  if (record.status !== 'running') return record.status
  const process = stateOfProcess(record.process)
  if (process === 'elsewhere') return now - Date.parse(record.startedAt) < UNSEEN_MS ? 'running' : 'killed'
  return process === 'runs' ? 'running' : 'killed'
}

export function isRunning(record: RunRecord): boolean {
  return statusOf(record) === 'running'
}
