import type { StepHandles } from '../io/handles.ts'
import type { Trial } from './run-folder.ts'
import type { Settings } from './space.ts'
import type { Ask, Strategy } from './strategies.ts'

/** The folder's part: which trials there are, and how one is made. */
export interface Trials {
  /** judged before, by `keyOf` */
  recorded: Trial[]
  /** learn, judge and record; a failure is recorded too */
  perform(ask: Ask): Promise<Trial>
}

/**
 * All that the strategy asks for, several at a time; what was recorded before is not done again, so that an interrupted
 * search goes on where it was: the strategy's draws and what it is told are the same.
 * @param most that the strategy will ask for, for the progress
 * @returns the trials in the order in which they were asked for
 * @throws the signal's reason when aborted; what was recorded by then stays
 */
export async function runTrials(
  strategy: Strategy,
  { recorded, perform }: Trials,
  atOnce: number,
  most: number,
  { log, progress, signal }: StepHandles,
): Promise<Trial[]> {
  const known = new Map(recorded.map((trial) => [keyOf(trial), trial]))
  const trials: Trial[] = []
  const clock = { seconds: 0, budget: 0 }
  let round = strategy.next()
  while (!round.done) {
    const asks = round.value
    const done: (Trial | undefined)[] = asks.map((ask) => known.get(keyOf(ask)))
    const pending = [...asks.keys()].filter((at) => done[at] === undefined)
    const next = async (): Promise<void> => {
      for (let at = pending.shift(); at !== undefined; at = pending.shift()) {
        signal.throwIfAborted()
        const trial = await perform(asks[at]!)
        done[at] = trial
        known.set(keyOf(trial), trial)
        clock.seconds += trial.seconds
        clock.budget += trial.budget
        const count = trials.length + done.filter((one) => one !== undefined).length
        const left = ((most - count) * clock.seconds) / (count > 0 ? clock.budget : 1) / atOnce
        log.info(`trial ${count} of ${most}: ${describe(trial)}; ${duration(left)} left`)
        progress.update('tune', count, most)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, next))
    trials.push(...done.filter((trial) => trial !== undefined))
    round = strategy.next(done.map((trial) => trial?.value?.mean ?? null))
  }
  return trials
}

/** What tells trials of one run apart. */
function keyOf({ settings, budget }: { settings: Settings; budget: number }): string {
  return JSON.stringify([Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1)), budget])
}

function describe({ settings, budget, value, failed, seconds }: Trial): string {
  const tried = Object.entries(settings).map(([key, setting]) => `${key} ${JSON.stringify(setting)}`)
  const share = budget < 1 ? ` with ${100 * budget} % of the iterations` : ''
  const what = `${tried.join(', ') || 'as configured'}${share}`
  if (value === null) return `${what}: failed: ${failed}`
  return `${what}: ${value.mean.toFixed(4)} (${value.low.toFixed(4)} to ${value.high.toFixed(4)}), ${seconds.toFixed(1)} s`
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}
