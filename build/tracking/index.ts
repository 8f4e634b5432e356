import type { Log } from '../io/handles.ts'
import { mlflowTracker } from './mlflow/index.ts'
import type { Tracker } from './tracker.ts'
import { wandbTracker } from './wandb/index.ts'

export { compareRuns, type RunComparison } from './compare-runs.ts'
export { isRunning, type Status, statusOf } from './liveness.ts'
export { pruneRuns } from './prune-runs.ts'
export { flatten, type MetricLine, RUN_KINDS, type RunKind, type RunRecord } from './record.ts'
export { type Facts, type Run, type RunStart, startRun } from './run.ts'
export { readMetrics, readRecord, readRecords } from './run-folder.ts'
export { type Condition, parseCondition, type RunFilter, selectRuns, valueIn } from './select-runs.ts'
export { pendingRuns, trySend } from './sender.ts'
export type { Tracker } from './tracker.ts'

/** What the environment names; one that is named wrongly is warned of, and is none. */
export function trackersOf(env: NodeJS.ProcessEnv, log: Pick<Log, 'warn'>): Tracker[] {
  return [mlflowTracker, wandbTracker]
    .map((open) => {
      try {
        return open(env)
      } catch (error) {
        log.warn(`tracking: ${(error as Error).message}; this run is kept in its folder alone`)
        return null
      }
    })
    .filter((tracker) => tracker !== null)
}
