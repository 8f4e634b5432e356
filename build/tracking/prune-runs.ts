import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning } from './liveness.ts'
import type { RunRecord } from './record.ts'
import type { Tracker } from './tracker.ts'

export interface Pruned {
  removed: RunRecord[]
  /** older ones that a tracker has not been sent to their end */
  unsent: RunRecord[]
}

/**
 * Remove the folders of all but the newest runs. One in progress stays, and so does one that was not sent, unless forced.
 * @param records of the folders below `runs`, the newest first
 */
export function pruneRuns(
  runs: string,
  records: readonly RunRecord[],
  keep: number,
  trackers: readonly Tracker[],
  isForced: boolean,
): Pruned {
  const pruned: Pruned = { removed: [], unsent: [] }
  for (const record of records.slice(keep)) {
    if (isRunning(record)) continue
    const folder = join(runs, record.id)
    const isUnsent = !isForced && trackers.some((tracker) => tracker.isPending(folder))
    pruned[isUnsent ? 'unsent' : 'removed'].push(record)
    if (!isUnsent) rmSync(folder, { recursive: true, force: true })
  }
  return pruned
}
