import type { Config } from '#core/schemas/config.ts'
import type { StepHandles } from '../io/handles.ts'
import { createLog } from '../io/log.ts'
import { createProgress } from '../io/progress.ts'
import type { Surroundings } from './index.ts'

/**
 * Do the work with a log and a progress line as configured; both are gone when it is done.
 * @param work `clearProgress` takes the line away before something is printed
 */
export async function withHandles<Result>(
  config: Pick<Config, 'logging'>,
  { stderr, signal }: Pick<Surroundings, 'stderr' | 'signal'>,
  work: (handles: StepHandles, clearProgress: () => void) => Promise<Result>,
): Promise<Result> {
  const progress = createProgress(stderr)
  const quiet = config.logging.level === 'error' || config.logging.level === 'warn'
  const log = createLog({ ...config.logging, stream: stderr, beforeLine: progress.clear })
  const handles = { log, progress: quiet ? { update() {} } : progress, track() {}, signal }
  try {
    const result = await work(handles, progress.clear)
    progress.clear()
    return result
  } catch (error) {
    progress.clear()
    if (config.logging.level === 'debug' && !signal.aborted && error instanceof Error) log.debug(String(error.stack))
    throw error
  } finally {
    log.close()
  }
}
