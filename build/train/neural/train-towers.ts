import { availableParallelism } from 'node:os'
import { type RandomSource, randomSource } from '#core/random.ts'
import type { StepHandles } from '../../io/handles.ts'
import { checkSparseRows } from '../sparse-rows.ts'
import { type Epochs, learnByEpoch, type NetworkRun } from './learn-by-epoch.ts'
import { STEPS_TOGETHER } from './tower-memory.ts'
import type { TowerOptions, TowerProblem, TowerWeights } from './tower-problem.ts'
import { openTowers, type TowerBatch, type TowerSession } from './tower-session.ts'

export interface TowerTraining extends TowerOptions, Epochs {}

export interface TrainedTowers {
  weights: TowerWeights
  /** v of each item, numItems × factors */
  itemVectors: Float32Array
  /** mean loss of each epoch, as many as those that are in what is returned */
  losses: number[]
}

/** Beside what every network is told. */
export interface TowerRun extends NetworkRun<TowerSession> {
  /** asks the trained network, before it is closed */
  ask?: (session: TowerSession) => Promise<void>
}

/**
 * Train the towers (kernels/train/neural.ts) by Adam: every example once an epoch in a drawn order, the learning rate falling
 * in a straight line to a tenth. The same input, options and seed give the same bytes, whatever the number of threads, and
 * whether it was stopped and resumed after an epoch.
 * @param run its judge says how good the towers are, the more the better
 * @throws {RangeError} for options that cannot be, or data beyond 4 GiB
 * @throws {Error} when the loss is not a number, saying the step; the signal's reason when aborted
 */
export async function trainTowers(
  problem: TowerProblem,
  options: TowerTraining,
  seed: number,
  handles: StepHandles,
  { threads = availableParallelism(), ask, ...run }: TowerRun = {},
): Promise<TrainedTowers> {
  checkProblem(problem)
  checkOptions(options)
  handles.signal.throwIfAborted()
  const session = openTowers(problem, options, seed, handles.signal, threads)
  try {
    const { losses } = await learnByEpoch(
      { ...nameOf(options), best: 'largest' },
      session,
      options,
      (number) => epoch(session, problem, options, number, seed, handles),
      handles,
      run,
    )
    await ask?.(session)
    return { weights: session.weights(), itemVectors: await session.itemVectors(), losses }
  } finally {
    await session.close()
  }
}

/** @returns the mean loss */
async function epoch(
  session: TowerSession,
  { examples }: TowerProblem,
  options: TowerTraining,
  number: number,
  seed: number,
  { progress }: StepHandles,
): Promise<number> {
  const { batch, epochs, learningRate } = options
  const { name } = nameOf(options)
  session.beginEpoch(number)
  const order = shuffled(examples.length, randomSource(seed + 1 + number))
  const perEpoch = Math.max(1, Math.floor(examples.length / batch))
  const total = perEpoch * epochs
  const batchOf = (step: number): TowerBatch => {
    const done = number * perEpoch + step
    const rate = learningRate * (1 - (0.9 * done) / Math.max(1, total - 1))
    return { numbers: order.subarray(step * batch, (step + 1) * batch), number: done + 1, rate }
  }
  let sum = 0
  for (let step = 0; step < perEpoch; step += STEPS_TOGETHER) {
    const steps = Array.from({ length: Math.min(STEPS_TOGETHER, perEpoch - step) }, (_, at) => batchOf(step + at))
    const losses = await session.learn(steps)
    for (const [at, loss] of losses.entries()) {
      if (!Number.isFinite(loss))
        throw new Error(
          `${name}: loss ${loss} at step ${steps[at]!.number}, in epoch ${number + 1}; ` +
            `learningRate ${learningRate} is too large`,
        )
      sum += loss
    }
    progress.update(`train ${name}`, number * perEpoch + step, total, `loss ${losses[0]!.toFixed(3)}`)
  }
  progress.update(`train ${name}`, (number + 1) * perEpoch, total)
  return sum / perEpoch
}

function nameOf({ joint }: Pick<TowerOptions, 'joint'>): { name: string; metric: string } {
  return joint ? { name: 'neural CF', metric: 'neural_cf' } : { name: 'two towers', metric: 'two_tower' }
}

/** Fisher–Yates */
function shuffled(count: number, { uniform }: RandomSource): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, number) => number)
  for (let left = count; left > 1; left--) {
    const chosen = Math.floor(left * uniform())
    const last = order[left - 1]!
    order[left - 1] = order[chosen]!
    order[chosen] = last
  }
  return order
}

function checkProblem({ histories, numItems, features, examples, values }: TowerProblem): void {
  checkSparseRows(histories, numItems)
  for (const [name, found, expected] of [
    ['strengths', histories.strengths.length, histories.indices.length],
    ['features', features.rows.length, numItems * features.width],
    ['values', values.length, examples.length],
  ] as const)
    if (found !== expected) throw new RangeError(`${name} has ${found} numbers, expected ${expected}`)
  if (examples.length === 0) throw new RangeError('no examples: nobody has two items one after the other')
  for (const place of examples)
    if (!(place < histories.indices.length))
      throw new RangeError(`example at place ${place}, expected 0 to ${histories.indices.length - 1}`)
}

function checkOptions({ factors, hidden, joint, batch, negatives, scales, loss, diversity }: TowerTraining): void {
  for (const [name, value, least] of [
    ['factors', factors, 8],
    ...(joint ? [['products', joint.products, 8] as const] : []),
    ...(joint?.hidden ?? []).map((size) => ['a joint layer', size, 8] as const),
    ['batch', batch, 8],
    ['negatives', negatives, 0],
    ...hidden.map((size) => ['hidden', size, 8] as const),
  ] as const)
    if (!(Number.isInteger(value) && value >= least && value % 8 === 0))
      throw new RangeError(`${name} is ${value}, expected a multiple of 8 from ${least} up`)
  if (joint && joint.products >= factors)
    throw new RangeError(`products is ${joint.products}, expected below ${factors}, the factors`)
  if (batch >= 2 ** 16) throw new RangeError(`batch is ${batch}, expected below ${2 ** 16}`)
  if (diversity > 0 && loss !== 'softmax')
    throw new RangeError(`diversity is ${diversity} with loss ${loss}, expected 0: it is of what the softmax draws`)
  for (const { length } of scales)
    if (!(Number.isInteger(length) && length >= 1 && length < 2 ** 16))
      throw new RangeError(`a scale of length ${length}, expected 1 to ${2 ** 16 - 1}`)
}
