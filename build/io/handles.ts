/** What a step may do besides computing: say where it is, tell its measures, and stop when asked to. */

export interface Log {
  error(message: string): void
  warn(message: string): void
  info(message: string): void
  debug(message: string): void
}

export interface Progress {
  /** `done` of `total` units, and a few words on how it goes. A bar on a terminal, plain lines elsewhere. */
  update(label: string, done: number, total: number, note?: string): void
}

export interface StepHandles {
  log: Log
  progress: Progress
  /**
   * Keep measures in the record of the run, such as `{ 'als.loss': 0.31 }`; a no-op where nothing is recorded.
   * @param step what they belong to, from 0 up: an iteration, a trial; left out for what a run has once
   */
  track(metrics: Record<string, number>, step?: number): void
  signal: AbortSignal
}
