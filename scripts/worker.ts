import { mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { convertV4MiniflareOptions, type DispatchFetch, Miniflare, NoOpLog } from 'miniflare'
import type { Log } from '../build/io/handles.ts'
import { DEFAULT_STATE_DIR, readWranglerConfig, WRANGLER_FILE } from '../build/io/wrangler-config.ts'
import { bundleWorker } from './bundle-worker.ts'
import { migrate } from './migrate.ts'

export interface WorkerOptions {
  /** 0, or left out, takes any free one */
  port?: number
  /** address to listen on; this machine only when left out */
  host?: string
  /** as `wrangler dev --persist-to` takes it; .wrangler/state when left out */
  stateDir?: string
  /** folder of static files instead of the one in wrangler.toml; made when missing */
  webDir?: string
  /** another wrangler.toml than the repository's */
  wranglerFile?: string
  /** variables on top of those in wrangler.toml */
  vars?: Record<string, string>
  /** receives what the Worker writes to its console; nothing does when left out */
  log?: Log
}

export interface RunningWorker {
  url: URL
  /** a request that does not go through a socket */
  fetch: DispatchFetch
  getR2(): ReturnType<Miniflare['getR2Bucket']>
  getD1(): ReturnType<Miniflare['getD1Database']>
  /** ends the workerd process; state stays on disk */
  stop(): Promise<void>
}

/**
 * Run the Worker of wrangler.toml in workerd on this machine: bundled as for deployment, with its bindings
 * kept where `wrangler dev` keeps them, its database migrated, and no look-up on the network.
 * @throws {Error} when the bundle or a migration fails, or the port is taken
 */
export async function startWorker(options: WorkerOptions = {}): Promise<RunningWorker> {
  const wranglerFile = resolve(options.wranglerFile ?? WRANGLER_FILE)
  const root = dirname(wranglerFile)
  const config = await readWranglerConfig(wranglerFile)
  const { unstable_getMiniflareWorkerOptions } = await import('wrangler')
  const webDir = options.webDir ?? (config.assets && join(root, config.assets.directory))
  if (webDir !== undefined) mkdirSync(webDir, { recursive: true })
  const { workerOptions, main } = unstable_getMiniflareWorkerOptions(wranglerFile, undefined, {
    overrides: webDir === undefined ? {} : { assets: { directory: resolve(webDir) } },
  })
  if (main === undefined) throw new Error(`${wranglerFile}: found no main; expected the Worker's entry file`)
  const persist = { resourcePersistencePath: join(resolve(options.stateDir ?? DEFAULT_STATE_DIR), 'v3'), cf: false }
  // before the port opens: the first request must find its tables
  const [{ modules }] = await Promise.all([
    bundleWorker(main, { root }),
    migrateAll(config.d1_databases, workerOptions.d1Databases, root, persist),
  ])

  const { modulesRules: _bundledAlready, bindings: vars, ...bindings } = workerOptions
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      ...bindings,
      bindings: Object.assign({}, vars, options.vars),
      name: config.name,
      modules,
      modulesRoot: '.',
      host: options.host ?? '127.0.0.1',
      port: options.port ?? 0,
      ...persist,
      telemetry: { enabled: false },
      log: new NoOpLog(),
      logRequests: false,
      handleStructuredLogs: ({ level, message }) => options.log?.[consoleLevel(level)](message.trimEnd()),
    }),
  )
  try {
    const url = await runtime.ready
    return {
      url,
      fetch: runtime.dispatchFetch,
      getR2: () => runtime.getR2Bucket('MODELS'),
      getD1: () => runtime.getD1Database('DB'),
      stop: () => runtime.dispose(),
    }
  } catch (error) {
    await runtime.dispose().catch(() => {}) // it may not have started; the first error is the one to tell
    throw error
  }
}

/** Bring every database that has a migrations folder up to date, in a runtime of its own that ends with it. */
async function migrateAll(
  databases: { binding: string; migrations_dir?: string }[],
  d1Databases: WorkerBindings['d1Databases'],
  root: string,
  persist: { resourcePersistencePath: string; cf: false },
): Promise<void> {
  const runtime = new Miniflare(convertV4MiniflareOptions({ modules: true, script: '', d1Databases, ...persist }))
  try {
    for (const { binding, migrations_dir } of databases)
      if (migrations_dir !== undefined) await migrate(await runtime.getD1Database(binding), join(root, migrations_dir))
  } finally {
    await runtime.dispose()
  }
}

/** What workerd calls its levels, as ours: `console.log` of a Worker counts as info. */
function consoleLevel(level: string): keyof Log {
  return level === 'error' || level === 'warn' || level === 'debug' ? level : 'info'
}
