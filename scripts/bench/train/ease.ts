import type { StepHandles } from '../../../build/io/handles.ts'
import { type EaseOptions, trainEase } from '../../../build/train/item-item/ease.ts'
import type { BenchData } from './data.ts'
import type { Peer } from './peer.ts'
import { type BenchRow, benchRow } from './rows.ts'

const OPTIONS: Omit<EaseOptions, 'precision'> = { regularization: 500, dropout: 0, neighbours: 100, maxItems: null }
const PRECISIONS = ['single', 'double'] as const

export interface EaseBench {
  data: BenchData
  threads: number
  rounds: number
  peer: Peer | null
}

/**
 * Seconds of EASE, all of it and the inverse alone, beside the same in numpy, whose matrix product and potrf and potri
 * are OpenBLAS's with as many threads; rounds in turn, the first of each not counted. The peer keeps the dense weights,
 * ours cuts them.
 */
export async function benchEase({ data, threads, rounds, peer }: EaseBench): Promise<BenchRow[]> {
  const rows: BenchRow[] = []
  for (const precision of PRECISIONS) {
    const ours: Seconds[] = []
    const theirs: Seconds[] = []
    for (let round = 0; round <= rounds; round++) {
      ours.push(await ourRound(data, precision, threads))
      if (peer) theirs.push(peerRound(peer, precision))
    }
    for (const part of ['all', 'inverse'] as const) {
      const counted = (all: Seconds[]) => all.slice(1).map((seconds) => seconds[part])
      const what = `ease-${precision}/${part}`
      rows.push(benchRow({ what, shape: data.shape, factors: null }, counted(ours), counted(theirs)))
    }
  }
  return rows
}

interface Seconds {
  all: number
  inverse: number
}

async function ourRound(
  { likes, numItems }: BenchData,
  precision: EaseOptions['precision'],
  threads: number,
): Promise<Seconds> {
  const marks: number[] = []
  const quiet = () => {}
  const handles: StepHandles = {
    log: { error: quiet, warn: quiet, info: quiet, debug: quiet },
    progress: { update: (_, done, total) => void ((done === 0 || done === total) && marks.push(performance.now())) },
    track() {},
    signal: new AbortController().signal,
  }
  const start = performance.now()
  await trainEase(likes, numItems, { ...OPTIONS, precision }, handles, threads)
  return { all: (performance.now() - start) / 1000, inverse: (marks.at(-1)! - marks[0]!) / 1000 }
}

function peerRound(peer: Peer, precision: EaseOptions['precision']): Seconds {
  const [letter, type] = precision === 'single' ? ['s', 'float32'] : ['d', 'float64']
  return peer.run(`
import scipy.linalg.lapack, threadpoolctl
liked = likes[:, numpy.flatnonzero(likes.getnnz(axis=0))]
with threadpoolctl.threadpool_limits(threads, user_api="blas"):
    start = time.perf_counter()
    gram = numpy.asfortranarray((liked.T @ liked).toarray().astype(numpy.${type}))
    gram[numpy.diag_indices_from(gram)] += ${OPTIONS.regularization}
    begin = time.perf_counter()
    factor, failed = scipy.linalg.lapack.${letter}potrf(gram, lower=1, overwrite_a=1)
    inverse, failed = scipy.linalg.lapack.${letter}potri(factor, lower=1, overwrite_c=1)
    end = time.perf_counter()
    inverse = numpy.tril(inverse) + numpy.tril(inverse, -1).T
    weights = -inverse / inverse.diagonal()
    numpy.fill_diagonal(weights, 0)
answer({"all": time.perf_counter() - start, "inverse": end - begin})`) as Seconds
}
