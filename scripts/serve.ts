import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { Command, InvalidArgumentError, Option } from 'commander'
import { ConfigError, loadConfig, PRESETS } from '../build/config/load-config.ts'
import { build } from '../build/index.ts'
import { createLog } from '../build/io/log.ts'
import { createProgress } from '../build/io/progress.ts'
import { isPortTaken } from './port.ts'
import { folderStore } from './serve/folder-store.ts'
import { runWorkerd, type WorkerdOptions, writeWorkerdFiles } from './serve/run-workerd.ts'

interface Flags {
  folder: string
  port: number
  host: string
  vars?: string
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
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o700)

  const progress = createProgress(process.stderr)
  const log = createLog({ ...config.logging, beforeLine: progress.clear })
  const modelsDir = join(folder, 'models-bucket')
  const store = folderStore(modelsDir)
  const handles = { log, progress, signal }
  const { buildId } = await build({
    config,
    until: 'publish',
    handles,
    openStore: async () => ({ ...store, close: async () => {} }),
  })
  progress.clear()
  log.close()

  const options: WorkerdOptions = { port, host, modelsDir, stateDir: folder, vars: varsOf(rest.vars) }
  if (!run) {
    const file = await writeWorkerdFiles(options)
    console.log(`Model ${buildId} is published in ${modelsDir}. To serve it:\n  npx workerd serve ${file}`)
    return
  }
  const server = await runWorkerd(options)
  console.log(`Marquee serves model ${buildId} on ${server.url.href} by plain workerd (Ctrl-C stops it)`)
  const ended = new Promise<void>((done) => server.process.once('exit', () => done()))
  const asked = new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }))
  await Promise.race([ended, asked])
  if (!signal.aborted) throw new Error('workerd ended by itself; what it said stands above')
  // Ctrl-C in a terminal reaches workerd as well
  if (server.process.exitCode === null && server.process.signalCode === null) await server.stop()
  console.log('Stopped.')
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
    .option('--config <file>', 'YAML file (default: config/config.yml, which explains every key)')
    .addOption(new Option('--preset <name>', 'how much of the data to learn from').choices([...PRESETS]))
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
