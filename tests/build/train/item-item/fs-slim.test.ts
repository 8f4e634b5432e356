import { describe, expect, test } from 'vitest'
import { type FsSlimOptions, trainFsSlim } from '../../../../build/train/item-item/fs-slim.ts'
import { randomLikes } from '../../../helpers/random.ts'
import { denseWeights, ease, farthestApart, fsSlim } from '../../../helpers/reference/item-item.ts'
import { stepHandles } from '../../../helpers/step-handles.ts'

const OPTIONS: FsSlimOptions = { regularization: 5, dropout: 0, neighbours: 300, userDamping: 0 }
const NUM_ITEMS = 30
/** so many that each two items have a user in common */
const likes = randomLikes(2000, NUM_ITEMS, 2)

const train = (change: Partial<FsSlimOptions> = {}, threads = 2) =>
  trainFsSlim(likes, NUM_ITEMS, { ...OPTIONS, ...change }, stepHandles(), threads)

describe('trainFsSlim', () => {
  test('one neighbour: users in common over likes + λ', async () => {
    // movie 0 has users a b c, movie 1 a b: 2 / (2 + 1) of 1 for 0, 2 / (3 + 1) of 0 for 1
    const two = { indptr: Uint32Array.of(0, 2, 4, 5), indices: Int32Array.of(0, 1, 1, 0, 0) }
    const rows = denseWeights(await trainFsSlim(two, 2, { ...OPTIONS, regularization: 1 }, stepHandles()))
    expect(rows[1]![0]).toBeCloseTo(2 / 3, 6)
    expect(rows[0]![1]).toBeCloseTo(2 / 4, 6)
  })

  test('a user counts less the more he likes, and a like 1 on average', async () => {
    // a likes 0 and 1, b likes 0, 1, 2 and 3; each like of a counts n⁻¹ = 1/2, of b 1/4, scaled by 6 likes / 2: 3/2 and 3/4.
    const two = { indptr: Uint32Array.of(0, 2, 6), indices: Int32Array.of(0, 1, 0, 1, 2, 3) }
    const options = { ...OPTIONS, regularization: 1, neighbours: 1, userDamping: 1 }
    const rows = denseWeights(await trainFsSlim(two, 4, options, stepHandles()))
    // nearest of 0 is 1, of both likers: (3/2 + 3/4) / (3/2 + 3/4 + 1)
    expect(rows[1]![0]).toBeCloseTo(2.25 / 3.25, 6)
    // nearest of 2 is 3: of b alone
    expect(rows[3]![2]).toBeCloseTo(0.75 / 1.75, 6)
  })

  test.each([0, 0.4])('on all others it is EASE, with dropout %d too', async (dropout) => {
    // in f32, of systems with a condition number of up to 10²
    const expected = ease(likes, NUM_ITEMS, OPTIONS.regularization, dropout)
    expect(farthestApart(denseWeights(await train({ dropout })), expected)).toBeLessThan(2e-5)
  })

  test.each([1, 7, 20])('on %d neighbours gives what plain elimination on these gives', async (neighbours) => {
    const expected = fsSlim(likes, NUM_ITEMS, OPTIONS.regularization, neighbours)
    expect(farthestApart(denseWeights(await train({ neighbours })), expected)).toBeLessThan(2e-5)
  })

  test('gives the same bytes with one thread and with three', async () => {
    expect(await train({ neighbours: 10 }, 3)).toEqual(await train({ neighbours: 10 }, 1))
  })

  test.each([
    ['no users', { indptr: Uint32Array.of(0), indices: new Int32Array(0) }, 3],
    ['no likes', { indptr: Uint32Array.of(0, 0, 0), indices: new Int32Array(0) }, 3],
    ['one item', { indptr: Uint32Array.of(0, 1, 2), indices: Int32Array.of(0, 0) }, 1],
    ['nobody who likes two', { indptr: Uint32Array.of(0, 1, 2), indices: Int32Array.of(0, 1) }, 2],
  ])('%s: no weights', async (_, few, numItems) => {
    const weights = await trainFsSlim(few, numItems, OPTIONS, stepHandles())
    expect(weights.indptr).toEqual(new Uint32Array(numItems + 1))
  })

  test('says that λ is too small where single precision does not hold a system', async () => {
    // all three have the same likers, so that without λ no system has one solution
    const same = { indptr: Uint32Array.of(0, 3, 6, 9), indices: Int32Array.of(0, 1, 2, 0, 1, 2, 0, 1, 2) }
    await expect(trainFsSlim(same, 3, { ...OPTIONS, regularization: 1e-9 }, stepHandles())).rejects.toThrow(
      'fs-slim: 3 of 3 items have a system that is not positive definite; regularization 1e-9 is too small for the data',
    )
  })

  test('stops when asked to, with the reason', async () => {
    await expect(
      trainFsSlim(likes, NUM_ITEMS, OPTIONS, stepHandles(AbortSignal.abort(new Error('enough')))),
    ).rejects.toThrow('enough')
  })
})

test.each([
  [{ neighbours: 0 }, 'fs-slim: neighbours is 0, expected a whole number from 1 up'],
  [{ regularization: 0 }, 'fs-slim: regularization is 0, expected a number above 0'],
  [{ dropout: 1 }, 'fs-slim: dropout is 1, expected 0 up to below 1'],
  [{ userDamping: 2 }, 'fs-slim: userDamping is 2, expected 0 to 1'],
])('what trainFsSlim refuses: %o', async (change, message) => {
  await expect(train(change)).rejects.toThrow(new RangeError(message))
})
