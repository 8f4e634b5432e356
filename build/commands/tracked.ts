import { join, resolve } from 'node:path'
import type { Config } from '#core/schemas/config.ts'
import { hashCode } from '../identity.ts'
import type { StepHandles } from '../io/handles.ts'
import { createLog } from '../io/log.ts'
import { type Run, type RunKind, startRun, trackersOf } from '../tracking/index.ts'
import type { Surroundings } from './index.ts'
import { withHandles } from './with-handles.ts'

const ROOT = join(import.meta.dirname, '../..')

/** A tracker gets so long when a run has ended; what is not sent by then waits in the run's folder. */
const PATIENCE_SECONDS = 15
/** Who stops a run does not want to wait. */
const STOPPED_PATIENCE_SECONDS = 3

export interface Tracked {
  kind: RunKind
  config: Config
  commandLine: string
  /** of the run; the experiment's by default */
  name?: string
  /** nothing is recorded before `run.begin` */
  isDeferred?: boolean
}

/**
 * `withHandles` for work that is recorded in runs/, and sent to the trackers that the environment names: what the steps
 * track, how it ended, and what `run` is told.
 * @param tell prints and writes what came out, with the progress line gone; files that it tells `run` of are listed
 */
export function tracked<Result>(
  { kind, config, commandLine, name = config.experiment.name, isDeferred = false }: Tracked,
  surroundings: Surroundings,
  work: (handles: StepHandles, run: Run) => Promise<Result>,
  tell?: (result: Result, run: Run) => Promise<void>,
): Promise<Result> {
  const { env = {}, signal } = surroundings
  return withHandles(config, surroundings, async (handles, clearProgress) => {
    const run = await startRun({
      ...{ kind, name, notes: config.experiment.notes, commandLine, config, isDeferred, codeHash: hashCode() },
      ...{ runs: runsOf(surroundings), checkout: ROOT, trackers: trackersOf(env, handles.log), log: handles.log },
    })
    try {
      const result = await work({ ...handles, track: run.track }, run)
      clearProgress()
      await tell?.(result, run)
      await run.end('done', null, 1000 * patienceOf(env))
      return result
    } catch (error) {
      clearProgress()
      if (signal.aborted) await run.end('stopped', null, 1000 * STOPPED_PATIENCE_SECONDS)
      else await run.end('failed', error instanceof Error ? error.message : String(error), 1000 * patienceOf(env))
      throw error
    }
  })
}

/** Tell the trackers which build is served from now on; one that cannot be told is warned of. */
export async function trackServed(buildId: string, { env = {}, stderr }: Surroundings): Promise<void> {
  const log = createLog({ level: 'warn', stream: stderr })
  for (const { name, promote } of trackersOf(env, log)) {
    try {
      await promote?.(buildId, AbortSignal.timeout(1000 * patienceOf(env)))
    } catch (error) {
      log.warn(`${name}: ${(error as Error).message}; its champion is not ${buildId}`)
    }
  }
}

/** Where the records are. */
export function runsOf({ cwd, runs }: Pick<Surroundings, 'cwd' | 'runs'>): string {
  return runs ?? resolve(cwd, 'runs')
}

function patienceOf({ MARQUEE_TRACKER_SECONDS: seconds }: NodeJS.ProcessEnv): number {
  return seconds !== undefined && /^\d+$/.test(seconds) ? Number(seconds) : PATIENCE_SECONDS
}
