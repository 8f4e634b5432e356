import { describe, expect, test } from 'vitest'
import type { AlsProblem, AlsSession, HalfStep } from '../../../../build/train/als/als-problem.ts'
import { openCpuAls } from '../../../../build/train/als/als-session.ts'
import { gatheredBytes, openGpuAls } from '../../../../build/train/gpu/als.ts'
import type { GpuHandle } from '../../../../build/train/gpu/open-gpu.ts'
import { paddedRow } from '../../../../build/train/gpu/padded.ts'
import { rowLengths, transposed } from '../../../../build/train/sparse-rows.ts'
import { gpuForTests } from '../../../helpers/gpu.ts'
import { randomLikes, randomMatrix } from '../../../helpers/random.ts'
import { dot, foldIn, objective, rowsOf } from '../../../helpers/reference.ts'

const USERS = 90
const ITEMS = 50
const FACTORS = 16
const SIGNAL = new AbortController().signal
const TWO_STEPS: HalfStep = { solver: 'whitenedCg', steps: 2 }
const EXACT: HalfStep = { solver: 'exact' }

const likes = randomLikes(USERS, ITEMS, 1)
const likedBy = (user: number) => Array.from(likes.indices.subarray(likes.indptr[user]!, likes.indptr[user + 1]!))

/** One λ for all, each like weighs 1. */
const CONSTANT: AlsProblem = {
  likes,
  numItems: ITEMS,
  factors: FACTORS,
  weights: null,
  bias: 0,
  unobservedWeight: 0.2,
  regularization: { users: new Float32Array(USERS).fill(1), items: new Float32Array(ITEMS).fill(1.5) },
  initialItemFactors: initialRows(FACTORS),
}
/** Every like with a weight, every row with a λ of its own. */
const VARIED: AlsProblem = {
  ...CONSTANT,
  weights: Float32Array.from(likes.indices, (_, like) => 0.5 + (like % 5)),
  bias: 0.2,
  regularization: {
    users: rowLengths(likes).map((count) => 0.1 * (count + 1)),
    items: rowLengths(transposed(likes, ITEMS)).map((count) => 0.1 * (count + 1)),
  },
}

/** Zeros for an item that nobody likes, as the start of an ALS has them. */
function initialRows(factors: number): Float32Array {
  const rows = randomMatrix(ITEMS, factors, 3, 1 / Math.sqrt(factors))
  for (const [item, count] of rowLengths(transposed(likes, ITEMS)).entries())
    if (count === 0) rows.fill(0, item * factors, (item + 1) * factors)
  return rows
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((most, value, k) => Math.max(most, Math.abs(value - b[k]!)), 0)
}

async function withSession<T>(
  session: AlsSession | Promise<AlsSession>,
  use: (als: AlsSession) => Promise<T>,
): Promise<T> {
  const als = await session
  try {
    return await use(als)
  } finally {
    await als.close()
  }
}

/** Two iterations: the losses after each half-step, and where they end. */
async function twoIterations(als: AlsSession, how: HalfStep) {
  const losses: number[] = []
  for (const momentum of [0, 0.3]) {
    await als.extrapolateItems(momentum)
    losses.push(await als.halfStep('users', how), await als.halfStep('items', how))
  }
  return { losses, ...(await als.state()) }
}

async function compareWithCpu(problem: AlsProblem, gpu: GpuHandle, how: HalfStep): Promise<void> {
  const expected = await withSession(openCpuAls(problem, SIGNAL, 1), (als) => twoIterations(als, how))
  const found = await withSession(openGpuAls(problem, gpu, SIGNAL), (als) => twoIterations(als, how))
  // f32 sums of up to some hundred terms, on systems with a condition of at most 1 + w/α₀ once whitened
  for (const [step, loss] of found.losses.entries())
    expect(Math.abs(loss / expected.losses[step]! - 1)).toBeLessThan(1e-6)
  expect(largestDifference(found.userFactors, expected.userFactors)).toBeLessThan(2e-5)
  expect(largestDifference(found.itemFactors, expected.itemFactors)).toBeLessThan(2e-5)
  expect(largestDifference(found.previousItemFactors, expected.previousItemFactors)).toBeLessThan(2e-5)
}

const gpu = await gpuForTests()

// a software driver takes seconds to compile the kernels, on a loaded machine many
describe.skipIf(!gpu)('openGpuAls', { timeout: 120_000 }, () => {
  const device = gpu!

  test('takes the same steps as the CPU', () => compareWithCpu(CONSTANT, device, TWO_STEPS))

  test('solves exactly what the CPU solves by Cholesky', () => compareWithCpu(CONSTANT, device, EXACT))

  test('takes the unwhitened steps of implicit', () => compareWithCpu(CONSTANT, device, { solver: 'cg', steps: 3 }))

  test('so with weights, a bias and a λ for each row', () => compareWithCpu(VARIED, device, EXACT))

  test('so without subgroups', () =>
    compareWithCpu({ ...VARIED, unobservedWeight: 0.1 }, { ...device, subgroupLanes: 0 }, EXACT))

  test('so in buffers that hold a few rows each', async () => {
    // 16 factors are 64 bytes, a like 4: at most 30 rows each, or fewer with many likes
    await compareWithCpu(CONSTANT, { ...device, maxBindingBytes: 30 * 64 }, TWO_STEPS)
  })

  test.each([8, 72])('so with %i factors, which are padded', (factors) =>
    compareWithCpu({ ...CONSTANT, factors, initialItemFactors: initialRows(factors) }, device, TWO_STEPS),
  )

  test('every row solves its system, and the loss is the objective', async () => {
    const { loss, userFactors, itemFactors } = await withSession(openGpuAls(VARIED, device, SIGNAL), async (als) => {
      await als.halfStep('items', EXACT)
      const loss = await als.halfStep('users', EXACT)
      return { loss, ...(await als.state()) }
    })
    const items = rowsOf(itemFactors, FACTORS)
    const weightsOf = (user: number) =>
      Array.from(VARIED.weights!.subarray(likes.indptr[user]!, likes.indptr[user + 1]!))
    for (const [user, row] of rowsOf(userFactors, FACTORS).entries()) {
      const regularization = VARIED.regularization.users[user]!
      const expected = foldIn(items, likedBy(user), weightsOf(user), { ...VARIED, regularization })
      const error = row.map((value, k) => value - expected[k]!)
      // 1e-6 of the right side, times the condition of at most 1 + w/α₀ = 23.5
      expect(Math.sqrt(dot(error, error))).toBeLessThan(3e-5 * (1 + Math.sqrt(dot(expected, expected))))
    }
    const expected = objective(rowsOf(userFactors, FACTORS), items, {
      likedBy,
      weightsOf,
      unobservedWeight: VARIED.unobservedWeight,
      bias: VARIED.bias,
      regularization: (side, row) => VARIED.regularization[side][row]!,
    })
    expect(Math.abs(loss / expected - 1)).toBeLessThan(1e-5)
  })

  test('gives the same bytes again, also when it goes on from a state', async () => {
    const once = await withSession(openGpuAls(CONSTANT, device, SIGNAL), (als) => twoIterations(als, TWO_STEPS))
    const again = await withSession(openGpuAls(CONSTANT, device, SIGNAL), async (als) => {
      await als.extrapolateItems(0)
      await als.halfStep('users', TWO_STEPS)
      await als.halfStep('items', TWO_STEPS)
      return als.state()
    })
    const goneOn = await withSession(openGpuAls(CONSTANT, device, SIGNAL), async (als) => {
      await als.load(again)
      await als.extrapolateItems(0.3)
      await als.halfStep('users', TWO_STEPS)
      await als.halfStep('items', TWO_STEPS)
      return als.state()
    })
    expect(goneOn.userFactors).toEqual(once.userFactors)
    expect(goneOn.itemFactors).toEqual(once.itemFactors)
  })

  test('a row without likes is zeros, whatever it was', async () => {
    const state = await withSession(openGpuAls(CONSTANT, device, SIGNAL), async (als) => {
      const ones = (rows: number) => new Float32Array(rows * FACTORS).fill(1)
      await als.load({ userFactors: ones(USERS), itemFactors: ones(ITEMS), previousItemFactors: ones(ITEMS) })
      await als.halfStep('users', TWO_STEPS)
      return als.state()
    })
    const idle = rowLengths(likes).indexOf(0)
    expect(state.userFactors.subarray(idle * FACTORS, (idle + 1) * FACTORS)).toEqual(new Float32Array(FACTORS))
  })

  test('stops when asked to, with the reason', async () => {
    const controller = new AbortController()
    await withSession(openGpuAls(CONSTANT, device, controller.signal), async (als) => {
      controller.abort(new Error('enough'))
      await expect(als.halfStep('users', TWO_STEPS)).rejects.toThrow('enough')
    })
    await expect(openGpuAls(CONSTANT, device, controller.signal)).rejects.toThrow('enough')
  })

  test('refuses a regularization that single precision does not hold', async () => {
    const none = { ...CONSTANT, regularization: { users: new Float32Array(USERS), items: new Float32Array(ITEMS) } }
    await withSession(openGpuAls(none, device, SIGNAL), async (als) => {
      await als.load({
        userFactors: new Float32Array(USERS * FACTORS),
        itemFactors: new Float32Array(ITEMS * FACTORS),
        previousItemFactors: new Float32Array(ITEMS * FACTORS),
      })
      await expect(als.halfStep('users', TWO_STEPS)).rejects.toThrow(
        'als: pivot 0 is not above 0; regularization 0 is too small for the data',
      )
    })
  })

  test('refuses a fixed side in more buffers than the device binds', async () => {
    // 20 rows fit, but not the likes of every 20: 10 a buffer
    const narrow = { ...device, maxBindingBytes: 20 * 64, maxStorageBuffers: 6 }
    await expect(openGpuAls(CONSTANT, narrow, SIGNAL)).rejects.toThrow(
      /^als: 50 fixed rows lie in 5 buffers of up to 0\.0 MiB, .+ binds 2 at a time$/,
    )
  })
})

describe('paddedRow', () => {
  test.each([
    // factors → quads of a row, lanes of a team
    [8, 2, 2],
    [16, 4, 4],
    [24, 8, 8],
    [64, 16, 16],
    [128, 32, 32],
    [136, 64, 32],
    [256, 64, 32],
    [320, 96, 32],
    [512, 128, 32],
  ])('%i factors: %i quads, %i lanes', (factors, quads, lanes) => {
    expect(paddedRow(factors)).toEqual({ quads, lanes })
  })

  test('refuses more than 512 factors', () => {
    expect(() => paddedRow(520)).toThrow(new RangeError('factors is 520, expected 1 to 512 on a GPU'))
  })
})

test('gatheredBytes: two sides, a pass a step and one for the start, all likes, padded rows', () => {
  // 2 · (2 + 1) · likes · 16 factors · 4 bytes
  expect(gatheredBytes(CONSTANT, 2)).toBe(6 * likes.indices.length * 64)
})
