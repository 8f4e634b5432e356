import { availableParallelism } from 'node:os'
import { ratingsScratchBytes } from '#core/kernels/train/ratings.ts'
import { randomSource } from '#core/random.ts'
import type { RatingModel } from '#core/scoring/fold-in-ratings.ts'
import { invert } from '#core/scoring/invert.ts'
import type { StepHandles } from '../../io/handles.ts'
import { memoryPlan, openEngine, ROWS_PER_CHUNK } from '../engine.ts'
import { checkSparseRows, type SparseRows, transposed } from '../sparse-rows.ts'
import { fitTraces } from './rating-traces.ts'

/** Iterations before rows have a noise of their own: by then errors tell more of the rows than of the start. */
const COMMON_NOISE_ITERATIONS = 4

export interface Ratings extends SparseRows {
  /** stars, in the order of `indices` */
  ratings: Float32Array
}

export interface RatingsOptions {
  /** 6, 14, 22, …: with the two biases a multiple of 8 */
  factors: number
  iterations: number
  /** what a unit of |z|² costs, in the fit of the prior means */
  traceRegularization: number
  /** conjugate-gradient steps an iteration toward the prior means */
  traceSteps: number
  /** s: how many times half a rating the belief is worth that a row is as noisy as all; 0: all rows alike */
  scaleShape: number
}

export interface RatingsResult {
  model: RatingModel<Float32Array>
  /** 1/√τ after each iteration: stars that a rating is off by, apart from what is uncertain of its rows */
  losses: number[]
}

type Side = 'users' | 'items'

/** The coordinate that is 1 for all rows of a side: beside b_i the users', beside b_u the items'. */
const KNOWN = { users: 0, items: 1 } as const

/**
 * Factors and biases that predict stars; kernels/train/ratings.ts has the model. Each iteration solves the users, where
 * their priors stand and how far they spread, then the same for the items. All strengths but the options' are learned.
 * The same input and seed give the same bytes whatever the number of threads. O(ratings · size² + rows · size³) each.
 * @param ratings users × items, at least one
 * @throws {RangeError} on an index or number out of its range, or data beyond 4 GiB
 * @throws {Error} when single precision does not hold a system; the signal's reason when aborted
 */
export async function trainRatings(
  ratings: Ratings,
  numItems: number,
  options: RatingsOptions,
  seed: number,
  handles: StepHandles,
  threads: number = availableParallelism(),
): Promise<RatingsResult> {
  checkRatings(ratings, numItems)
  checkOptions(options)
  handles.signal.throwIfAborted()
  const session = openRatings(ratings, numItems, options, seed, handles.signal, threads)
  try {
    const losses: number[] = []
    for (let iteration = 1; iteration <= options.iterations; iteration++) {
      handles.progress.update('train ratings', iteration - 1, options.iterations)
      losses.push(await session.iterate(iteration))
      handles.track({ 'ratings.noise': losses.at(-1)! }, iteration)
      handles.log.debug(`ratings: iteration ${iteration} of ${options.iterations}, noise ${losses.at(-1)!.toFixed(4)}`)
    }
    handles.progress.update('train ratings', options.iterations, options.iterations)
    return { model: session.model(), losses }
  } finally {
    await session.close()
  }
}

/** A model under way. */
export interface RatingsSession {
  /** Both sides once; gives 1/√τ. */
  iterate(iteration: number): Promise<number>
  /** a copy of all that predictions want */
  model(): RatingModel<Float32Array>
  close(): Promise<void>
}

/** @param ratings checked, at least one */
export function openRatings(
  ratings: Ratings,
  numItems: number,
  { factors, traceRegularization, traceSteps, scaleShape }: RatingsOptions,
  seed: number,
  signal: AbortSignal,
  threads: number,
): RatingsSession {
  const size = factors + 2
  const numUsers = ratings.indptr.length - 1
  const numRatings = ratings.indices.length
  const mean = meanOf(ratings.ratings)
  const variance = meanOf(ratings.ratings.map((rating) => (rating - mean) ** 2)) || 1
  const byItem = transposed(ratings, numItems, ratings.ratings)

  const plan = memoryPlan()
  const planSide = (side: Side, numRows: number, numOthers: number) => ({
    known: KNOWN[side],
    numRows,
    indptr: plan.place((numRows + 1) * 4),
    indices: plan.place(numRatings * 4),
    values: plan.place(numRatings * 4),
    rows: plan.place(numRows * size * 4),
    moments: plan.place(numRows * size * size * 4),
    means: plan.place(numRows * size * 4),
    scales: plan.place(numRows * 4),
    shares: plan.place(numRows * 4),
    traces: plan.place(numOthers * size * 4),
    precision: plan.place(size * size * 4),
    constant: Float32Array.from({ length: size }) as Float32Array,
  })
  const sides = { users: planSide('users', numUsers, numItems), items: planSide('items', numItems, numUsers) }
  const roomBytes = Math.max(numUsers, numItems) * size * 4
  const room = { mine: plan.place(roomBytes), theirs: plan.place(roomBytes), product: plan.place(roomBytes) }
  const engine = openEngine(plan, {
    what: `ratings: ${numUsers} users, ${numItems} items, ${numRatings} ratings, ${factors} factors`,
    scratchBytes: ratingsScratchBytes(size),
    threads: Math.min(threads, Math.max(1, Math.ceil(Math.max(numUsers, numItems) / ROWS_PER_CHUNK))),
    signal,
  })

  for (const [side, { indptr, indices, ratings: stars }] of [
    [sides.users, ratings],
    [sides.items, { ...byItem, ratings: byItem.values }],
  ] as const) {
    engine.u32(side.indptr, indptr.length).set(indptr)
    engine.i32(side.indices, numRatings).set(indices)
    engine.f32(side.values, numRatings).set(stars.map((rating) => rating - mean))
    engine.f32(side.scales, side.numRows).fill(1)
    const shares = engine.f32(side.shares, side.numRows)
    for (let row = 0; row < side.numRows; row++) {
      const count = indptr[row + 1]! - indptr[row]!
      shares[row] = count && 1 / count
      engine.f32(side.means + row * size * 4, size)[side.known] = 1
    }
  }
  startItems()
  let noisePrecision = 1 / variance

  return {
    async iterate(iteration) {
      const errors = { users: 0, items: 0 }
      for (const [name, otherName] of [
        ['users', 'items'],
        ['items', 'users'],
      ] as const) {
        const side = sides[name]
        const other = sides[otherName]
        const sums = await engine.run(
          'solveRatings',
          { numRows: side.numRows, rowsPerChunk: ROWS_PER_CHUNK },
          side.indptr,
          side.indices,
          side.values,
          other.rows,
          other.moments,
          other.scales,
          side.rows,
          side.moments,
          side.scales,
          size,
          side.known,
          side.precision,
          side.means,
          noisePrecision,
          iteration > COMMON_NOISE_ITERATIONS ? scaleShape : 0,
        )
        errors[name] = sums.reduce((total, sum) => total + sum, 0)
        if (!Number.isFinite(errors[name]))
          throw new Error(`ratings: ${name} have no solution in iteration ${iteration}; fewer factors may have one`)
        const wanted = { strength: traceRegularization, steps: traceSteps }
        side.constant = await fitTraces(engine, side, other, room, size, wanted)
        engine.f32(side.precision, size * size).set(spreadPrecision(side))
      }
      noisePrecision = numRatings / errors.items
      return 1 / Math.sqrt(noisePrecision)
    },
    model: () => ({
      size,
      mean,
      lowest: ratings.ratings.reduce((a, b) => Math.min(a, b)),
      highest: ratings.ratings.reduce((a, b) => Math.max(a, b)),
      items: engine.f32(sides.items.rows, numItems * size).slice(),
      itemUnits: new Float32Array(numItems).fill(1),
      itemTraces: engine.f32(sides.users.traces, numItems * size).slice(),
      traceUnits: new Float32Array(numItems).fill(1),
      itemScales: engine.f32(sides.items.scales, numItems).slice(),
      itemVariances: itemVariances(),
      noisePrecision,
      scaleShape,
      userMean: sides.users.constant,
      userPrecision: engine.f32(sides.users.precision, size * size).slice(),
    }),
    close: () => engine.close(),
  }

  /** Small random items, uncertain; priors as wide as the stars are. */
  function startItems(): void {
    const random = randomSource(seed)
    const spread = 0.1 * variance
    for (let item = 0; item < numItems; item++) {
      const row = engine.f32(sides.items.rows + item * size * 4, size)
      const moment = engine.f32(sides.items.moments + item * size * size * 4, size * size)
      row[KNOWN.items] = 1
      for (let k = 2; k < size; k++) row[k] = Math.sqrt(spread) * random.normal()
      for (let at = 0; at < moment.length; at++) moment[at] = row[Math.floor(at / size)]! * row[at % size]!
      for (let k = 2; k < size; k++) moment[k * size + k]! += spread / 2
    }
    for (const { precision, known } of Object.values(sides)) {
      const diagonal = engine.f32(precision, size * size)
      for (let k = 0; k < size; k++) diagonal[k * size + k] = 4 / variance
      if (known === KNOWN.users) for (let k = 2; k < size; k++) diagonal[k * size + k] = 1
      diagonal[known * size + known] = 0
    }
  }

  /** tr(S_i · mean of E[xxᵀ]), S_i being the posterior covariance of y_i: variance of xᵀy_i for want of knowing y_i. */
  function itemVariances(): Float32Array {
    const user = new Float64Array(size * size)
    for (let row = 0; row < numUsers; row++) {
      const moment = engine.f32(sides.users.moments + row * size * size * 4, size * size)
      for (let at = 0; at < moment.length; at++) user[at]! += moment[at]! / numUsers
    }
    return Float32Array.from({ length: numItems }, (_, item) => {
      const row = engine.f32(sides.items.rows + item * size * 4, size)
      const moment = engine.f32(sides.items.moments + item * size * size * 4, size * size)
      let variance = 0
      for (let at = 0; at < moment.length; at++)
        variance += user[at]! * (moment[at]! - row[Math.floor(at / size)]! * row[at % size]!)
      return Math.max(0, variance)
    })
  }

  /** Λ = (mean of E[(x − m)(x − m)ᵀ])⁻¹, 0 in the row and column of what is known. */
  function spreadPrecision({ numRows, rows, moments, means, known }: (typeof sides)[Side]): Float64Array {
    const spread = new Float64Array(size * size)
    for (let row = 0; row < numRows; row++) {
      const x = engine.f32(rows + row * size * 4, size)
      const m = engine.f32(means + row * size * 4, size)
      const moment = engine.f32(moments + row * size * size * 4, size * size)
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++)
          spread[i * size + j]! += (moment[i * size + j]! - x[i]! * m[j]! - m[i]! * x[j]! + m[i]! * m[j]!) / numRows
    }
    for (let k = 0; k < size; k++) {
      spread[k * size + known] = 0
      spread[known * size + k] = 0
    }
    spread[known * size + known] = 1
    const precision = invert(spread, size)
    precision[known * size + known] = 0
    return precision
  }
}

function checkRatings(ratings: Ratings, numItems: number): void {
  checkSparseRows(ratings, numItems)
  const { indices, ratings: stars } = ratings
  if (stars.length !== indices.length)
    throw new RangeError(`${stars.length} ratings, expected ${indices.length}, one an index`)
  if (stars.length === 0) throw new RangeError('0 ratings, expected at least one')
  const wrong = stars.findIndex((rating) => !Number.isFinite(rating))
  if (wrong >= 0) throw new RangeError(`rating ${stars[wrong]} at ${wrong}, expected a number`)
}

function checkOptions({ factors, iterations, traceRegularization, traceSteps, scaleShape }: RatingsOptions): void {
  if (!Number.isInteger(factors) || factors < 6 || (factors + 2) % 8 !== 0)
    throw new RangeError(`factors is ${factors}, expected 6, 14, 22 or another two less than a multiple of 8`)
  for (const [name, value] of Object.entries({ iterations, traceSteps })) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${name} is ${value}, expected a whole number from 1 up`)
  }
  if (!(traceRegularization > 0 && Number.isFinite(traceRegularization)))
    throw new RangeError(`traceRegularization is ${traceRegularization}, expected a number above 0`)
  if (!(scaleShape >= 0 && Number.isFinite(scaleShape)))
    throw new RangeError(`scaleShape is ${scaleShape}, expected a number from 0 up`)
}

function meanOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
