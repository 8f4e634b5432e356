/// <reference types="@webgpu/types" />
import type { AlsProblem, AlsSession, HalfStep } from '../als/als-problem.ts'
import { transposed } from '../sparse-rows.ts'
import { type GpuSide, placeSide } from './als-side.ts'
import { type Basis, eigenBasis, whitenedBasis } from './basis.ts'
import { openMemory, readBack, submit } from './compute.ts'
import { prepareChange, prepareExtrapolation, prepareGramian, prepareSolve } from './half-step.ts'
import type { GpuHandle } from './open-gpu.ts'
import { inCorner, paddedRow, withColumns } from './padded.ts'

/** `exact` ends when rᵀM⁻¹r has fallen to the square of this share of its start, or after as many steps as factors. */
const EXACT_TOLERANCE = 1e-6

/**
 * A factorization on the GPU. A half-step: the fixed side's Gramian, reduced there and turned into a basis here in f64;
 * both sides into that basis; every row by conjugate gradients (solve-shader.ts); the solved side back.
 * Steps follow the CPU's to rounding where one λ holds for all rows. Where it differs by row, each row is whitened by
 * its own λ_r, which is a little ahead of the CPU's mean λ. `exact` starts from zeros, so that its tolerance is one of
 * the right side. The same device gives the same bytes again.
 * @param problem with checked likes, of one or more; @param gpu stays open
 * @throws {RangeError} when the device has too little memory or binds too few buffers; @throws {Error} when it is lost
 */
export async function openGpuAls(problem: AlsProblem, gpu: GpuHandle, signal: AbortSignal): Promise<AlsSession> {
  signal.throwIfAborted()
  const { likes, numItems, factors, weights, bias, unobservedWeight, regularization } = problem
  const numUsers = likes.indptr.length - 1
  const { quads, lanes } = paddedRow(factors)
  const columns = quads * 4
  const hasSubgroups = gpu.subgroupLanes >= lanes
  const what = `als: ${numUsers} users, ${numItems} items, ${likes.indices.length} likes, ${factors} factors`

  const memory = openMemory(gpu)
  try {
    const likers = transposed(likes, numItems, weights)
    const teamsOf = (wanted: number) => teamsThatFit(gpu, quads, lanes, hasSubgroups, wanted)
    const users = placeSide(gpu, memory, { likes, weights, lambdas: regularization.users, quads, teamsOf })
    const items = placeSide(gpu, memory, {
      likes: likers,
      weights: likers.values,
      lambdas: regularization.items,
      quads,
      teamsOf,
    })
    const sides = { users, items }
    const previousItems = items.blocks.map(({ rows }) => memory.place(rows.size))
    const [fixedToBasis, solvedToBasis, solvedFromBasis] = [0, 1, 2].map(() => memory.place(columns * columns * 4))
    const diagonal = memory.uniform(new Float32Array(columns))
    const how = memory.uniform(new Uint32Array(6))
    const share = memory.uniform(new Float32Array(4))
    await memory.check(what)

    const shape = { quads, lanes, hasSubgroups, hasWeights: weights !== null }
    const gramian = {
      users: await prepareGramian(gpu, memory, users, quads),
      items: await prepareGramian(gpu, memory, items, quads),
    }
    const change = {
      users: await prepareChange(gpu, memory, users, quads),
      items: await prepareChange(gpu, memory, items, quads),
    }
    const solve = {
      users: await prepareSolve(gpu, { solved: users, fixed: items, how, diagonal, shape }),
      items: await prepareSolve(gpu, { solved: items, fixed: users, how, diagonal, shape }),
    }
    const extrapolation = await prepareExtrapolation(gpu, items, previousItems, share)
    await memory.check(what)

    const put = ({ blocks }: GpuSide, buffers: readonly GPUBuffer[], values: Float32Array) => {
      for (const [block, { firstRow, numRows }] of blocks.entries()) {
        const own = values.subarray(firstRow * factors, (firstRow + numRows) * factors)
        memory.write(buffers[block]!, withColumns(own, factors, columns))
      }
    }
    const get = async ({ numRows, blocks }: GpuSide, buffers: readonly GPUBuffer[]) => {
      const values = new Float32Array(numRows * factors)
      for (const [block, { firstRow }] of blocks.entries()) {
        const [own] = await readBack(gpu, signal, [buffers[block]!])
        values.set(withColumns(new Float32Array(own!), columns, factors), firstRow * factors)
      }
      return values
    }
    const rowsOf = ({ blocks }: GpuSide) => blocks.map(({ rows }) => rows)
    put(items, rowsOf(items), problem.initialItemFactors)
    put(items, previousItems, problem.initialItemFactors)

    return {
      async extrapolateItems(by) {
        memory.write(share, Float32Array.of(by))
        submit(gpu, extrapolation)
      },
      async halfStep(solved, step) {
        const fixed = solved === 'users' ? 'items' : 'users'
        submit(gpu, gramian[fixed].dispatches)
        const [sums, penalties] = await readBack(gpu, signal, [gramian[fixed].gramian, gramian[fixed].penalties])
        const weighted = symmetric(new Float32Array(sums!), columns, factors, unobservedWeight)
        const basis = basisFor(weighted, factors, regularization[solved], step)
        // padding maps onto itself, where it stays zeros
        memory.write(fixedToBasis!, inCorner(basis.fixedToBasis, factors, columns, 1))
        memory.write(solvedToBasis!, inCorner(basis.solvedToBasis, factors, columns, 1))
        memory.write(solvedFromBasis!, inCorner(basis.solvedFromBasis, factors, columns, 1))
        memory.write(
          diagonal,
          Float32Array.from({ length: columns }, (_, k) => basis.diagonal[k] ?? 1),
        )
        memory.write(how, settings(step, factors, bias, basis.lambdaShare))
        submit(gpu, [
          ...change[fixed]('to', fixedToBasis!),
          ...change[solved]('to', solvedToBasis!),
          ...solve[solved],
          ...change[solved]('from', solvedFromBasis!),
        ])
        const losses = await readBack(
          gpu,
          signal,
          sides[solved].blocks.map(({ losses }) => losses),
        )
        return [penalties!, ...losses].reduce((sum, values) => sum + total(new Float32Array(values)), 0)
      },
      state: async () => ({
        userFactors: await get(users, rowsOf(users)),
        itemFactors: await get(items, rowsOf(items)),
        previousItemFactors: await get(items, previousItems),
      }),
      async load({ userFactors, itemFactors, previousItemFactors }) {
        put(users, rowsOf(users), userFactors)
        put(items, rowsOf(items), itemFactors)
        put(items, previousItems, previousItemFactors)
      },
      close: async () => memory.destroy(),
    }
  } catch (error) {
    memory.destroy()
    throw error
  }
}

/**
 * Bytes that the solvers of one iteration ask the GPU's memory for: each pass gathers the rows of all likes, on both
 * sides. Caches answer for the popular ones, so an iteration may well be faster than these over the bandwidth.
 */
export function gatheredBytes({ likes, factors }: AlsProblem, steps: number): number {
  return 2 * (steps + 1) * likes.indices.length * paddedRow(factors).quads * 16
}

/** Teams of a workgroup with `wanted` lanes, or with as many as the device and its workgroup memory hold. */
function teamsThatFit(gpu: GpuHandle, quads: number, lanes: number, hasSubgroups: boolean, wanted: number): number {
  const teamBytes = quads * 16 + 4 + (hasSubgroups ? 0 : lanes * 16)
  const room = Math.floor((gpu.maxWorkgroupBytes - 64) / teamBytes)
  return Math.max(1, Math.min(Math.floor(Math.min(wanted, gpu.maxWorkgroupLanes) / lanes), room))
}

/** α₀·YᵀY (factors × factors) of sums (columns × columns) that hold its upper triangle. */
function symmetric(sums: Float32Array, columns: number, factors: number, unobservedWeight: number): Float64Array {
  const weighted = new Float64Array(factors * factors)
  for (let i = 0; i < factors; i++) {
    for (let j = i; j < factors; j++) {
      const value = unobservedWeight * sums[i * columns + j]!
      weighted[i * factors + j] = value
      weighted[j * factors + i] = value
    }
  }
  return weighted
}

/** Steps without whitening are the same in every orthonormal basis, so those run in the eigenvectors' too. */
function basisFor(weighted: Float64Array, factors: number, lambdas: Float32Array, { solver }: HalfStep): Basis {
  const isOneForAll = lambdas.every((lambda) => lambda === lambdas[0])
  return isOneForAll && solver !== 'cg' ? whitenedBasis(weighted, factors, lambdas[0]!) : eigenBasis(weighted, factors)
}

/** `How` of solve-shader.ts */
function settings(step: HalfStep, factors: number, bias: number, lambdaShare: number): Uint32Array {
  const isExact = step.solver === 'exact'
  const bits = Uint32Array.of(isExact ? factors : step.steps, isExact ? 0 : 1, step.solver === 'cg' ? 0 : 1, 0, 0, 0)
  new Float32Array(bits.buffer).set([isExact ? EXACT_TOLERANCE : 0, bias, lambdaShare], 3)
  return bits
}

function total(values: Float32Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}
