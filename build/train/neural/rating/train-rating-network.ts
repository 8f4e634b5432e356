import { availableParallelism } from 'node:os'
import type { RatingNetwork } from '#core/scoring/rating-network.ts'
import type { StepHandles } from '../../../io/handles.ts'
import type { Checkpoint } from '../../checkpoint.ts'
import { checkSparseRows } from '../../sparse-rows.ts'
import type { RatingNetworkOptions, RatingProblem, RatingWeights } from './rating-problem.ts'
import { openRatingNetwork, type RatingSession } from './rating-session.ts'

export interface RatingTraining extends RatingNetworkOptions {
  /** times that every rating is asked for, by which the learning rate falls */
  epochs: number
  /** epochs after which training ends before that; null: it does all of them */
  stopAfter: number | null
  /** epochs without a better value on validation after which it ends; null: all, and the best is kept */
  patience: number | null
}

/** What a checkpoint holds beside the losses. */
export interface RatingProgress {
  learned: Float32Array
  moments: Float32Array
  /** on validation, one an epoch, and what was learned when it was best; empty without a judge */
  judged: Float32Array
  best: Float32Array
}

export const RATING_PROGRESS = ['learned', 'moments', 'judged', 'best'] as const satisfies (keyof RatingProgress)[]

export interface RatingRun {
  threads?: number
  checkpoint?: Checkpoint<RatingProgress>
  /** how far off the network is on validation, the less the better; left out, the last epoch's is kept */
  judge?: (session: RatingSession) => Promise<number>
}

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
 * @throws {RangeError} for options that cannot be, or data beyond 4 GiB
 * @throws {Error} when the loss is not a number, saying the step; the signal's reason when aborted
 */
export async function trainRatingNetwork(
  problem: RatingProblem,
  options: RatingTraining,
  seed: number,
  handles: StepHandles,
  { threads = availableParallelism(), checkpoint, judge }: RatingRun = {},
): Promise<TrainedRatingNetwork> {
  checkProblem(problem)
  checkOptions(options)
  const { log, track, signal } = handles
  signal.throwIfAborted()
  const session = openRatingNetwork(problem, options, seed, signal, threads)
  try {
    const losses: number[] = []
    const judged: number[] = []
    let best = new Float32Array(0)
    const resumed = (await checkpoint?.load()) ?? null
    if (resumed) {
      session.load(resumed.state)
      losses.push(...resumed.losses)
      judged.push(...resumed.state.judged)
      best = resumed.state.best.slice()
      log.info(`rating network: go on after epoch ${losses.length} of ${options.epochs}`)
    }
    const save = (isDone: boolean) =>
      checkpoint?.save(isDone, async () => ({
        losses,
        state: { ...session.state(), judged: Float32Array.from(judged), best },
      }))
    const last = Math.min(options.epochs, options.stopAfter ?? options.epochs)
    while (losses.length < last && !resumed?.isDone) {
      losses.push(await epoch(session, options, losses.length, handles))
      track({ 'rating_network.loss': losses.at(-1)! }, losses.length)
      if (judge) {
        judged.push(Math.fround(await judge(session)))
        track({ 'rating_network.validation': judged.at(-1)! }, losses.length)
        if (bestOf(judged) === judged.length) best = session.state().learned as Float32Array<ArrayBuffer>
      }
      const value = judge ? `, ${judged.at(-1)!.toFixed(4)} on validation` : ''
      log.info(`rating network: epoch ${losses.length} of ${options.epochs}, loss ${losses.at(-1)!.toFixed(4)}${value}`)
      if (options.patience !== null && judged.length - bestOf(judged) >= options.patience) break
      if (losses.length < last) await save(false)
    }
    await save(true)
    if (judged.length > 0 && bestOf(judged) < judged.length) {
      session.load({ learned: best, moments: session.state().moments })
      losses.length = bestOf(judged)
      log.info(`rating network: best on validation after epoch ${losses.length}`)
    }
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

/** After how many epochs the value was smallest; the first of equal ones. */
function bestOf(judged: readonly number[]): number {
  return judged.indexOf(Math.min(...judged)) + 1
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
