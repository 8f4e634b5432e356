import { enableCompileCache } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import { Readiness } from '#core/schemas/api.ts'
import { ConfigError, loadConfig, PRESETS } from '../build/config/load-config.ts'
import { createLog } from '../build/io/log.ts'
import { createProgress } from '../build/io/progress.ts'
import { DEFAULT_STATE_DIR } from '../build/io/wrangler-config.ts'
import { isPortTaken } from './port.ts'
import { tasteSecret } from './taste-secret.ts'
import type { RunningWorker } from './worker.ts'

/** Opening a model of the largest size takes under a second; this long means that it never will. */
const READY_TIMEOUT_MS = 30_000

interface Flags {
  port: number
  host: string
  config?: string
  preset?: string
  logLevel?: string
  state?: string
}

/** What stops the start with a message and exit code 1, without a stack. */
class StartError extends Error {
  override name = 'StartError'
}

const startedAt = performance.now()
// wrangler is 15 MB of JavaScript: 1.1 s to load, 0.8 s from the cache
enableCompileCache()
const flags = readFlags()
const stop = new AbortController()
claimSignals()
stopWithNpm()

try {
  await start(flags, stop.signal)
  process.exit(0)
} catch (error) {
  // stopped before it was ready: that was asked for
  if (stop.signal.aborted) process.exit(0)
  console.error(`marquee: ${messageOf(error)}`)
  process.exit(error instanceof ConfigError ? 2 : 1)
}

/** Page, model, server, in this order: what answers on the port is the model of this configuration. */
async function start({ port, host, state, ...rest }: Flags, signal: AbortSignal): Promise<void> {
  const overrides = rest.logLevel === undefined ? {} : { logLevel: rest.logLevel }
  const config = loadConfig({ path: rest.config, preset: rest.preset, overrides })
  await requireFreePort(port, host)

  const progress = createProgress(process.stderr)
  const log = createLog({ ...config.logging, beforeLine: progress.clear })
  const [{ recordedBuild }, { buildWeb }, { startWorker }] = await Promise.all([
    import('./recorded-build.ts'),
    import('./build-web.ts'),
    import('./worker.ts'),
  ])
  await buildWeb()
  let buildId = ''
  const worker = await startWorker({
    port,
    host,
    log,
    ...(state !== undefined && { stateDir: state }),
    // a line costs workerd here about 1 ms a request
    vars: {
      REQUEST_LOG: config.logging.level === 'debug' ? 'on' : 'off',
      TASTE_SECRET: await tasteSecret(state ?? DEFAULT_STATE_DIR),
      ...languageModelVars(),
    },
    async beforeServing(store) {
      claimSignals()
      const openStore = async () => ({ ...store, close: async () => {} })
      const handles = { log, progress, track() {}, signal }
      buildId = (await recordedBuild({ config, until: 'publish', handles, openStore }, commandLine())).buildId
      progress.clear()
      signal.throwIfAborted()
      await requireFreePort(port, host)
    },
  })
  claimSignals()
  try {
    await untilReady(worker, buildId, signal)
    console.log(welcome(`http://${host === '127.0.0.1' ? 'localhost' : host}:${worker.url.port}`, buildId))
    await aborted(signal)
    console.log('Stopped.')
  } finally {
    await worker.stop()
    log.close()
  }
}

function commandLine(): string {
  return ['npm start --', ...process.argv.slice(2)].join(' ')
}

/** Ctrl-C stops in order, a second one at once. Miniflare brings handlers that end the process midway: ours replace them. */
function claimSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.removeAllListeners(signal)
    process.on(signal, () => (stop.signal.aborted ? process.exit(1) : stop.abort()))
  }
}

/** A signal to npm ends its shell and never gets here: without that parent there is nobody left to serve for. */
function stopWithNpm(): void {
  const parent = process.ppid
  if (process.env.npm_lifecycle_event !== undefined)
    setInterval(() => process.ppid !== parent && stop.abort(), 300).unref()
}

async function requireFreePort(port: number, host: string): Promise<void> {
  if (port !== 0 && (await isPortTaken(port, host)))
    throw new StartError(
      `port ${port} is taken by another program; stop it, or choose another port: npm start -- --port ${port === 65_535 ? port - 1 : port + 1}`,
    )
}

/** Ask until the Worker says that it answers with this model. */
async function untilReady(worker: RunningWorker, buildId: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS
  for (;;) {
    const response = await worker.fetch('http://localhost/readyz')
    const { modelId, problem } = Readiness.parse(await response.json())
    if (response.ok && modelId === buildId) return
    if (performance.now() > deadline)
      throw new StartError(`the Worker does not serve model ${buildId}: ${problem ?? `it serves ${modelId}`}`)
    await sleep(100, undefined, { signal })
  }
}

function welcome(url: string, buildId: string): string {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  return `
Marquee serves model ${buildId} on ${url}  (ready after ${seconds} s, Ctrl-C stops it)

Try:
  curl '${url}/recommend/user/1?k=5'
  curl '${url}/movies?q=toy+story'
  curl '${url}/recommend/history' -H 'content-type: application/json' -d '{"history":[{"movieId":1,"rating":5}],"k":5}'
`
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** `LLM_BASE_URL=http://127.0.0.1:8080 npm start`: the vars that wrangler.toml explains. */
function languageModelVars(): Record<string, string> {
  const set = Object.entries(process.env).filter(([name]) => name.startsWith('LLM_'))
  return Object.fromEntries(set) as Record<string, string>
}

function readFlags(): Flags {
  return new Command('npm start --')
    .description('Builds the model if there is none of this configuration, and serves page and API on this machine.')
    .addOption(
      new Option('--port <number>', 'where to listen; 0 takes any free port').default(8787).argParser(parsePort),
    )
    .option('--host <address>', 'address to listen on; 0.0.0.0 for every network', '127.0.0.1')
    .option('--config <file>', 'YAML file (default: config/config.yml, which explains every key)')
    .addOption(new Option('--preset <name>', 'how much of the data to learn from').choices([...PRESETS]))
    .addOption(new Option('--log-level <level>', 'how much to say').choices(['error', 'warn', 'info', 'debug']))
    .option('--state <dir>', 'where ratings and published models are kept (default: .wrangler/state)')
    .showHelpAfterError('Try "npm start -- --help".')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse()
    .opts<Flags>()
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('Expected a whole number, 0 to 65535.')
  return port
}

/** A failure as its own message; a bug as its stack, so that it can be reported. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error instanceof TypeError || error instanceof ReferenceError ? String(error.stack) : error.message
}
