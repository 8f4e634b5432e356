import { describe, expect, test } from 'vitest'
import { trainItemKnn } from '../../../../build/train/item-item/item-knn.ts'
import type { Nearness } from '../../../../build/train/item-item/nearest.ts'
import { randomLikes } from '../../../helpers/random.ts'
import {
  denseWeights,
  farthestApart,
  similarities,
  strongestOfRows,
  transpose,
} from '../../../helpers/reference/item-item.ts'
import { stepHandles } from '../../../helpers/step-handles.ts'

const OPTIONS: Omit<Nearness, 'userDamping'> = { neighbours: 300, shrinkage: 0, asymmetry: 0.5, maxItems: null }
const NUM_ITEMS = 150
const likes = randomLikes(200, NUM_ITEMS, 2)

const train = (change: Partial<typeof OPTIONS> = {}, threads = 2) =>
  trainItemKnn(likes, NUM_ITEMS, { ...OPTIONS, ...change }, stepHandles(), threads)

describe('trainItemKnn', () => {
  test('is the share of common likers: worked by hand', async () => {
    // movie 0 has users a b c, movie 1 a b, movie 2 d: 2 in common, cosine 2/√6; no weight without a common liker
    const few = { indptr: Uint32Array.of(0, 2, 4, 5, 6), indices: Int32Array.of(0, 1, 1, 0, 0, 2) }
    const weights = await trainItemKnn(few, 3, OPTIONS, stepHandles())
    expect([...weights.indptr]).toEqual([0, 1, 2, 2])
    expect([...weights.indices]).toEqual([1, 0])
    for (const weight of weights.weights) expect(weight).toBeCloseTo(2 / Math.sqrt(6), 6)
  })

  test.each([
    { asymmetry: 0.5, shrinkage: 0 },
    { asymmetry: 0.2, shrinkage: 10 },
    { asymmetry: 1, shrinkage: 3 },
  ])('gives what counting pairs gives: %o', async ({ asymmetry, shrinkage }) => {
    const expected = similarities(likes, NUM_ITEMS, asymmetry, shrinkage)
    // f32 of at most 1
    expect(farthestApart(denseWeights(await train({ asymmetry, shrinkage })), expected)).toBeLessThan(1e-6)
  })

  test('keeps of what speaks for an item the strongest', async () => {
    const all = denseWeights(await train({ asymmetry: 0.4 }))
    const expected = transpose(strongestOfRows(transpose(all), 5))
    expect(denseWeights(await train({ asymmetry: 0.4, neighbours: 5 }))).toEqual(expected)
  })

  test('leaves out all but the most liked items', async () => {
    const rows = denseWeights(await train({ maxItems: 3 }))
    expect(rows.flatMap((row, i) => (row.some((weight) => weight > 0) ? [i] : []))).toEqual([0, 1, 2])
  })

  test('gives the same bytes with one thread and with three', async () => {
    expect(await train({ neighbours: 10 }, 3)).toEqual(await train({ neighbours: 10 }, 1))
  })

  test('no likes: no weights', async () => {
    const none = { indptr: Uint32Array.of(0, 0), indices: new Int32Array(0) }
    expect((await trainItemKnn(none, 3, OPTIONS, stepHandles())).indptr).toEqual(new Uint32Array(4))
  })

  test('stops when asked to, with the reason', async () => {
    await expect(
      trainItemKnn(likes, NUM_ITEMS, OPTIONS, stepHandles(AbortSignal.abort(new Error('enough')))),
    ).rejects.toThrow('enough')
  })
})

test.each([
  [{ neighbours: 0 }, 'item-knn: neighbours is 0, expected a whole number from 1 up'],
  [{ maxItems: 0 }, 'item-knn: maxItems is 0, expected a whole number from 1 up'],
  [{ shrinkage: -1 }, 'item-knn: shrinkage is -1, expected a number from 0 up'],
  [{ asymmetry: 1.1 }, 'item-knn: asymmetry is 1.1, expected 0 to 1'],
])('what trainItemKnn refuses: %o', async (change, message) => {
  await expect(train(change)).rejects.toThrow(new RangeError(message))
})
