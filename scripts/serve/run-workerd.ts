import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readWranglerConfig, WRANGLER_FILE } from '../../build/io/wrangler-config.ts'
import { bundleWorker } from '../bundle-worker.ts'
import { pagePaths } from './page-paths.ts'
import { type ModuleFile, workerdConfig } from './workerd-config.ts'

const ROOT = join(import.meta.dirname, '../..')

export interface WorkerdOptions {
  port: number
  host?: string
  /** the bucket: a folder with models/current.json and models/<buildId>/… */
  modelsDir: string
  /** where the bundle, the config and the database are put */
  stateDir: string
  /** on top of those in wrangler.toml */
  vars?: Record<string, string>
  /** folder of the built page, which is served too; left out, the API is alone */
  webDir?: string
}

export interface RunningWorkerd {
  url: URL
  process: ChildProcess
  /** ends the process; what was written stays on disk */
  stop(): Promise<void>
}

/**
 * Serve the Worker of wrangler.toml by plain `workerd serve`: no Node and no proxy in the path of a request.
 * @throws {Error} when the bundle fails, or workerd ends before it listens
 */
export async function runWorkerd(options: WorkerdOptions): Promise<RunningWorkerd> {
  const { port, host = '127.0.0.1', stateDir } = options
  const configFile = await writeWorkerdFiles(options)
  const binary = join(ROOT, 'node_modules/workerd/bin/workerd')
  const child = spawn(binary, ['serve', configFile], { cwd: stateDir, stdio: ['ignore', 'inherit', 'inherit'] })
  // what a signal ended has no exit code
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const url = new URL(`http://${host}:${port}`)
  while (!(await listens(url))) {
    if (hasEnded())
      throw new Error(`workerd ended with ${child.signalCode ?? `code ${child.exitCode}`} before it listened`)
    await sleep(20)
  }
  return {
    url,
    process: child,
    async stop() {
      if (hasEnded()) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** Bundles, and writes all that `workerd serve` reads. @returns the config file */
export async function writeWorkerdFiles(options: WorkerdOptions): Promise<string> {
  const { port, host = '127.0.0.1', modelsDir, stateDir, vars, webDir } = options
  const wrangler = await readWranglerConfig(WRANGLER_FILE)
  if (wrangler.main === undefined || wrangler.compatibility_date === undefined)
    throw new Error(`${WRANGLER_FILE}: expected main and compatibility_date`)
  const databaseDir = join(resolve(stateDir), 'database')
  mkdirSync(databaseDir, { recursive: true })
  const modulesOf = async (name: string, entry: string): Promise<ModuleFile[]> => {
    const { modules } = await bundleWorker(resolve(ROOT, entry), { minify: true })
    return modules.map(({ type, path, contents }) => {
      const file = `${name}-${path}`
      writeFileSync(join(stateDir, file), contents)
      return { type, name: path, file }
    })
  }
  const migrationsDir = join(ROOT, 'functions/migrations')
  const config = workerdConfig({
    address: `${host}:${port}`,
    compatibilityDate: wrangler.compatibility_date,
    compatibilityFlags: wrangler.compatibility_flags ?? [],
    vars: { ...(wrangler.vars as Record<string, string>), ...vars },
    modelsDir: resolve(modelsDir),
    databaseDir,
    migrations: readdirSync(migrationsDir)
      .filter((name) => name.endsWith('.sql'))
      .sort()
      .map((name) => ({ name, sql: readFileSync(join(migrationsDir, name), 'utf8') })),
    worker: await modulesOf('marquee', wrangler.main),
    bucket: await modulesOf('bucket', 'functions/self-hosting/bucket.ts'),
    database: await modulesOf('database', 'functions/self-hosting/database.ts'),
    ...(webDir !== undefined && {
      page: {
        webDir: resolve(webDir),
        paths: pagePaths(webDir),
        modules: await modulesOf('page', 'functions/self-hosting/page.ts'),
      },
    }),
  })
  const configFile = join(stateDir, 'workerd.capnp')
  writeFileSync(configFile, config)
  return configFile
}

async function listens(url: URL): Promise<boolean> {
  return fetch(new URL('/healthz', url)).then(
    () => true,
    () => false,
  )
}
