import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../io/handles.ts'
import { takeLock } from '../io/lock.ts'
import { isRunning } from './liveness.ts'
import { readRecords } from './run-folder.ts'
import type { Tracker } from './tracker.ts'

/** Between two sendings of a run in progress; after failures longer and longer. */
const PAUSE_MS = 5000
const LONGEST_PAUSE_MS = 60_000

/** Sends a run in progress while it goes on, and what earlier runs could not send. */
export interface Sender {
  /** at once, and now and then, in the background */
  start(folder: string): void
  /** send the rest, of the ended run first; at most this long */
  finish(patienceMs: number): Promise<void>
}

/**
 * The run's folder is the buffer: a sending that fails is warned of once and leaves it as it is, for a later one, for the
 * next run, or for `marquee runs sync`.
 */
export function openSender(trackers: readonly Tracker[], runs: string, log: Log): Sender {
  const stop = new AbortController()
  const rounds: Promise<void>[] = []
  let own: string | null = null

  const repeat = async (tracker: Tracker, folder: string) => {
    let pauseMs = PAUSE_MS
    while (!stop.signal.aborted) {
      const sent = await trySend(tracker, folder, stop.signal, (error) => log.debug(told(tracker, error)))
      pauseMs = sent ? PAUSE_MS : Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
      // the process does not stay for it
      await sleep(pauseMs, undefined, { signal: stop.signal, ref: false }).catch(() => {})
    }
  }
  return {
    start(folder) {
      own = folder
      for (const tracker of trackers) {
        try {
          tracker.mark(folder)
        } catch (error) {
          log.warn(told(tracker, error as Error))
        }
        rounds.push(repeat(tracker, folder))
      }
    },
    async finish(patienceMs) {
      stop.abort(new Error('the run has ended'))
      await Promise.all(rounds)
      const folder = own
      if (folder === null || trackers.length === 0) return
      const signal = AbortSignal.timeout(patienceMs)
      await Promise.all(
        trackers.map(async (tracker) => {
          const warn = (error: Error) =>
            log.warn(`${told(tracker, error)}; kept in ${folder}, the next run or "marquee runs sync" sends it`)
          if (!(await trySend(tracker, folder, signal, warn))) return
          // one that cannot be sent does not hold up the others
          for (const earlier of signal.aborted ? [] : pendingRuns(tracker, runs))
            await trySend(tracker, earlier, signal, (error) => log.debug(told(tracker, error)))
        }),
      )
    },
  }
}

/** Folders of runs that have ended and were not sent to their end, the oldest first. */
export function pendingRuns(tracker: Tracker, runs: string): string[] {
  return readRecords(runs)
    .filter((record) => !isRunning(record))
    .map(({ id }) => join(runs, id))
    .filter((folder) => tracker.isPending(folder))
    .reverse()
}

/**
 * Send a run, unless another process is at it.
 * @returns false when it failed, which `onError` was told
 */
export async function trySend(
  tracker: Tracker,
  folder: string,
  signal: AbortSignal,
  onError: (error: Error) => void,
): Promise<boolean> {
  try {
    const lock = takeLock(join(folder, `${tracker.name}.lock`))
    if (!lock.taken) return true
    try {
      await tracker.send(folder, signal)
    } finally {
      lock.release()
    }
    return true
  } catch (error) {
    onError(error as Error)
    return false
  }
}

function told({ name }: Tracker, { name: kind, message }: Error): string {
  return `${name}: ${kind === 'TimeoutError' ? 'no answer in time' : message}`
}
