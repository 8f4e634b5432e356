import { describe, expect, test } from 'vitest'
import { type BprOptions, trainBpr } from '../../../build/train/bpr.ts'
import type { SparseRows } from '../../../build/train/sparse-rows.ts'
import { randomLikes } from '../../helpers/random.ts'
import { learnBpr } from '../../helpers/reference/bpr.ts'
import { stepHandles } from '../../helpers/step-handles.ts'

const OPTIONS: BprOptions = {
  factors: 8,
  epochs: 5,
  learningRate: 0.1,
  regularization: 0.01,
  negatives: 'uniform',
  initialScale: 0.5,
}

const likedBy = ({ indptr, indices }: SparseRows) =>
  Array.from({ length: indptr.length - 1 }, (_, user) => Array.from(indices.subarray(indptr[user]!, indptr[user + 1]!)))

/** users of even number like the first half of the items, the others the second half; each all but one in four */
function twoTastes(numUsers: number, numItems: number): SparseRows {
  const rows = Array.from({ length: numUsers }, (_, user) =>
    Array.from({ length: numItems }, (_, item) => item).filter(
      (item) => item < numItems / 2 === (user % 2 === 0) && (item + user) % 4 !== 0,
    ),
  )
  const indptr = new Uint32Array(numUsers + 1)
  for (const [user, row] of rows.entries()) indptr[user + 1] = indptr[user]! + row.length
  return { indptr, indices: Int32Array.from(rows.flat()) }
}

describe('trainBpr', () => {
  test.each(['uniform', 'popularity'] as const)('takes the steps of its slow twin, negatives %s', async (negatives) => {
    const likes = randomLikes(40, 30, 1) // below 512 likes: one block
    const options = { ...OPTIONS, negatives }
    const trained = await trainBpr(likes, 30, options, 7, stepHandles(), 1)
    const learningRates = Array.from({ length: 5 }, (_, epoch) => 0.1 * (1 - (0.9 * epoch) / 4))
    const slow = learnBpr(likedBy(likes), 30, { ...options, learningRates }, 7)
    // f32 against f64 over five epochs of values about 0.2
    for (const [at, value] of slow.users.flat().entries())
      expect(Math.abs(trained.userFactors[at]! - value)).toBeLessThan(1e-5)
    for (const [at, value] of slow.items.flat().entries())
      expect(Math.abs(trained.itemFactors[at]! - value)).toBeLessThan(1e-5)
    for (const [epoch, loss] of slow.losses.entries()) expect(trained.losses[epoch]).toBeCloseTo(loss, 5)
  })

  test('gives the same bytes with one thread and with three', async () => {
    const likes = twoTastes(120, 80) // 3,600 likes: five blocks
    const one = await trainBpr(likes, 80, OPTIONS, 7, stepHandles(), 1)
    expect(await trainBpr(likes, 80, OPTIONS, 7, stepHandles(), 3)).toEqual(one)
  })

  test('gives other factors for another seed', async () => {
    const likes = randomLikes(40, 30, 1)
    const one = await trainBpr(likes, 30, OPTIONS, 7, stepHandles(), 1)
    expect((await trainBpr(likes, 30, OPTIONS, 8, stepHandles(), 1)).itemFactors).not.toEqual(one.itemFactors)
  })

  test('ranks what a user of the same taste likes above the rest', async () => {
    const likes = twoTastes(120, 80)
    const { userFactors, itemFactors, losses } = await trainBpr(
      likes,
      80,
      { ...OPTIONS, epochs: 30 },
      7,
      stepHandles(),
      2,
    )
    const score = (user: number, item: number) =>
      itemFactors.subarray(item * 8, item * 8 + 8).reduce((sum, y, k) => sum + y * userFactors[user * 8 + k]!, 0)
    // (item + user) % 4 = 0: held out
    expect(score(0, 4)).toBeGreaterThan(score(0, 44))
    expect(score(1, 43)).toBeGreaterThan(score(1, 3))
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2)
  })

  test('a user who likes everything, and nobody else: no pair, loss 0, factors as at the start', async () => {
    const all = { indptr: Uint32Array.of(0, 3), indices: Int32Array.of(2, 0, 1) }
    const { losses, itemFactors } = await trainBpr(all, 3, OPTIONS, 7, stepHandles(), 1)
    expect(losses).toEqual([0, 0, 0, 0, 0])
    const slow = learnBpr([[2, 0, 1]], 3, { ...OPTIONS, learningRates: [] }, 7)
    expect(itemFactors).toEqual(Float32Array.from(slow.items.flat()))
  })

  test('users and items without likes have zeros', async () => {
    const likes = { indptr: Uint32Array.of(0, 1, 1, 2), indices: Int32Array.of(1, 2) }
    const { userFactors, itemFactors } = await trainBpr(likes, 4, OPTIONS, 7, stepHandles(), 1)
    const used = (rows: Float32Array) =>
      [0, 1, 2, 3].filter((row) => rows.subarray(row * 8, row * 8 + 8).some((value) => value !== 0))
    expect(used(userFactors)).toEqual([0, 2])
    expect(used(itemFactors)).toEqual([1, 2])
  })

  test('no likes: all zeros, no epoch', async () => {
    const none = { indptr: Uint32Array.of(0, 0), indices: new Int32Array(0) }
    expect(await trainBpr(none, 2, OPTIONS, 7, stepHandles())).toEqual({
      itemFactors: new Float32Array(16),
      userFactors: new Float32Array(8),
      losses: [],
    })
  })

  test('says how far it is, and stops when asked to', async () => {
    const controller = new AbortController()
    const told = stepHandles(controller.signal)
    await trainBpr(randomLikes(20, 30, 1), 30, { ...OPTIONS, epochs: 2 }, 7, told, 1)
    expect(told.steps).toEqual([0, 1, 2])
    controller.abort(new Error('enough'))
    await expect(trainBpr(randomLikes(20, 30, 1), 30, OPTIONS, 7, told, 1)).rejects.toThrow('enough')
  })

  test.each([
    [{ factors: 12 }, 'factors is 12, expected a multiple of 8'],
    [{ epochs: 0 }, 'epochs is 0, expected a whole number from 1 up'],
    [{ learningRate: Number.NaN }, 'learningRate is NaN, expected a number above 0'],
    [{ regularization: -1 }, 'regularization is -1, expected a number from 0 to below 1 / learningRate'],
  ])('refuses %o', async (change, message) => {
    const options = { ...OPTIONS, ...change }
    await expect(trainBpr(randomLikes(9, 9, 1), 9, options, 7, stepHandles(), 1)).rejects.toThrow(
      new RangeError(message),
    )
  })

  test('a learning rate under which the factors grow beyond all numbers', async () => {
    const options = { ...OPTIONS, learningRate: 1e30, regularization: 0 }
    await expect(trainBpr(randomLikes(20, 30, 1), 30, options, 7, stepHandles(), 1)).rejects.toThrow(
      /^bpr: loss NaN after epoch \d; learningRate 1e\+30 is too large$/,
    )
  })
})
