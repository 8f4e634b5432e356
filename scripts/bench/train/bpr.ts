import { openBpr } from '../../../build/train/bpr.ts'
import { type BenchData, SEED } from './data.ts'
import type { Peer } from './peer.ts'
import { type BenchRow, benchRow } from './rows.ts'

/** epochs of a round, and those at its start that are not counted: code still warms up */
const EPOCHS = 8
const WARM_UP = 2
const LEARNING_RATE = 0.05
const REGULARIZATION = 0.01

export interface BprBench {
  data: BenchData
  factors: number
  threads: number
  rounds: number
  peer: Peer | null
}

/**
 * Seconds of a BPR epoch, as many pairs as there are likes; implicit draws negatives by popularity, so ours do too.
 * Rounds in turn.
 */
export async function benchBpr({ data, factors, threads, rounds, peer }: BprBench): Promise<BenchRow[]> {
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(...(await ourRound(data, factors, threads)))
    if (peer) theirs.push(...peerRound(peer, factors))
  }
  return [benchRow({ what: 'bpr/epoch', shape: data.shape, factors }, ours, theirs)]
}

async function ourRound({ likes, numItems }: BenchData, factors: number, threads: number): Promise<number[]> {
  const options = {
    factors,
    epochs: EPOCHS,
    learningRate: LEARNING_RATE,
    regularization: REGULARIZATION,
    negatives: 'popularity' as const,
    initialScale: 0.1,
  }
  const session = openBpr(likes, numItems, options, SEED, new AbortController().signal, threads)
  try {
    const seconds: number[] = []
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      const start = performance.now()
      await session.epoch(LEARNING_RATE)
      seconds.push((performance.now() - start) / 1000)
    }
    return seconds.slice(WARM_UP)
  } finally {
    await session.close()
  }
}

/** implicit tells no epoch's time: one fit of a single epoch, which is mostly set-up, is taken off a longer one. */
function peerRound(peer: Peer, factors: number): number[] {
  const { seconds } = peer.run(`
from implicit.cpu.bpr import BayesianPersonalizedRanking
def fit(epochs):
    model = BayesianPersonalizedRanking(factors=${factors}, learning_rate=${LEARNING_RATE},
        regularization=${REGULARIZATION}, iterations=epochs, num_threads=threads, random_state=${SEED})
    start = time.perf_counter()
    model.fit(likes, show_progress=False)
    return time.perf_counter() - start
once = fit(1)
answer({"seconds": [(fit(${EPOCHS - WARM_UP + 1}) - once) / ${EPOCHS - WARM_UP}]})`) as { seconds: number[] }
  return seconds
}
