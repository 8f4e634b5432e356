import { ROWS_TOGETHER } from '#core/kernels/train/neural.ts'
import { randomSource } from '#core/random.ts'
import { STEPS_TOGETHER } from '../../../build/train/neural/tower-memory.ts'
import type { TowerOptions } from '../../../build/train/neural/tower-problem.ts'
import { openTowers } from '../../../build/train/neural/tower-session.ts'
import { drawTower, vectorMaker } from '../towers/draw-tower.ts'
import { type BenchData, SEED } from './data.ts'
import { type BenchRow, benchRow } from './rows.ts'

/** of a round, and those at its start that are not counted: code still warms up */
const STEPS = 400
const WARM_UP = 100

/** The network that the goal of 150,000 examples a second was set by: an MLP f → 128 → f, in-batch softmax. */
const OPTIONS: Omit<TowerOptions, 'factors'> = {
  scales: [{ length: 4, recencyHalfLife: 2 }],
  hidden: [128],
  joint: null,
  batch: 512,
  negatives: 0,
  loss: 'softmax',
  logQ: true,
  ...{ mse: 0, diversity: 0, layerNorm: false, dropout: 0, idDropout: 0, learningRate: 0.001, weightDecay: 0 },
}

/** Seconds for a million examples: forward, backward and Adam, with their drawing; and for a served vector. */
export async function benchTwoTower({
  data: { likes, numItems, shape },
  factors,
  threads,
  rounds,
}: {
  data: BenchData
  factors: number
  threads: number
  rounds: number
}): Promise<BenchRow[]> {
  const { indptr, indices } = likes
  const starts = new Set(indptr)
  const examples = Uint32Array.from(indices.keys()).filter((place) => !starts.has(place))
  const problem = {
    histories: { indptr, indices, strengths: new Float32Array(indices.length).fill(1) },
    numItems,
    features: { width: ROWS_TOGETHER, rows: new Float32Array(numItems * ROWS_TOGETHER).fill(0.1), alike: 8 },
    examples,
    values: new Float32Array(examples.length),
  }
  const seconds: number[] = []
  for (let round = 0; round < rounds; round++) {
    const session = openTowers(problem, { ...OPTIONS, factors }, SEED, new AbortController().signal, threads)
    const { uniform } = randomSource(SEED)
    try {
      for (let done = 0; done < STEPS; done += STEPS_TOGETHER) {
        const batches = Array.from({ length: STEPS_TOGETHER }, (_, at) => ({
          numbers: Uint32Array.from({ length: OPTIONS.batch }, () => Math.floor(examples.length * uniform())),
          ...{ number: done + at + 1, rate: OPTIONS.learningRate },
        }))
        const start = performance.now()
        await session.learn(batches)
        if (done >= WARM_UP) seconds.push((performance.now() - start) / 1000 / STEPS_TOGETHER)
      }
    } finally {
      await session.close()
    }
  }
  const perMillion = seconds.map((time) => (time * 1e6) / OPTIONS.batch)
  return [
    benchRow({ what: 'two-tower/million', shape, factors }, perMillion, []),
    benchRow({ what: 'two-tower/vector', shape, factors }, vectorSeconds(numItems, factors), []),
  ]
}

/** Of the served tower, as configured by default, for a history as long as it sees. */
function vectorSeconds(numItems: number, factors: number): number[] {
  const make = vectorMaker(drawTower(numItems, factors))
  const seconds = Array.from({ length: 2000 }, () => {
    const start = performance.now()
    make()
    return (performance.now() - start) / 1000
  })
  return seconds.slice(WARM_UP)
}
