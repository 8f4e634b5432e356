import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { Command, InvalidArgumentError, Option } from 'commander'
import { ConfigError, loadConfig, PRESETS } from '../build/config/load-config.ts'
import { createLog } from '../build/io/log.ts'
import { createProgress } from '../build/io/progress.ts'
import { readWranglerConfig } from '../build/io/wrangler-config.ts'
import { folderStore } from '../build/publish/folder-store.ts'
import type { ObjectStore } from '../build/publish/object-store.ts'
import { readPointer } from '../build/publish/pointer.ts'
import { isPortTaken } from './port.ts'
import { recordedBuild } from './recorded-build.ts'
import { runWorkerd, type WorkerdOptions, writeWorkerdFiles } from './serve/run-workerd.ts'

/** What may be in the environment beside the vars of wrangler.toml. */
const SECRETS = ['TASTE_SECRET', 'TASTE_SECRET_BEFORE', 'JWT_SECRET', 'LLM_API_KEY']

interface Flags {
  folder: string
  port: number
  host: string
  vars?: string
  /** variables of the Worker from the environment */
  env?: boolean
  /** --no-build: serve what is published in the folder */
  build: boolean
  page?: boolean
  config?: string
  preset?: string
  /** --no-run: only publish the model and write what workerd reads */
  run: boolean
}

const flags = readFlags()
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort())

try {
  await serve(flags, stop.signal)
  process.exit(0)
} catch (error) {
  if (stop.signal.aborted) process.exit(0)
  console.error(`marquee: ${error instanceof Error ? error.message : error}`)
  process.exit(error instanceof ConfigError ? 2 : 1)
}

/** Model, then server, all of it in one folder: what plain workerd needs to serve the API without Cloudflare. */
async function serve({ port, host, run, ...rest }: Flags, signal: AbortSignal): Promise<void> {
  const folder = resolve(rest.folder)
  const config = loadConfig({ path: rest.config, preset: rest.preset })
  if (run && (await isPortTaken(port, host)))
    throw new Error(`port ${port} is taken by another program; --port takes another`)
  // its config has the secrets, its database the ratings
  mkdirSync(join(folder, 'models-bucket'), { recursive: true })
  keepToOwner(folder)

  const progress = createProgress(process.stderr)
  const log = createLog({ ...config.logging, beforeLine: progress.clear })
  const modelsDir = join(folder, 'models-bucket')
  const store = folderStore(modelsDir)
  const handles = { log, progress, track() {}, signal }
  const openStore = async () => ({ ...store, close: async () => {} })
  const commandLine = ['npm run serve --', ...process.argv.slice(2)].join(' ')
  const buildId = rest.build
    ? (await recordedBuild({ config, until: 'publish', handles, openStore }, commandLine)).buildId
    : await publishedIn(store)
  progress.clear()
  log.close()

  const webDir = rest.page ? (await (await import('./build-web.ts')).buildWeb(join(folder, 'page'))).outDir : undefined
  const vars = { ...(rest.env && (await varsOfEnvironment())), ...varsOf(rest.vars) }
  const options: WorkerdOptions = {
    port,
    host,
    modelsDir,
    stateDir: folder,
    vars,
    ...(webDir !== undefined && { webDir }),
  }
  if (!run) {
    const file = await writeWorkerdFiles(options)
    console.log(
      `${buildId === null ? 'No model' : `Model ${buildId}`} is published in ${modelsDir}. To serve it:\n  npx workerd serve ${file}`,
    )
    return
  }
  const server = await runWorkerd(options)
  // a server may be there before its first model: /readyz says so
  const what = buildId === null ? 'no model yet' : `model ${buildId}`
  console.log(`Marquee serves ${what} on ${server.url.href} by plain workerd (Ctrl-C stops it)`)
  const ended = new Promise<void>((done) => server.process.once('exit', () => done()))
  const asked = new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }))
  await Promise.race([ended, asked])
  if (!signal.aborted) throw new Error('workerd ended by itself; what it said stands above')
  // Ctrl-C in a terminal reaches workerd as well
  if (server.process.exitCode === null && server.process.signalCode === null) await server.stop()
  console.log('Stopped.')
}

/** Of a mounted folder, who may read it is for whoever mounted it. */
function keepToOwner(folder: string): void {
  try {
    chmodSync(folder, 0o700)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
  }
}

/** The model that is current in a store; null where none is yet. */
async function publishedIn(store: ObjectStore): Promise<string | null> {
  const { pointer, problem } = await readPointer(store)
  if (problem !== null) throw new Error(problem)
  return pointer?.buildId ?? null
}

/** What of the environment has the name of a var of wrangler.toml, or of a secret. */
async function varsOfEnvironment(): Promise<Record<string, string>> {
  const names = [...Object.keys((await readWranglerConfig()).vars), ...SECRETS]
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

/** NAME=VALUE lines. */
function varsOf(file: string | undefined): Record<string, string> {
  if (file === undefined) return {}
  return parseEnv(readFileSync(file, 'utf8')) as Record<string, string>
}

function readFlags(): Flags {
  return new Command('npm run serve --')
    .description('Builds the model if there is none of this configuration, and serves the API by workerd alone.')
    .option('--folder <dir>', 'where models, database and workerd’s config are kept', 'serve')
    .addOption(new Option('--port <number>', 'where to listen').default(8787).argParser(parsePort))
    .option('--host <address>', 'address to listen on; 0.0.0.0 for every network', '127.0.0.1')
    .option('--vars <file>', 'NAME=VALUE lines laid over [vars] of wrangler.toml, secrets too')
    .option('--env', 'lay variables of the environment with these names over them, too')
    .option('--page', 'serve the page as well')
    .option('--config <file>', 'YAML file (default: config/config.yml, which explains every key)')
    .addOption(new Option('--preset <name>', 'how much of the data to learn from').choices([...PRESETS]))
    .option('--no-build', 'serve the model that is published in the folder')
    .option('--no-run', 'publish the model and write the config, for a workerd that runs or will')
    .showHelpAfterError('Try "npm run serve -- --help".')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse()
    .opts<Flags>()
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('Expected a whole number, 1 to 65535.')
  return port
}
