import { availableParallelism } from 'node:os'
import type { CfConfig } from '#core/schemas/config.ts'
import type { StepHandles } from '../../io/handles.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { checkSparseRows } from '../sparse-rows.ts'
import {
  type AlsProblem,
  type AlsSession,
  type AlsState,
  alsProblem,
  type HalfStep,
  type Likes,
} from './als-problem.ts'
import { openCpuAls } from './als-session.ts'

/** Without momentum no half-step can raise the loss but by rounding; more than this share is a numerical breakdown. */
const LARGEST_RISE = 0.01
const MOST_MOMENTUM = 0.7

export interface AlsResult {
  /** numItems × factors, row-major; zeros for an item without likes */
  itemFactors: Float32Array
  /** numUsers × factors; zeros for a user without likes */
  userFactors: Float32Array
  /** the objective divided by numUsers · numItems, after each iteration */
  losses: number[]
}

export interface AlsOptions {
  /** of the CPU; all cores by default */
  threads?: number
  /** where it is computed; the CPU by default */
  open?: (problem: AlsProblem, signal: AbortSignal) => Promise<AlsSession> | AlsSession
  /** kept up to date while training; what it holds at the start is gone on from */
  checkpoint?: Checkpoint<AlsState>
  /** how good a state is, higher being better: what `patience` waits for */
  judge?: (state: AlsState) => Promise<number>
}

/**
 * Implicit ALS on the objective in kernels/train/als.ts. Every half-step starts from the last one's rows; the last two
 * are exact, so the item factors solve their side given the users'. With `patience` training ends when `judge` has
 * not found a better iteration for so long, at the best one made exact.
 * The same input and seed give the same bytes on the CPU of one machine, whatever the number of threads.
 * Cost of an iteration: O(likes · f · cgSteps + (users + items) · f²), divided by the threads.
 * Without likes all factors are zeros and there is no iteration.
 * @param likes users × items
 * @throws {RangeError} on an index or number out of its range, or data beyond the memory
 * @throws {Error} when the loss rises or is not a number; the signal's reason when aborted
 */
export async function trainAls(
  likes: Likes,
  numItems: number,
  config: CfConfig,
  seed: number,
  handles: StepHandles,
  { threads = availableParallelism(), open, checkpoint, judge }: AlsOptions = {},
): Promise<AlsResult> {
  checkSparseRows(likes, numItems)
  checkConfig(config, threads)
  handles.signal.throwIfAborted()
  const { factors, iterations } = config
  const numUsers = likes.indptr.length - 1
  if (likes.indices.length === 0) {
    return {
      itemFactors: new Float32Array(numItems * factors),
      userFactors: new Float32Array(numUsers * factors),
      losses: [],
    }
  }

  const problem = alsProblem(likes, numItems, config, seed)
  const session = await (open ?? ((problem, signal) => openCpuAls(problem, signal, threads)))(problem, handles.signal)
  try {
    const losses: number[] = []
    const resumed = (await checkpoint?.load()) ?? null
    if (resumed) {
      await session.load(resumed.state)
      losses.push(...resumed.losses)
      handles.log.info(`als: goes on after iteration ${losses.length} of ${iterations}`)
    }
    const tracked = async (state: AlsState) => {
      const value = await judge!(state)
      handles.track({ 'als.validation': value }, losses.length)
      return value
    }
    const patience = judge && config.patience ? patienceOf(config.patience, tracked, session) : null
    const iterate = async (how: HalfStep) => {
      const share = momentumAfter(losses)
      await session.extrapolateItems(share)
      await session.halfStep('users', how)
      const loss = (await session.halfStep('items', how)) / (numUsers * numItems)
      checkLoss(loss, losses, share > 0, config)
      losses.push(loss)
      const note = `loss ${loss.toPrecision(6)}`
      handles.log.debug(`als: iteration ${losses.length} of ${iterations}, ${note} a pair`)
      handles.progress.update('train factors', losses.length, iterations, note)
      handles.track({ 'als.loss': loss }, losses.length)
    }

    const save = (isDone: boolean) => checkpoint?.save(isDone, async () => ({ losses, state: await session.state() }))
    handles.progress.update('train factors', losses.length, iterations)
    while (losses.length < iterations && !resumed?.isDone) {
      await iterate(losses.length + 1 === iterations ? { solver: 'exact' } : stepOf(config))
      if (await patience?.isOver(losses.length)) break
      if (losses.length < iterations) await save(false)
    }
    const { iteration, value, state } = patience?.best ?? NO_BEST
    if (state && iteration < losses.length) {
      handles.log.info(`als: best on validation after iteration ${iteration}, ${value.toFixed(4)}`)
      await session.load(state)
      losses.length = iteration
      await iterate({ solver: 'exact' })
    }
    await save(true)
    const { userFactors, itemFactors } = await session.state()
    return { itemFactors, userFactors, losses }
  } finally {
    await session.close()
  }
}

/**
 * Share of their last step by which the items move on before an iteration, as Nesterov's method has it for ALS (Ang &
 * Gillis 2019), starting anew when the loss has risen: 15 plain iterations' loss is there after 11 (ML-1M, f 64).
 */
export function momentumAfter(losses: readonly number[]): number {
  let falls = 0
  while (falls < losses.length - 1 && losses.at(-1 - falls)! <= losses.at(-2 - falls)!) falls++
  return Math.min(MOST_MOMENTUM, falls / (falls + 3))
}

function stepOf({ solver, cgSteps }: CfConfig): HalfStep {
  return solver === 'cholesky' ? { solver: 'exact' } : { solver, steps: cgSteps }
}

const NO_BEST: { iteration: number; value: number; state: AlsState | null } = {
  iteration: 0,
  value: Number.NEGATIVE_INFINITY,
  state: null,
}

/** Remembers the best iteration of this run, and says when none has been better for `patience` iterations. */
function patienceOf(patience: number, judge: (state: AlsState) => Promise<number>, session: AlsSession) {
  const best = { ...NO_BEST }
  return {
    best,
    async isOver(iteration: number): Promise<boolean> {
      const state = await session.state()
      const value = await judge(state)
      if (value > best.value) Object.assign(best, { iteration, value, state })
      return iteration - best.iteration >= patience
    },
  }
}

function checkConfig(
  { factors, iterations, regularization, unobservedWeight, cgSteps }: CfConfig,
  threads: number,
): void {
  if (!Number.isInteger(factors) || factors < 8 || factors % 8 !== 0)
    throw new RangeError(`factors is ${factors}, expected a multiple of 8`)
  for (const [name, value] of Object.entries({ iterations, cgSteps, threads })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${name} is ${value}, expected a whole number from 1 up`)
  }
  for (const [name, value] of Object.entries({ regularization, unobservedWeight })) {
    if (!(value > 0 && Number.isFinite(value))) throw new RangeError(`${name} is ${value}, expected a number above 0`)
  }
}

function checkLoss(loss: number, losses: readonly number[], mayRise: boolean, { regularization }: CfConfig): void {
  const before = losses.at(-1)
  if (Number.isFinite(loss) && (mayRise || before === undefined || loss <= before * (1 + LARGEST_RISE))) return
  throw new Error(
    `als: loss ${loss} after iteration ${losses.length + 1}, ${before ?? 'none'} before it; it must fall. ` +
      `Single precision does not hold regularization ${regularization} on this data: raise it`,
  )
}
