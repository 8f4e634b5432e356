import { join } from 'node:path'
import { loadConfig } from '../build/config/load-config.ts'
import { build } from '../build/index.ts'
import { createLog } from '../build/io/log.ts'
import { createProgress } from '../build/io/progress.ts'
import { type RunningWorker, startWorker } from './worker.ts'

/**
 * The Worker with a model of the sample's most active users, and a state that nobody else has: what the integration tests
 * run against.
 * @param scratch a folder of the caller's, for the model and the state
 */
export function startSampleWorker(scratch: string, vars: Record<string, string> = {}): Promise<RunningWorker> {
  const progress = createProgress(process.stderr)
  const preset = loadConfig({ preset: 'tiny' })
  const config = {
    ...preset,
    project: { ...preset.project, artifacts: join(scratch, 'artifacts') },
    data: { ...preset.data, minRatingsPerUser: 100, minRatingsPerMovie: 20 },
  }
  const log = createLog({ ...config.logging, level: 'warn', beforeLine: progress.clear })
  const handles = { log, progress, track() {}, signal: new AbortController().signal }
  return startWorker({
    stateDir: join(scratch, 'state'),
    webDir: join(scratch, 'web'),
    vars: { REQUEST_LOG: 'off', ...vars },
    log,
    async beforeServing(store) {
      await build({ config, until: 'publish', handles, openStore: async () => ({ ...store, close: async () => {} }) })
      progress.clear()
    },
  })
}
