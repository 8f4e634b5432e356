import { CfConfig } from '#core/schemas/config.ts'
import { alsProblem } from '../../../build/train/als/als-problem.ts'
import { openCpuAls } from '../../../build/train/als/als-session.ts'
import type { GpuHandle } from '../../../build/train/gpu/open-gpu.ts'
import { openGpuRanker } from '../../../build/train/gpu/rank.ts'
import { openRanker } from '../../../build/train/rank/rank.ts'
import { type BenchData, SEED } from './data.ts'
import type { Peer } from './peer.ts'
import { type BenchRow, benchRow } from './rows.ts'

/** Length of the lists. */
const K = 100
/** Enough for factors that look trained: norms and scores then are as skewed as in use. */
const ITERATIONS = 3
/** Of more users only the first are ranked for: the time is the same for each. */
const MOST_USERS = 10_000
/** rankings at the start of a round that are not counted: code still warms up */
const WARM_UP = 2
const RANKINGS = 5

export interface RankBench {
  data: BenchData
  factors: number
  threads: number
  rounds: number
  peer: Peer | null
  /** ours is ranked there; null: on the CPU */
  gpu: GpuHandle | null
}

/**
 * Seconds to rank all items for all users without what they liked: the same factors in ours and in implicit's
 * `recommend(filter_already_liked_items=True)`, rounds in turn. Ours counts the copies into and out of the memory.
 * @throws {Error} when the lists differ from the peer's in more than what rounding swaps
 */
export async function benchRank({ data, factors, threads, rounds, peer, gpu }: RankBench): Promise<BenchRow[]> {
  const { numItems } = data
  const numUsers = Math.min(data.numUsers, MOST_USERS)
  const indptr = data.likes.indptr.subarray(0, numUsers + 1)
  const likes = { indptr, indices: data.likes.indices.subarray(0, indptr.at(-1)) }
  const [allUserFactors, itemFactors] = await trainedFactors(data, factors, threads)
  const userFactors = allUserFactors.subarray(0, numUsers * factors)
  peer?.put('users', userFactors)
  peer?.put('items', itemFactors)
  const shape = { numUsers, numItems, factors, k: K, numSeen: likes.indices.length }
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round++) {
    const { signal } = new AbortController()
    const ranker = gpu ? await openGpuRanker(shape, gpu, signal) : openRanker(shape, signal, threads)
    try {
      for (let ranking = 0; ranking < WARM_UP + RANKINGS; ranking++) {
        const start = performance.now()
        const { items } = await ranker.rank(userFactors, itemFactors, likes)
        if (ranking >= WARM_UP) ours.push((performance.now() - start) / 1000)
        peer?.put('ranked', items)
      }
    } finally {
      await ranker.close()
    }
    if (peer) theirs.push(...peerRound(peer, factors))
  }
  return [benchRow({ what: gpu ? `rank@${K}-gpu` : `rank@${K}`, shape: data.shape, factors }, ours, theirs)]
}

async function trainedFactors(
  { likes, numItems }: BenchData,
  factors: number,
  threads: number,
): Promise<[users: Float32Array, items: Float32Array]> {
  const config = CfConfig.parse({ factors })
  const ratings = new Float32Array(likes.indices.length).fill(1)
  const problem = alsProblem({ ...likes, ratings }, numItems, config, SEED)
  const session = openCpuAls(problem, new AbortController().signal, threads)
  try {
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      for (const side of ['users', 'items'] as const) await session.halfStep(side, { solver: 'whitenedCg', steps: 2 })
    }
    const { userFactors, itemFactors } = await session.state()
    return [userFactors, itemFactors]
  } finally {
    await session.close()
  }
}

function peerRound(peer: Peer, factors: number): number[] {
  const { seconds, shared } = peer.run(`
from implicit.cpu.als import AlternatingLeastSquares
model = AlternatingLeastSquares(factors=${factors}, num_threads=threads)
model.user_factors = load("users", numpy.float32).reshape(-1, ${factors})
model.item_factors = load("items", numpy.float32).reshape(-1, ${factors})
everybody = numpy.arange(len(model.user_factors))
seconds = []
for ranking in range(${WARM_UP + RANKINGS}):
    start = time.perf_counter()
    items, scores = model.recommend(everybody, likes[:len(everybody)], N=${K}, filter_already_liked_items=True)
    seconds.append(time.perf_counter() - start)
ours = load("ranked", numpy.int32).reshape(-1, ${K})
shared = numpy.mean([numpy.isin(a[a >= 0], b).mean() for a, b in zip(ours[:1000], items[:1000])])
answer({"seconds": seconds[${WARM_UP}:], "shared": float(shared)})`) as { seconds: number[]; shared: number }
  if (shared < 0.999) throw new Error(`only ${shared} of our lists are in implicit's, expected 0.999 or more`)
  return seconds
}
