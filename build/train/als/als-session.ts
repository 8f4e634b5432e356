import { exactScratchBytes } from '#core/kernels/train/als.ts'
import { memoryPlan, openEngine, ROWS_PER_CHUNK } from '../engine.ts'
import { type SparseRows, transposed } from '../sparse-rows.ts'
import type { AlsProblem, AlsSession } from './als-problem.ts'

/** A Gramian is summed in this many parts whoever computes them, so that its bits do not depend on the threads. */
const GRAMIAN_PARTS = 32

/**
 * A factorization on the CPU: everything in one shared memory, a worker a thread.
 * @param problem with checked likes; @param threads beyond the rows' chunks are not started
 * @throws {RangeError} when the data is beyond 4 GiB, or beyond what the machine has
 */
export function openCpuAls(problem: AlsProblem, signal: AbortSignal, threads: number): AlsSession {
  const { likes, numItems, factors, weights, bias, unobservedWeight, regularization } = problem
  const numUsers = likes.indptr.length - 1
  const numLikes = likes.indices.length
  const square = factors * factors * 4

  const plan = memoryPlan()
  const planSide = (numRows: number) => ({
    numRows,
    indptr: plan.place((numRows + 1) * 4),
    indices: plan.place(numLikes * 4),
    weights: weights ? plan.place(numLikes * 4) : 0,
    lambdas: plan.place(numRows * 4),
    rows: plan.place(numRows * factors * 4),
  })
  const sides = { users: planSide(numUsers), items: planSide(numItems) }
  const previousItems = plan.place(numItems * factors * 4)
  const whitened = plan.place(Math.max(numUsers, numItems) * factors * 4)
  const gramianParts = plan.place(GRAMIAN_PARTS * square)
  const gramian = plan.place(square)
  const u = plan.place(square)
  const v = plan.place(square)
  const w = plan.place(square)
  const engine = openEngine(plan, {
    what: `als: ${numUsers} users, ${numItems} items, ${numLikes} likes, ${factors} factors`,
    scratchBytes: exactScratchBytes(factors),
    threads: Math.min(threads, Math.max(1, Math.ceil(Math.max(numUsers, numItems) / ROWS_PER_CHUNK))),
    signal,
  })

  const putRows = (
    { indptr, indices, weights: at }: typeof sides.users,
    rows: SparseRows,
    values: Float32Array | null,
  ) => {
    engine.u32(indptr, rows.indptr.length).set(rows.indptr)
    engine.i32(indices, numLikes).set(rows.indices)
    if (values) engine.f32(at, numLikes).set(values)
  }
  const likers = transposed(likes, numItems, weights)
  putRows(sides.users, likes, weights)
  putRows(sides.items, likers, likers.values)
  engine.f32(sides.users.lambdas, numUsers).set(regularization.users)
  engine.f32(sides.items.lambdas, numItems).set(regularization.items)
  const userFactors = engine.f32(sides.users.rows, numUsers * factors)
  const itemFactors = engine.f32(sides.items.rows, numItems * factors)
  const previousItemFactors = engine.f32(previousItems, numItems * factors)
  itemFactors.set(problem.initialItemFactors)
  previousItemFactors.set(problem.initialItemFactors)
  const lambdaOf = { users: mean(regularization.users), items: mean(regularization.items) }
  const lambdaVaries = { users: varies(regularization.users), items: varies(regularization.items) }

  return {
    async extrapolateItems(share) {
      const rows = { numRows: numItems, rowsPerChunk: ROWS_PER_CHUNK }
      await engine.run('extrapolateRows', rows, sides.items.rows, previousItems, factors, share)
    },
    async halfStep(solved, how) {
      const side = sides[solved]
      const fixed = sides[solved === 'users' ? 'items' : 'users']
      const rows = { numRows: side.numRows, rowsPerChunk: ROWS_PER_CHUNK }
      const rowsPerPart = Math.max(1, Math.ceil(fixed.numRows / GRAMIAN_PARTS))
      const parts = { numRows: fixed.numRows, rowsPerChunk: rowsPerPart }
      const penalties = await engine.run(
        'gramianOfRows',
        parts,
        fixed.rows,
        factors,
        fixed.lambdas,
        rowsPerPart,
        gramianParts,
      )
      engine.kernels.sumGramians(gramianParts, penalties.length, factors, unobservedWeight, gramian)
      const { indptr, indices, weights, lambdas, rows: x } = side
      let losses: Float64Array
      if (how.solver === 'exact') {
        losses = await engine.run(
          'solveExactly',
          rows,
          indptr,
          indices,
          weights,
          bias,
          fixed.rows,
          x,
          factors,
          lambdas,
          gramian,
        )
      } else {
        const isWhite = how.solver === 'whitenedCg'
        const lambda = lambdaOf[solved]
        if (isWhite) {
          const failed = engine.kernels.whitening(gramian, factors, lambda, u, v, lambdaVaries[solved] ? w : 0)
          if (failed >= 0)
            throw new Error(
              `als: pivot ${failed} is not above 0; regularization ${Number(lambda.toPrecision(3))} is too small for the data`,
            )
          const whitenedRows = { numRows: fixed.numRows, rowsPerChunk: ROWS_PER_CHUNK }
          await engine.run('whitenRows', whitenedRows, fixed.rows, factors, v, whitened)
        }
        losses = await engine.run(
          'solveByGradients',
          rows,
          indptr,
          indices,
          weights,
          bias,
          isWhite ? whitened : fixed.rows,
          x,
          factors,
          lambdas,
          lambda,
          isWhite ? u : 0,
          v,
          isWhite ? w : gramian,
          how.steps,
        )
      }
      return sum(penalties) + sum(losses)
    },
    state: async () => ({
      userFactors: userFactors.slice(),
      itemFactors: itemFactors.slice(),
      previousItemFactors: previousItemFactors.slice(),
    }),
    async load(state) {
      userFactors.set(state.userFactors)
      itemFactors.set(state.itemFactors)
      previousItemFactors.set(state.previousItemFactors)
    },
    close: () => engine.close(),
  }
}

function sum(values: ArrayLike<number>): number {
  let total = 0
  for (let at = 0; at < values.length; at++) total += values[at]!
  return total
}

/** As f32, like the values: where all are the same, each differs from it by exactly 0. */
function mean(values: Float32Array): number {
  return varies(values) ? Math.fround(sum(values) / values.length) : (values[0] ?? 1)
}

function varies(values: Float32Array): boolean {
  return values.some((value) => value !== values[0])
}
