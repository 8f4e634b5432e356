import { CfConfig } from '#core/schemas/config.ts'
import { momentumAfter } from '../../../build/train/als/als.ts'
import { type AlsProblem, type AlsSession, alsProblem, type HalfStep } from '../../../build/train/als/als-problem.ts'
import { openCpuAls } from '../../../build/train/als/als-session.ts'
import { gatheredBytes, openGpuAls } from '../../../build/train/gpu/als.ts'
import type { GpuHandle } from '../../../build/train/gpu/open-gpu.ts'
import { type BenchData, SEED } from './data.ts'
import type { Peer } from './peer.ts'
import { type BenchRow, benchRow } from './rows.ts'

/** What implicit runs by default, and whose loss is the one to reach; by Cholesky a few show all. */
const ITERATIONS = { cg: 15, parity: 15, cholesky: 5 }
/** iterations at the start of a round that are not counted: code still warms up */
const WARM_UP = 2
/** We give up reaching the peer's loss then. */
const MOST_ITERATIONS = 60
/** implicit's own defaults: c = alpha·r with alpha 1 would leave likes no weight beside the rest; 40 is Hu et al.'s */
const ALPHA = 40
const REGULARIZATION = 0.01 * ALPHA

interface Round {
  /** of each iteration */
  seconds: number[]
  /** after each iteration, or after the last */
  losses: number[]
  /** until our loss was not above the peer's */
  secondsToPeer: number | null
}

/** cg: our default; parity: implicit's own algorithm in our kernels, three plain steps and no momentum; cholesky: exact */
type Solver = keyof typeof ITERATIONS
/** implicit's */
const PARITY_STEPS = 3

export interface AlsBench {
  data: BenchData
  factors: number
  threads: number
  rounds: number
  peer: Peer | null
  /** ours is computed there, and its rows beside our CPU's come too; null: on the CPU */
  gpu: GpuHandle | null
  solver: Solver
}

/**
 * Seconds of an ALS iteration and until the loss that implicit ends with: the same data, start and objective
 * (implicit's c = alpha·r), ours and the peer's rounds in turn. Both sides' clocks start with the first iteration.
 */
export async function benchAls({ data, factors, threads, rounds, peer, gpu, solver }: AlsBench): Promise<BenchRow[]> {
  const config = CfConfig.parse({
    factors,
    confidence: 'implicit',
    alpha: ALPHA,
    unobservedWeight: 1,
    regularization: REGULARIZATION,
  })
  const ratings = new Float32Array(data.likes.indices.length).fill(1)
  const problem = alsProblem({ ...data.likes, ratings }, data.numItems, config, SEED)
  peer?.put('items', problem.initialItemFactors)
  const { signal } = new AbortController()
  const openCpu = async () => openCpuAls(problem, signal, threads)
  const open = gpu ? () => openGpuAls(problem, gpu, signal) : openCpu
  const how: Record<Solver, HalfStep> = {
    cg: { solver: 'whitenedCg', steps: config.cgSteps },
    parity: { solver: 'cg', steps: PARITY_STEPS },
    cholesky: { solver: 'exact' },
  }

  const ours: Round[] = []
  const theirs: Round[] = []
  const onCpu: Round[] = []
  for (let round = 0; round < rounds; round++) {
    const goal = peer ? peerRound(peer, problem, solver) : null
    if (goal) theirs.push(goal)
    const run = async (open: () => Promise<AlsSession>) =>
      ourRound(await open(), how[solver], ITERATIONS[solver], goal?.losses[0] ?? null)
    ours.push(await run(open))
    if (gpu) onCpu.push(await run(openCpu))
  }
  const where = gpu ? `als-${solver}-gpu` : `als-${solver}`
  const row = (what: string, ours: number[], peer: number[]) =>
    benchRow({ what: `${where}/${what}`, shape: data.shape, factors }, ours, peer)
  const counted = (all: Round[]) => all.flatMap(({ seconds }) => seconds.slice(WARM_UP))
  const rows = [row('iteration', counted(ours), counted(theirs))]
  if (gpu) rows.push(row('iteration-beside-our-cpu', counted(ours), counted(onCpu)))
  if (peer) {
    const reached = ours.map(({ secondsToPeer }) => secondsToPeer ?? Number.POSITIVE_INFINITY)
    const total = theirs.map(({ seconds }) => seconds.reduce((sum, value) => sum + value, 0))
    rows.push(row('equal-loss', reached, total))
  }
  if (gpu && solver === 'cg') {
    const gigabytes = gatheredBytes(problem, config.cgSteps) / 1e9
    console.log(`${where}, f ${factors}: rows gathered at ${(gigabytes / rows[0]!.oursSeconds).toFixed(0)} GB/s`)
  }
  return rows
}

async function ourRound(session: AlsSession, how: HalfStep, iterations: number, goal: number | null): Promise<Round> {
  const round: Round = { seconds: [], losses: [], secondsToPeer: null }
  try {
    let elapsed = 0
    const isDone = () => round.seconds.length >= iterations && (goal === null || round.secondsToPeer !== null)
    while (!isDone() && round.seconds.length < MOST_ITERATIONS) {
      const start = performance.now()
      await session.extrapolateItems(how.solver === 'cg' ? 0 : momentumAfter(round.losses))
      await session.halfStep('users', how)
      const loss = await session.halfStep('items', how)
      const seconds = (performance.now() - start) / 1000
      elapsed += seconds
      round.seconds.push(seconds)
      round.losses.push(loss)
      if (goal !== null && loss <= goal) round.secondsToPeer ??= elapsed
    }
    return round
  } finally {
    await session.close()
  }
}

/** implicit from the same item factors, users at 0; its loss is counted by our formula from the factors it ends with. */
function peerRound(peer: Peer, { factors }: AlsProblem, solver: Solver): Round {
  const { seconds, loss } = peer.run(`
from implicit.cpu.als import AlternatingLeastSquares
model = AlternatingLeastSquares(factors=${factors}, regularization=${REGULARIZATION}, alpha=${ALPHA},
    use_cg=${solver === 'cholesky' ? 'False' : 'True'}, iterations=${ITERATIONS[solver]}, num_threads=threads, random_state=${SEED})
model.item_factors = load("items", numpy.float32).reshape(likes.shape[1], ${factors})
model.user_factors = numpy.zeros((likes.shape[0], ${factors}), dtype=numpy.float32)
seconds = []
model.fit_callback = lambda iteration, elapsed, loss: seconds.append(elapsed)
model.fit(likes, show_progress=False)
x, y = model.user_factors.astype(numpy.float64), model.item_factors.astype(numpy.float64)
d = numpy.concatenate([(x[begin:begin + 4096][likes[begin:begin + 4096].tocoo().row] *
    y[likes[begin:begin + 4096].indices]).sum(axis=1) for begin in range(0, likes.shape[0], 4096)])
c = float(${ALPHA})
loss = float((c - 2 * c * d + (c - 1) * d ** 2).sum() + ((x.T @ x) * (y.T @ y)).sum() +
    ${REGULARIZATION} * ((x ** 2).sum() + (y ** 2).sum()))
answer({"seconds": seconds, "loss": loss})`) as { seconds: number[]; loss: number }
  return { seconds, losses: [loss], secondsToPeer: null }
}
