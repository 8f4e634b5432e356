import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { readMetrics, readRecord } from '../../build/tracking/index.ts'
import { freePort } from '../port.ts'
import { pythonWith } from '../python-environment.ts'

/**
 * Runs sent to a real MLflow server, and read back by MLflow's own client: a build of the sample with its metrics by
 * step, files and registered model; one whose server is killed while it trains, which the next run sends; one that is
 * itself killed. Fails where anything is missing or different.
 *   node scripts/integration/mlflow.ts [--venv DIR]
 * --venv is a Python environment to use and, where there is none yet, to make (about 700 MB, from PyPI); without it, one
 * is made in the system's temporary folder and removed.
 */
const PACKAGES = ['mlflow==3.17.2']
const ROOT = resolve(import.meta.dirname, '../..')
const START_MS = 120_000

const { values: options } = parseArgs({ options: { venv: { type: 'string' } } })

const scratch = mkdtempSync(join(tmpdir(), 'integration-mlflow-'))
const runs = join(scratch, 'runs')
let passed = 0
let failed = 0
let server: ChildProcess | null = null
try {
  const python = pythonWith(resolve(options.venv ?? join(scratch, 'venv')), PACKAGES)
  const port = await freePort()
  const uri = `http://127.0.0.1:${port}`
  writeFileSync(
    join(scratch, 'config.yml'),
    `project: { name: cinema, artifacts: ${JSON.stringify(join(scratch, 'artifacts'))} }
data: { minRatingsPerUser: 100, minRatingsPerMovie: 20 }
evaluation: { bootstrapSamples: 100 }
`,
  )

  server = await startServer(python, port)
  const whole = await marquee(uri, ['build', '--state', join(scratch, 'state')])
  check('a build with a tracker ends with 0', whole.code, 0)
  if (whole.code !== 0) throw new Error(whole.stderr)
  const [first] = runNames()
  const record = readRecord(join(runs, first!))!
  const stored = readBack(python, uri, first!)
  check('MLflow has the run, finished', stored.status, 'FINISHED')
  check('with the settings', stored.params['model.cf.factors'], '64')
  const lines = readMetrics(join(runs, first!)).filter(({ metrics }) => 'draft.als.loss' in metrics)
  check(
    'with every loss by its step',
    stored.losses,
    lines.map(({ step, metrics }) => [step, metrics['draft.als.loss']]),
  )
  check('with the last value of every metric', Object.keys(stored.metrics).length, Object.keys(record.metrics).length)
  check('NDCG@10 among them', stored.metrics['test.ndcg_at_10'], record.metrics['test.ndcg@10'])
  check('with what it is made of', stored.tags['marquee.build'], record.buildId)
  const manifest = readFileSync(join(scratch, 'artifacts', record.buildId!, 'model/manifest.json'), 'utf8')
  check('with the files of the model, as they are', stored.manifest, manifest)
  check('and the champion is a version of it', stored.champion?.tags['marquee.build'], record.buildId)
  const promoted = await marquee(uri, ['models', 'promote', record.buildId!, '--state', join(scratch, 'state')])
  check('and can be made that again', [promoted.code, promoted.stderr], [0, ''])

  // the server is gone while a build trains, and the build does not notice
  const orphan = marquee(uri, ['evaluate', '--seed', '7'], async (text) => {
    if (!text.includes('prepare: done') || server === null) return
    const killed = server
    server = null
    killed.kill('SIGKILL')
  })
  check('a build whose server is killed ends with 0', (await orphan).code, 0)
  check(
    'and says that the run waits',
    (await orphan).stderr.includes('the next run or "marquee runs sync" sends it'),
    true,
  )
  const waiting = runNames().at(-1)!

  // a build that is killed itself
  await marquee(uri, ['evaluate', '--seed', '8'], async (text, child) => {
    if (text.includes('prepare: done')) child.kill('SIGKILL')
  })
  const dead = runNames().at(-1)!
  check('a killed run says so', (await marquee(uri, ['runs', 'show', dead])).stdout.includes('killed'), true)

  server = await startServer(python, port)
  const sync = await marquee(uri, ['runs', 'sync'])
  check('sync sends both', [sync.code, sync.stdout], [0, 'mlflow: 2 of 2 runs sent\n'])
  const late = readBack(python, uri, waiting)
  const lateRecord = readRecord(join(runs, waiting))!
  check('the run that waited is there once', late.count, 1)
  check('finished', late.status, 'FINISHED')
  check('with all its metrics', late.metrics['test.ndcg_at_10'], lateRecord.metrics['test.ndcg@10'])
  check('and its losses from before and after', late.losses.length > 1, true)
  check('the one that was killed is there as killed', readBack(python, uri, dead).status, 'KILLED')
} finally {
  server?.kill('SIGKILL')
  rmSync(scratch, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

function check(what: string, found: unknown, expected: unknown): void {
  const isSame = JSON.stringify(found) === JSON.stringify(expected)
  if (isSame) passed++
  else failed++
  const difference = isSame ? '' : `: found ${brief(found)}, expected ${brief(expected)}`
  console.log(`${isSame ? 'ok     ' : 'FAILED '} ${what}${difference}`)
}

function brief(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 300)
}

/** In the order in which they began. */
function runNames(): string[] {
  return existsSync(runs) ? readdirSync(runs).sort() : []
}

/** The command line in a process of its own, as it is typed. */
async function marquee(
  uri: string,
  args: string[],
  onOutput: (text: string, child: ChildProcess) => void = () => {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const config = args[0] === 'build' || args[0] === 'evaluate' ? ['--config', join(scratch, 'config.yml')] : []
  const child = spawn(process.execPath, [join(ROOT, 'scripts/marquee.js'), ...args, ...config], {
    cwd: scratch,
    env: { ...process.env, MLFLOW_TRACKING_URI: uri, MARQUEE_RUNS: runs, MARQUEE_TRACKER_SECONDS: '30' },
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk))
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk
    onOutput(output.stderr, child)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output }
}

async function startServer(python: string, port: number): Promise<ChildProcess> {
  const log = openSync(join(scratch, 'mlflow.log'), 'a')
  // uvicorn's processes: the group is ended with the first
  const child = spawn(
    python,
    [
      ...['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
      ...['--backend-store-uri', `sqlite:///${join(scratch, 'mlflow.db')}`],
      ...['--artifacts-destination', join(scratch, 'mlartifacts')],
    ],
    { stdio: ['ignore', log, log], detached: true },
  )
  const kill = child.kill.bind(child)
  child.kill = (signal) => {
    try {
      return process.kill(-child.pid!, signal)
    } catch {
      return kill(signal)
    }
  }
  const until = Date.now() + START_MS
  while (Date.now() < until) {
    const isUp = await fetch(`http://127.0.0.1:${port}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isUp) return child
    await sleep(300)
  }
  child.kill('SIGKILL')
  throw new Error(`MLflow did not start: ${readFileSync(join(scratch, 'mlflow.log'), 'utf8').slice(-2000)}`)
}

interface ReadBack {
  /** runs of this name */
  count: number
  status: string
  params: Record<string, string>
  metrics: Record<string, number>
  tags: Record<string, string>
  /** step and value */
  losses: [number, number][]
  manifest: string | null
  champion: { version: string; tags: Record<string, string> } | null
}

/** What MLflow's own client finds. */
function readBack(python: string, uri: string, run: string): ReadBack {
  const { status, stdout, stderr } = spawnSync(python, [join(import.meta.dirname, 'runs.mlflow.py'), uri, run], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  if (status !== 0) throw new Error(`the client of MLflow failed: ${stderr.slice(-2000)}`)
  return JSON.parse(stdout)
}
