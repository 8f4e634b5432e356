import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { randomSource } from '#core/random.ts'
import { CfConfig } from '#core/schemas/config.ts'
import { openAls } from '../../build/train/als-session.ts'
import type { SparseRows } from '../../build/train/sparse-rows.ts'

/**
 * Seconds an ALS iteration takes, ours and (with --peer) benfred/implicit's on the same data, in alternating rounds:
 *   node scripts/bench/train.ts [--factors 64] [--threads 2] [--rounds 3] [--ratings FILE] [--json FILE] [--peer PYTHON]
 * The peer needs `pip install implicit==0.7.3` in PYTHON. Without --ratings (ratings.csv or ratings.dat, may be gzipped;
 * every rating counts as a like) the data is drawn with the shape and the long tails of ML-1M. The JSON rows
 * { what, shape, factors, oursSeconds, peerSeconds, ratio } hold the medians.
 */
const ITERATIONS = 10
/** iterations at the start of a round that are not counted: code still warms up */
const WARM_UP = 2
const SEED = 42

const { values: options } = parseArgs({
  options: {
    factors: { type: 'string', default: '64' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    ratings: { type: 'string' },
    json: { type: 'string' },
    peer: { type: 'string' },
  },
})
const factors = Number(options.factors)
const threads = Number(options.threads)

interface Data {
  likes: SparseRows
  numItems: number
}

const METHODS = [
  { what: 'als-cg', title: 'conjugate gradients (ours 2 whitened steps, implicit 3)', exact: false },
  { what: 'als-cholesky', title: 'Cholesky', exact: true },
]

const data = options.ratings ? readRatings(options.ratings) : drawRatings(6040, 3706, 1_000_209)
const shape = `${data.likes.indptr.length - 1}x${data.numItems}x${data.likes.indices.length}`
console.log(`${shape}, f ${factors}, ${threads} threads; seconds an iteration: min, median, mean ± sd\n`)

const rows = []
for (const { what, title, exact } of METHODS) {
  const ours: number[] = []
  const peer: number[] = []
  for (let round = 0; round < Number(options.rounds); round++) {
    ours.push(...(await timeOurs(data, exact)))
    if (options.peer) peer.push(...timePeer(data, exact, options.peer))
  }
  const oursSeconds = median(ours)
  const peerSeconds = peer.length > 0 ? median(peer) : null
  console.log(title)
  console.log(`  marquee   ${columns(ours)}`)
  if (peerSeconds)
    console.log(`  implicit  ${columns(peer)}   ratio of medians ${(peerSeconds / oursSeconds).toFixed(2)}`)
  rows.push({ what, shape, factors, oursSeconds, peerSeconds, ratio: peerSeconds && peerSeconds / oursSeconds })
}
if (options.json) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`)

async function timeOurs({ likes, numItems }: Data, exact: boolean): Promise<number[]> {
  const config = CfConfig.parse({ factors })
  const als = openAls(likes, numItems, config, SEED, new AbortController().signal, threads)
  try {
    const seconds: number[] = []
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      const start = performance.now()
      await als.halfStep('users', exact)
      await als.halfStep('items', exact)
      seconds.push((performance.now() - start) / 1000)
    }
    return seconds.slice(WARM_UP)
  } finally {
    await als.close()
  }
}

/** The same objective in implicit's terms (kernels/train.ts): alpha 1 + 1/α₀, regularization λ/α₀. */
function timePeer({ likes, numItems }: Data, exact: boolean, python: string): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'bench-train-'))
  try {
    writeFileSync(join(folder, 'indptr'), new Uint8Array(Int32Array.from(likes.indptr).buffer))
    writeFileSync(join(folder, 'indices'), new Uint8Array(likes.indices.slice().buffer))
    const { unobservedWeight, regularization } = CfConfig.parse({})
    const script = `
import json, numpy, scipy.sparse
from implicit.cpu.als import AlternatingLeastSquares
indptr, indices = (numpy.fromfile(f"${folder}/{name}", dtype=numpy.int32) for name in ("indptr", "indices"))
data = numpy.ones(len(indices), dtype=numpy.float32)
likes = scipy.sparse.csr_matrix((data, indices, indptr), shape=(len(indptr) - 1, ${numItems}))
seconds = []
model = AlternatingLeastSquares(factors=${factors}, regularization=${regularization / unobservedWeight},
    alpha=${1 + 1 / unobservedWeight}, use_cg=${exact ? 'False' : 'True'}, iterations=${ITERATIONS},
    num_threads=${threads}, random_state=${SEED})
model.fit_callback = lambda iteration, elapsed, loss: seconds.append(elapsed)
model.fit(likes, show_progress=False)
print(json.dumps(seconds[${WARM_UP}:]))`
    const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }
    const ran = spawnSync(python, ['-c', script], { encoding: 'utf8', env })
    if (ran.status !== 0) throw new Error(`${python}: ${ran.stderr || ran.error}`)
    return JSON.parse(ran.stdout) as number[]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Zipf-like items, users with log-normal activity from 20 ratings up; no pair twice. */
function drawRatings(numUsers: number, numItems: number, numRatings: number): Data {
  const { uniform, normal } = randomSource(SEED)
  const activity = Array.from({ length: numUsers }, () => Math.exp(normal()))
  const scale = (numRatings - 20 * numUsers) / activity.reduce((sum, value) => sum + value, 0)
  const rows = activity.map((value) => {
    const wanted = Math.min(20 + Math.round(value * scale), Math.floor(numItems / 2))
    const row = new Set<number>()
    // uniform² puts the density of item i at about 1 / √i
    while (row.size < wanted) row.add(Math.floor(numItems * uniform() ** 2))
    return Int32Array.from(row).sort()
  })
  return { likes: likesOfRows(rows), numItems }
}

function readRatings(file: string): Data {
  const bytes = readFileSync(file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  const itemIndices = new Map<string, number>()
  const users = new Map<string, number[]>()
  for (const line of text.split('\n')) {
    const [user, item] = line.split(/::|[,\t]/)
    if (!user || !item || !/^\d/.test(user)) continue
    if (!itemIndices.has(item)) itemIndices.set(item, itemIndices.size)
    if (!users.has(user)) users.set(user, [])
    users.get(user)!.push(itemIndices.get(item)!)
  }
  return {
    likes: likesOfRows([...users.values()].map((row) => Int32Array.from(row).sort())),
    numItems: itemIndices.size,
  }
}

function likesOfRows(rows: Int32Array[]): SparseRows {
  const indptr = new Uint32Array(rows.length + 1)
  for (const [row, items] of rows.entries()) indptr[row + 1] = indptr[row]! + items.length
  const indices = new Int32Array(indptr.at(-1)!)
  for (const [row, items] of rows.entries()) indices.set(items, indptr[row])
  return { indptr, indices }
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function columns(seconds: number[]): string {
  const average = mean(seconds)
  const deviation = Math.sqrt(mean(seconds.map((value) => (value - average) ** 2)))
  const cells = [Math.min(...seconds), median(seconds), average].map((value) => value.toFixed(4).padStart(9))
  return `${cells.join(' ')} ± ${deviation.toFixed(4)}`
}
