import { mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { convertV4MiniflareOptions, type DispatchFetch, Miniflare, NoOpLog, type V4MiniflareOptions } from 'miniflare'
import type { Log } from '../build/io/handles.ts'
import {
  DEFAULT_STATE_DIR,
  readWranglerConfig,
  WRANGLER_FILE,
  type WranglerConfig,
} from '../build/io/wrangler-config.ts'
import { storeOf } from '../build/publish/local-r2.ts'
import { migrate } from '../build/publish/migrate.ts'
import type { ObjectStore } from '../build/publish/object-store.ts'
import { bundleWorker } from './bundle-worker.ts'

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
  /** another entry file than the one in wrangler.toml */
  main?: string
  /** variables on top of those in wrangler.toml */
  vars?: Record<string, string>
  /** requests a period of a rate limit instead of those in wrangler.toml, by binding */
  rateLimits?: Record<string, number>
  /** work on the stored state while the port is still closed: what it publishes, the first request finds */
  beforeServing?: (store: ObjectStore) => Promise<void>
  /** receives what the Worker writes to its console; nothing does when left out */
  log?: Log
}

export interface RunningWorker {
  url: URL
  /** a request that does not go through a socket */
  fetch: DispatchFetch
  getR2(): ReturnType<Miniflare['getR2Bucket']>
  getD1(): ReturnType<Miniflare['getD1Database']>
  /** run what the cron runs, as if it were that time; resolves to its outcome, `ok` or another word */
  runCron(at: Date): Promise<string>
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
  const { workerOptions, main: configured } = unstable_getMiniflareWorkerOptions(wranglerFile, undefined, {
    overrides: webDir === undefined ? {} : { assets: { directory: resolve(webDir) } },
  })
  const main = options.main ?? configured
  if (main === undefined) throw new Error(`${wranglerFile}: found no main; expected the Worker's entry file`)
  const { modules } = await bundleWorker(main, { root })

  const { modulesRules: _bundledAlready, bindings: vars, ...bindings } = workerOptions
  const shared = {
    ...bindings,
    resourcePersistencePath: join(resolve(options.stateDir ?? DEFAULT_STATE_DIR), 'v3'),
    cf: false,
    telemetry: { enabled: false },
    log: new NoOpLog(),
    logRequests: false,
  }
  await prepareState({ ...shared, modules: true, script: '' }, config, root, options.beforeServing)

  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      ...shared,
      bindings: Object.assign({}, vars, options.vars),
      ratelimits: withLimits((workerOptions.ratelimits ?? {}) as RateLimits, options.rateLimits ?? {}),
      modules,
      modulesRoot: '.',
      host: options.host ?? '127.0.0.1',
      port: options.port ?? 0,
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
      runCron: async (at) => (await (await runtime.getWorker()).scheduled({ scheduledTime: at })).outcome,
      stop: () => runtime.dispose(),
    }
  } catch (error) {
    await runtime.dispose().catch(() => {}) // it may not have started; the first error is the one to tell
    throw error
  }
}

/** Migrate the databases and do what else comes before serving, in a runtime of its own that listens to nobody. */
async function prepareState(
  options: V4MiniflareOptions,
  { d1_databases }: WranglerConfig,
  root: string,
  beforeServing?: (store: ObjectStore) => Promise<void>,
): Promise<void> {
  const runtime = new Miniflare(convertV4MiniflareOptions(options))
  try {
    for (const { binding, migrations_dir } of d1_databases)
      if (migrations_dir !== undefined) await migrate(await runtime.getD1Database(binding), join(root, migrations_dir))
    await beforeServing?.(storeOf(await runtime.getR2Bucket('MODELS')))
  } finally {
    await runtime.dispose()
  }
}

/** Rate-limit bindings as Miniflare takes them. */
type RateLimits = Record<string, { namespace_id: string; simple: { limit: number; period?: 10 | 60 } }>

function withLimits(bound: RateLimits, limits: Record<string, number>): RateLimits {
  return Object.fromEntries(
    Object.entries(bound).map(([name, { simple, ...rest }]) => [
      name,
      { ...rest, simple: { ...simple, limit: limits[name] ?? simple.limit } },
    ]),
  )
}

/** What workerd calls its levels, as ours: `console.log` of a Worker counts as info. */
function consoleLevel(level: string): keyof Log {
  return level === 'error' || level === 'warn' || level === 'debug' ? level : 'info'
}
