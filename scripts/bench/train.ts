import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeGpu, type GpuHandle, openGpu } from '../../build/train/gpu/open-gpu.ts'
import { pythonWith } from '../python-environment.ts'
import { SHAPES } from './movielens-shape.ts'
import { benchAls } from './train/als.ts'
import { benchBpr } from './train/bpr.ts'
import { drawLikes, readLikes } from './train/data.ts'
import { benchEase } from './train/ease.ts'
import { openPeer, PEERS } from './train/peer.ts'
import { benchRank } from './train/rank.ts'
import { benchRatings, STARS } from './train/ratings.ts'
import { type BenchRow, printed } from './train/rows.ts'
import { benchTwoTower } from './train/two-tower.ts'

/**
 * The training engine beside its peers on the same data, in alternating rounds; medians.
 *   npm run bench:train -- [--json FILE] [--shape ml-1m|ml-20m|ml-32m] [--device cpu|gpu] [--factors 64,128]
 *                          [--threads 2] [--rounds 3] [--ratings FILE] [--no-peer] [--venv DIR] [--surprise PYTHON]
 *                          [--only als,parity,cholesky,rank,ease,bpr,two-tower,stars]
 * The data is drawn with the shape of the published sets, or read from a ratings file. The peers are installed into a
 * virtual environment of their own (needs python3 with venv and a package index); --no-peer does without. `stars` wants
 * a ratings file, and as its peer a Python with scikit-surprise (which wants numpy below 2, so another environment).
 */
/** Likes above which one round is enough, and long. */
const LARGE = 5_000_000

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    shape: { type: 'string', default: 'ml-1m' },
    device: { type: 'string', default: 'cpu' },
    factors: { type: 'string', default: '64,128' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string' },
    ratings: { type: 'string' },
    only: { type: 'string', default: 'als,cholesky,rank' },
    peer: { type: 'boolean', default: true },
    venv: { type: 'string', default: join(tmpdir(), 'marquee-bench-peers') },
    python: { type: 'string', default: 'python3' },
    surprise: { type: 'string' },
  },
  allowNegative: true,
})
const BENCHES = ['als', 'parity', 'cholesky', 'rank', 'ease', 'bpr', 'two-tower', 'stars'] as const
const only = options.only.split(',')
const choices: [name: string, found: string[], known: readonly string[]][] = [
  ['shape', [options.shape], Object.keys(SHAPES)],
  ['device', [options.device], ['cpu', 'gpu']],
  ['only', only, BENCHES],
]
for (const [name, found, known] of choices) {
  const wrong = found.find((value) => !known.includes(value))
  if (wrong !== undefined) throw new Error(`--${name}: found ${wrong}, expected ${known.join(', ')}`)
}
const wants = (name: (typeof BENCHES)[number]) => only.includes(name)
const threads = Number(options.threads)

const data = options.ratings ? readLikes(options.ratings) : drawLikes(options.shape as keyof typeof SHAPES)
const numLikes = data.likes.indices.length
const rounds = options.rounds ? Number(options.rounds) : numLikes > LARGE ? 1 : 3
console.log(
  `${data.shape}: ${data.numUsers} users × ${data.numItems} movies, ${numLikes} likes; ${threads} threads, ${rounds} rounds\n`,
)
const peer = options.peer ? openPeer(pythonWith(options.venv, PEERS, options.python), data, threads) : null
const gpu = options.device === 'gpu' ? await openedGpu() : null
const rows: BenchRow[] = []
try {
  for (const factors of options.factors.split(',').map(Number)) {
    const shared = { data, factors, threads, rounds, peer }
    if (wants('als')) add(await benchAls({ ...shared, gpu, solver: 'cg' }))
    if (wants('parity')) add(await benchAls({ ...shared, gpu, solver: 'parity' }))
    if (wants('cholesky')) add(await benchAls({ ...shared, gpu, solver: 'cholesky' }))
    if (wants('rank')) add(await benchRank({ ...shared, gpu }))
    if (wants('bpr')) add(await benchBpr(shared))
    if (wants('two-tower')) add(await benchTwoTower(shared))
  }
  if (wants('stars')) {
    if (!data.stars) throw new Error('--only stars: drawn data has no stars, expected --ratings FILE')
    const ratings = { ...data.likes, ratings: data.stars }
    const { shape, numItems } = data
    add(
      await benchRatings({
        shape,
        ratings,
        numItems,
        options: STARS,
        threads,
        rounds,
        surprise: options.surprise ?? null,
      }),
    )
  }
  if (wants('ease')) add(await benchEase({ data, threads, rounds, peer }))
} finally {
  gpu?.close()
  peer?.close()
}
if (options.json) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`)

/** Shows rows as they come: a large shape takes its time. */
function add(more: BenchRow[]): void {
  console.log(`${printed(more)}\n`)
  rows.push(...more)
}

async function openedGpu(): Promise<GpuHandle> {
  const opened = await openGpu()
  if (!opened.ok) throw new Error(`--device gpu: ${opened.reason}`)
  console.log(`on ${describeGpu(opened.gpu)}\n`)
  return opened.gpu
}
