/** A service that keeps runs, beside the folder. What it was sent, and what not yet, stands in the run's folder. */
export interface Tracker {
  /** `mlflow`: names its file in a run's folder, and stands in messages */
  name: string
  /** the run is to be sent here: it is pending from now on, until it is sent to its end */
  mark(folder: string): void
  isPending(folder: string): boolean
  /**
   * Send what was not sent before; of a run that has ended, to its end. What was sent by the time it throws is not sent
   * again.
   * @throws {TrackerError}; the signal's reason
   */
  send(folder: string, signal: AbortSignal): Promise<void>
  /** A build that was made before is what is served now; left out where a tracker knows no models. @throws {TrackerError} */
  promote?(buildId: string, signal: AbortSignal): Promise<unknown>
}

/** A tracker that cannot be reached, refuses, or answers what is not its answer. Never fails a run. */
export class TrackerError extends Error {
  override readonly name = 'TrackerError'
}
