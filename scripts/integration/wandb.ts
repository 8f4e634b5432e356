import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readRecord, startRun, type Tracker, trackersOf } from '../../build/tracking/index.ts'
import { pythonWith } from '../python-environment.ts'

/**
 * A run turned into an offline run of Weights & Biases by their Python client, and read back from its bytes; then put to a
 * server that refuses it, which has to leave it waiting, and to one that answers as their client expects. Their own server
 * cannot be reached from a test: what is checked is what the client sends.
 *   node scripts/integration/wandb.ts [--venv DIR]
 * --venv is a Python environment to use and, where there is none yet, to make (about 200 MB, from PyPI); without it, one
 * is made in the system's temporary folder and removed.
 */
const PACKAGES = ['wandb==0.31.0']
const LOSSES: [step: number, loss: number][] = [
  [1, 0.5],
  [2, 0.25],
]
const REPORT = '{ "found": "nothing" }\n'
const PATIENCE_MS = 60_000

const { values: options } = parseArgs({ options: { venv: { type: 'string' } } })

const scratch = mkdtempSync(join(tmpdir(), 'integration-wandb-'))
const warnings: string[] = []
const warn = (message: string) => void warnings.push(message)
const log = { error: warn, warn, info() {}, debug() {} }
let passed = 0
let failed = 0
try {
  const python = pythonWith(resolve(options.venv ?? join(scratch, 'venv')), PACKAGES)
  const env = { PATH: process.env.PATH, HOME: scratch, MARQUEE_PYTHON: python, WANDB_API_KEY: 'k'.repeat(40) }

  const offline = await record(trackersOf({ ...env, WANDB_MODE: 'offline' }, log))
  check('an offline run is all that is done', [offline.isPending, warnings], [false, []])
  const found = readBack(python, offline.folder)
  const { id, name } = readRecord(offline.folder)!
  check('it is known by our name', [found.id, found.name, found.project], [id, `${name} build`, 'cinema'])
  check('with the settings', found.config.model, { cf: { factors: 64 } })
  check(
    'with every loss by its step',
    found.history.map((line) => [line.step, line['als.loss']]),
    LOSSES,
  )
  check('with the last value of each metric', [found.summary['als.loss'], found.summary['test.ndcg@10']], [0.25, 0.3])
  check('and how it ended', [found.summary.status, found.exit], ['done', 0])
  check('without the name of the machine', found.host, 'marquee')

  const refusing = await startServer(() => ({ status: 401, body: { errors: [{ message: 'not you' }] } }))
  const refused = await record(trackersOf({ ...env, WANDB_BASE_URL: refusing.url }, log))
  check('the upload asks the server that is named', refusing.requests[0]?.path, '/graphql')
  check('a refused upload leaves the run waiting', refused.isPending, true)
  check(
    'and says why',
    warnings.length === 1 && warnings[0]!.includes('wandb: not uploaded: wandb: ERROR not you'),
    true,
  )
  await refusing.close()

  const taking = await startServer(answerOf)
  const [tracker] = trackersOf({ ...env, WANDB_BASE_URL: taking.url }, log)
  await tracker!.send(refused.folder, AbortSignal.timeout(PATIENCE_MS))
  check('the same run is uploaded when it is taken', tracker!.isPending(refused.folder), false)
  const streamed = taking.requests
    .filter(({ path }) => path.endsWith('/file_stream'))
    .flatMap(({ body }) => (JSON.parse(body).files?.['wandb-history.jsonl']?.content ?? []) as string[])
    .map((line) => JSON.parse(line))
  check(
    'with every loss by its step',
    streamed.map((line) => [line.step, line['als.loss']]),
    LOSSES,
  )
  const uploads = new Map(taking.requests.map(({ path, body }) => [path, body]))
  check('with the last values', JSON.parse(uploads.get('/upload/wandb-summary.json') ?? '{}')['test.ndcg@10'], 0.3)
  check('and with its report', uploads.get('/upload/report.json'), REPORT)
  check(
    'and nothing of the machine',
    [...uploads.keys()].filter((path) => /requirements|metadata|output/.test(path)),
    [],
  )
  await taking.close()
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

/** A run of two iterations, sent when it has ended. */
async function record(trackers: readonly Tracker[]): Promise<{ folder: string; isPending: boolean }> {
  const config = { project: { name: 'cinema' }, model: { cf: { factors: 64 } } }
  const run = await startRun({
    ...{ kind: 'build', name: 'default', commandLine: 'npx marquee build', config, codeHash: null },
    ...{ runs: join(scratch, 'runs'), checkout: scratch, trackers, log },
  })
  for (const [step, loss] of LOSSES) run.track({ 'als.loss': loss }, step)
  run.metrics({ 'test.ndcg@10': 0.3 })
  writeFileSync(join(scratch, 'report.json'), REPORT)
  run.artifacts(join(scratch, 'report.json'))
  await run.end('done', null, PATIENCE_MS)
  return { folder: run.folder!, isPending: trackers[0]!.isPending(run.folder!) }
}

interface Answer {
  status?: number
  body: unknown
}

async function startServer(answer: (path: string, body: string, url: string) => Answer) {
  const requests: { path: string; body: string }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    requests.push({ path: request.url!, body })
    const { status = 200, body: answered } = answer(request.url!, body, url)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answered))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { url, requests, close }
}

/** As their client has to be answered for a run to be uploaded. */
function answerOf(path: string, body: string, url: string): Answer {
  if (path !== '/graphql') return { body: {} }
  const { operationName, variables } = JSON.parse(body)
  if (operationName === 'CreateRunFiles') {
    const files = (variables.files as string[]).map((name) => ({ name, uploadUrl: `${url}/upload/${name}` }))
    return { body: { data: { createRunFiles: { runID: 'r', uploadHeaders: [], files } } } }
  }
  const project = { id: 'p', name: 'cinema', entity: { id: 'e', name: 'team' } }
  const bucket = { id: 'r', name: variables.name, displayName: 'r', description: null, config: '{}', sweepName: null }
  return { body: { data: { upsertBucket: { bucket: { ...bucket, historyLineCount: 0, project }, inserted: true } } } }
}

interface ReadBack {
  id: string
  name: string
  project: string
  host: string
  config: Record<string, unknown>
  history: Record<string, unknown>[]
  summary: Record<string, unknown>
  exit: number | null
}

function readBack(python: string, folder: string): ReadBack {
  const files = readdirSync(join(folder, 'wandb'), { recursive: true, encoding: 'utf8' })
  const file = join(folder, 'wandb', files.find((name) => name.endsWith('.wandb'))!)
  const reader = join(import.meta.dirname, 'run.wandb.py')
  const { status, stdout, stderr } = spawnSync(python, [reader, file], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the offline run cannot be read: ${stderr.slice(-2000)}`)
  return JSON.parse(stdout)
}

function check(what: string, found: unknown, expected: unknown): void {
  const isSame = JSON.stringify(found) === JSON.stringify(expected)
  if (isSame) passed++
  else failed++
  const difference = isSame ? '' : `: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`
  console.log(`${isSame ? 'ok     ' : 'FAILED '} ${what}${difference}`)
}
