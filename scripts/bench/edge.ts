import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { residentFiles } from '#core/model.ts'
import { Manifest } from '#core/schemas/manifest.ts'
import { table } from '../../build/io/table.ts'
import { type RunningWorkerd, runWorkerd } from '../serve/run-workerd.ts'
import { FACTORS as DRAWN_FACTORS } from './edge/draw-model.ts'
import type { LoadPlan, LoadResult } from './edge/load.ts'
import { topKOverlap } from './edge/overlap.ts'
import { EDGE_PEERS, startPeer } from './edge/peers.ts'
import { currentModelFolder, EDGE_SHAPES, type EdgeShape, publishedModel } from './edge/published.ts'
import { drawRequests } from './edge/requests.ts'
import { SHAPES } from './movielens-shape.ts'

const USAGE = `The Worker on plain workerd, asked by a second process, beside what a team would use instead.

  npm run bench:edge -- [options]
    --shape sample|ml-32m   one of the two: the bundled data, trained; or the sizes of ML-32M, its numbers drawn
    --concurrency 1,8       requests under way at once
    --seconds 8             of each row
    --no-peer               Marquee alone. The peers answer by the factors alone, one of its five scores; “nothing
                            computed” is workerd that reads the requests and answers the same bytes: what no Worker goes below
    --json FILE             also write the rows there
    --port 8790
    --venv DIR              where FastAPI is installed, with --python python3
  npm run bench:edge -- --serve PORT [--shape ml-32m]
    only serves, for another load tool`

const { values: options } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h', default: false },
    json: { type: 'string' },
    shape: { type: 'string' },
    serve: { type: 'string' },
    seconds: { type: 'string', default: '8' },
    concurrency: { type: 'string', default: '1,8' },
    peer: { type: 'boolean', default: true },
    venv: { type: 'string', default: join(tmpdir(), 'marquee-bench-peers') },
    python: { type: 'string', default: 'python3' },
    port: { type: 'string', default: '8790' },
  },
  allowNegative: true,
})
const WARM_UP_MS = 2000
const MEBIBYTE = 1 << 20

interface EdgeRow {
  /** a request, or `cold`: from the first request of a process to its answer */
  what: string
  shape: EdgeShape
  /** requests under way at once */
  concurrency: number
  p50Ms: number
  p99Ms: number
  requestsPerSecond: number | null
  /** null: Marquee */
  peer: string | null
  /** answers that failed, or were degraded */
  failed: number
  /** of the server, for one request; waiting for a busy machine is not in it */
  cpuMs: number
  /** of `cold` only: memory that it took, and bytes of the files that an isolate keeps */
  grownMiB?: number
  residentFilesMiB?: number
}

if (options.help) {
  console.log(USAGE)
  process.exit(0)
}
const shapes = EDGE_SHAPES.filter((shape) => options.shape === undefined || shape === options.shape)
if (shapes.length === 0) throw new Error(`--shape: found ${options.shape}, expected one of ${EDGE_SHAPES.join(', ')}`)
const port = Number(options.serve ?? options.port)
const stateDir = mkdtempSync(join(tmpdir(), 'bench-edge-state-'))
try {
  if (options.serve !== undefined) await serveOnly(shapes.at(-1)!)
  else await bench()
} finally {
  rmSync(stateDir, { recursive: true, force: true })
}

async function serveOnly(shape: EdgeShape): Promise<void> {
  const server = await start(await publishedModel(shape))
  console.log(`${shape} on ${server.url}, Ctrl-C stops it`)
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  await server.stop()
}

async function bench(): Promise<void> {
  const rows: EdgeRow[] = []
  for (const shape of shapes) rows.push(...(await benchShape(shape)))
  console.log(printed(rows))
  if (shapes.includes('ml-32m')) {
    const share = topKOverlap(SHAPES['ml-32m'].movies, DRAWN_FACTORS)
    console.log(
      `\nof a float model's 20 movies, int8 factors of the shape of ml-32m give ${(100 * share).toFixed(1)} %`,
    )
  }
  if (options.json) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`)
}

async function benchShape(shape: EdgeShape): Promise<EdgeRow[]> {
  const modelsDir = await publishedModel(shape)
  const folder = currentModelFolder(modelsDir)
  const { history, user, query, group, whatIf } = drawRequests(folder)
  const concurrencies = options.concurrency.split(',').map(Number)
  const rows: EdgeRow[] = []
  let answer = ''
  const server = await start(modelsDir)
  try {
    rows.push(await cold(shape, server, folder, history[0]!))
    for (const concurrency of concurrencies) {
      const common = { shape, concurrency, peer: null }
      rows.push({ what: 'POST /recommend/history', ...common, ...(await load(server, history, concurrency)) })
      rows.push({ what: 'GET /recommend/user', ...common, ...(await load(server, user, concurrency)) })
      rows.push({ what: 'POST /recommend/query', ...common, ...(await load(server, query, concurrency)) })
      rows.push({ what: 'POST /recommend/group of 3', ...common, ...(await load(server, group, concurrency)) })
      rows.push({ what: 'POST /what-if', ...common, ...(await load(server, whatIf, concurrency)) })
    }
    answer = await textOf(server.url, history[0]!)
  } finally {
    await server.stop()
  }
  for (const peer of options.peer ? EDGE_PEERS : []) {
    const running = await startPeer(peer, { ...options, modelFolder: folder, port, answer })
    try {
      for (const concurrency of concurrencies)
        rows.push({
          what: 'POST /recommend/history',
          shape,
          concurrency,
          peer,
          ...(await load(running, history, concurrency)),
        })
    } finally {
      await running.stop()
    }
  }
  return rows
}

function start(modelsDir: string): Promise<RunningWorkerd> {
  // a log line a request would be timed too, and everything is asked from one address
  const vars = { AUTH: 'none', RATE_LIMITS: 'off', REQUEST_LOG: 'off' }
  return runWorkerd({ port, modelsDir, stateDir, vars })
}

/** The process has answered /healthz: its isolate runs, and has not looked at a model. */
async function cold(
  shape: EdgeShape,
  { url, process: { pid } }: RunningWorkerd,
  modelFolder: string,
  request: LoadPlan['requests'][number],
): Promise<EdgeRow> {
  const before = usage(pid!)
  const startedAt = performance.now()
  await textOf(url, request)
  const ms = performance.now() - startedAt
  const after = usage(pid!)
  return {
    what: 'cold: first request to answer',
    shape,
    concurrency: 1,
    p50Ms: ms,
    p99Ms: ms,
    requestsPerSecond: null,
    peer: null,
    failed: 0,
    cpuMs: after.cpuMs - before.cpuMs,
    grownMiB: (after.residentBytes - before.residentBytes) / MEBIBYTE,
    residentFilesMiB:
      residentFileBytes(Manifest.parse(JSON.parse(readFileSync(join(modelFolder, 'manifest.json'), 'utf8')))) /
      MEBIBYTE,
  }
}

/** @throws {Error} with what was answered, where it was not well */
async function textOf(url: URL, { method, path, body }: LoadPlan['requests'][number]): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(new URL(path, url), { method, headers, ...(body !== undefined && { body }) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
  return text
}

function residentFileBytes({ files, card }: Manifest): number {
  return residentFiles(card.model).reduce((sum, name) => sum + files[name]!.sizeBytes, 0)
}

/** Of a process, as Linux tells it. */
function usage(pid: number): { cpuMs: number; residentBytes: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // after the name, which may hold spaces: state is field 3, utime 14, stime 15, in hundredths of a second
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return { cpuMs: 10 * (Number(fields[11]) + Number(fields[12])), residentBytes: 1024 * Number(resident?.[1]) }
}

async function load(
  { url, process: { pid } }: Pick<RunningWorkerd, 'url' | 'process'>,
  requests: LoadPlan['requests'],
  concurrency: number,
): Promise<Omit<LoadResult, 'asked'> & { cpuMs: number }> {
  const plan: LoadPlan = {
    url: url.href,
    requests,
    concurrency,
    warmUpMs: WARM_UP_MS,
    seconds: Number(options.seconds),
  }
  const before = usage(pid!)
  const child = spawn(process.execPath, [join(import.meta.dirname, 'edge/load.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(plan))
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`the load on ${url} ended with code ${code}`)
  const { asked, ...result } = JSON.parse(output) as LoadResult
  return { ...result, cpuMs: (usage(pid!).cpuMs - before.cpuMs) / asked }
}

function printed(rows: EdgeRow[]): string {
  const number = (value: number | null | undefined, digits: number) => (value == null ? '–' : value.toFixed(digits))
  return table(
    ['what', 'shape', 'who', 'at once', 'p50 ms', 'p99 ms', 'a second', 'failed', 'CPU ms', 'grown MiB', 'files MiB'],
    rows.map((row) => [
      row.what,
      row.shape,
      row.peer ?? 'marquee',
      String(row.concurrency),
      number(row.p50Ms, 2),
      number(row.p99Ms, 2),
      number(row.requestsPerSecond, 0),
      String(row.failed),
      number(row.cpuMs, 2),
      number(row.grownMiB, 0),
      number(row.residentFilesMiB, 1),
    ]),
  )
}
