import { availableParallelism } from 'node:os'
import type { RatingNetwork } from '#core/scoring/rating-network.ts'
import type { StepHandles } from '../../../io/handles.ts'
import { checkSparseRows } from '../../sparse-rows.ts'
import { type Epochs, learnByEpoch, type NetworkRun } from '../learn-by-epoch.ts'
import type { RatingNetworkOptions, RatingProblem, RatingWeights } from './rating-problem.ts'
import { openRatingNetwork, type RatingSession } from './rating-session.ts'

export interface RatingTraining extends RatingNetworkOptions, Epochs {}

export interface TrainedRatingNetwork {
  network: RatingNetwork<Float32Array>
  weights: RatingWeights
  /** mean loss of each epoch, as many as those that are in what is returned */
  losses: number[]
  /** on validation, one an epoch; empty without a judge */
  judged: number[]
}

/**
 * Train the network (kernels/train/rating-network.ts) by Adam: every rating is asked for once an epoch, its own left out of
 * what is known. The same input, options and seed give the same bytes, whatever the number of threads, and whether it was
 * stopped and resumed after an epoch.
 * @param run its judge says how far off the network is, the less the better
 * @throws {RangeError} for options that cannot be, or data beyond 4 GiB
 * @throws {Error} when the loss is not a number, saying the step; the signal's reason when aborted
 */
export async function trainRatingNetwork(
  problem: RatingProblem,
  options: RatingTraining,
  seed: number,
  handles: StepHandles,
  { threads = availableParallelism(), ...run }: NetworkRun<RatingSession> = {},
): Promise<TrainedRatingNetwork> {
  checkProblem(problem)
  checkOptions(options)
  handles.signal.throwIfAborted()
  const session = openRatingNetwork(problem, options, seed, handles.signal, threads)
  try {
    const { losses, judged } = await learnByEpoch(
      { name: 'rating network', metric: 'rating_network', best: 'smallest' },
      session,
      options,
      (number) => epoch(session, options, number, handles),
      handles,
      run,
    )
    return { network: await session.network(), weights: session.weights(), losses, judged }
  } finally {
    await session.close()
  }
}

/** @returns the mean loss */
async function epoch(
  session: RatingSession,
  { epochs, learningRate }: RatingTraining,
  number: number,
  { progress }: StepHandles,
): Promise<number> {
  session.beginEpoch(number)
  const batches = session.batches()
  const total = batches.length * epochs
  const first = number * batches.length + 1
  const rateOf = (step: number) => learningRate * (1 - (0.9 * (step - 1)) / Math.max(1, total - 1))
  let sum = 0
  await session.learn(batches, first, rateOf, (loss, step) => {
    if (!Number.isFinite(loss))
      throw new Error(
        `rating network: loss ${loss} at step ${step}, in epoch ${number + 1}; learningRate ${learningRate} is too large`,
      )
    sum += loss
    progress.update('train rating network', step, total, `loss ${loss.toFixed(3)}`)
  })
  return sum / batches.length
}

function checkProblem({ ratings, numItems, told: { features, people } }: RatingProblem): void {
  checkSparseRows(ratings, numItems)
  for (const [name, found, expected] of [
    ['ratings', ratings.ratings.length, ratings.indices.length],
    ['features', features.rows.length, numItems * features.width],
    ['ends of people', people.ends.length, numItems],
    ['people', people.buckets.length, people.ends.at(-1) ?? 0],
  ] as const)
    if (found !== expected) throw new RangeError(`${name} has ${found} numbers, expected ${expected}`)
  if (ratings.indices.length === 0) throw new RangeError('0 ratings, expected at least one')
  const wrong = ratings.ratings.findIndex((stars) => !Number.isFinite(stars))
  if (wrong >= 0) throw new RangeError(`rating ${ratings.ratings[wrong]} at ${wrong}, expected a number`)
}

function checkOptions({ width, heads, hidden, reach }: RatingTraining): void {
  for (const [name, value, unit] of [
    ['width', width, 8 * heads],
    ['reach', reach, 8],
    ...hidden.map((size) => ['hidden', size, 8] as const),
  ] as const)
    if (!(Number.isInteger(value) && value >= unit && value % unit === 0))
      throw new RangeError(`${name} is ${value}, expected a multiple of ${unit} from ${unit} up`)
}
