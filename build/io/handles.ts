/** What a step may do besides computing: say where it is, and stop when asked to. */

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
  signal: AbortSignal
}
