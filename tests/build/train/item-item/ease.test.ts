import { describe, expect, test } from 'vitest'
import { type EaseOptions, trainEase } from '../../../../build/train/item-item/ease.ts'
import { randomLikes } from '../../../helpers/random.ts'
import { denseWeights, ease, farthestApart, strongestOfRows } from '../../../helpers/reference/item-item.ts'
import { stepHandles } from '../../../helpers/step-handles.ts'

const OPTIONS: EaseOptions = { regularization: 5, dropout: 0, neighbours: null, maxItems: null, precision: 'double' }

/** Three tiles of 128 items, so that a block has tiles before and behind it. */
const NUM_ITEMS = 300
const likes = randomLikes(800, NUM_ITEMS, 1)

const train = (change: Partial<EaseOptions> = {}, threads = 2) =>
  trainEase(likes, NUM_ITEMS, { ...OPTIONS, ...change }, stepHandles(), threads)

describe('trainEase', () => {
  test('two movies that one of two users likes both: the closed form', async () => {
    // XᵀX + I = [[3, 1], [1, 2]], its inverse [[2, −1], [−1, 3]] / 5; B₀₁ = 1/3, B₁₀ = 1/2
    const two = { indptr: Uint32Array.of(0, 2, 3), indices: Int32Array.of(1, 0, 0) }
    const weights = await trainEase(two, 2, { ...OPTIONS, regularization: 1 }, stepHandles())
    expect([...weights.indptr]).toEqual([0, 1, 2])
    expect([...weights.indices]).toEqual([1, 0])
    expect(weights.weights[0]).toBeCloseTo(1 / 3, 6)
    expect(weights.weights[1]).toBeCloseTo(1 / 2, 6)
  })

  test.each([
    // a weight is stored as f32: 6e-8 of the largest, about 0.3; the inverse in f32 has a condition number up to 10³
    ['double', 1e-7],
    ['single', 2e-5],
  ] as const)('in %s precision gives the weights of plain elimination', async (precision, tolerance) => {
    expect(farthestApart(denseWeights(await train({ precision })), ease(likes, NUM_ITEMS, 5))).toBeLessThan(tolerance)
  })

  test('dropout adds to each item’s λ in proportion to its likes', async () => {
    expect(farthestApart(denseWeights(await train({ dropout: 0.3 })), ease(likes, NUM_ITEMS, 5, 0.3))).toBeLessThan(
      1e-7,
    )
  })

  test('keeps of each liked item the weights farthest from 0', async () => {
    const expected = strongestOfRows(denseWeights(await train()), 7)
    expect(denseWeights(await train({ neighbours: 7 }))).toEqual(expected)
  })

  test('restricted to the most liked items is EASE on these alone', async () => {
    const weights = denseWeights(await train({ maxItems: 20 }))
    const counts = new Array<number>(NUM_ITEMS).fill(0)
    for (const item of likes.indices) counts[item]! += 1
    const most = counts
      .map((_, item) => item)
      .sort((a, b) => counts[b]! - counts[a]! || a - b)
      .slice(0, 20)
      .sort((a, b) => a - b)
    const own = {
      indptr: likes.indptr.map((_, user) => likes.indices.subarray(0, likes.indptr[user]!).filter(within).length),
      indices: likes.indices.filter(within).map((item) => most.indexOf(item)),
    }
    const expected = ease(own, 20, 5)
    expect(
      farthestApart(
        most.map((i) => most.map((j) => weights[i]![j]!)),
        expected,
      ),
    ).toBeLessThan(1e-7)
    expect(weights.flat().filter((weight) => weight !== 0)).toHaveLength(20 * 19)

    function within(item: number): boolean {
      return most.includes(item)
    }
  })

  test('gives the same bytes with one thread and with three', async () => {
    expect(await train({ neighbours: 10 }, 3)).toEqual(await train({ neighbours: 10 }, 1))
  })

  test.each([
    ['no users', { indptr: Uint32Array.of(0), indices: new Int32Array(0) }, 3],
    ['no likes', { indptr: Uint32Array.of(0, 0, 0), indices: new Int32Array(0) }, 3],
    ['no items', { indptr: Uint32Array.of(0, 0), indices: new Int32Array(0) }, 0],
    ['one liked item', { indptr: Uint32Array.of(0, 1), indices: Int32Array.of(1) }, 3],
  ])('%s: no weights', async (_, few, numItems) => {
    expect(await trainEase(few, numItems, OPTIONS, stepHandles())).toEqual({
      indptr: new Uint32Array(numItems + 1),
      indices: new Int32Array(0),
      weights: new Float32Array(0),
    })
  })

  test('says how far it is', async () => {
    const told = stepHandles()
    await trainEase(likes, NUM_ITEMS, OPTIONS, told)
    expect(told.labels[0]).toMatch(/^train ease 0\/[23]$/)
    expect(told.labels.at(-1)).toMatch(/^train ease (\d)\/\1$/)
  })

  test('stops when asked to, with the reason', async () => {
    const controller = new AbortController()
    const told = stepHandles(controller.signal)
    told.progress.update = () => controller.abort(new Error('enough'))
    await expect(trainEase(likes, NUM_ITEMS, OPTIONS, told)).rejects.toThrow('enough')
  })
})

describe('what trainEase refuses', () => {
  test.each([
    [{ regularization: 0 }, 'ease: regularization is 0, expected a number above 0'],
    [{ regularization: Number.NaN }, 'ease: regularization is NaN, expected a number above 0'],
    [{ dropout: 1 }, 'ease: dropout is 1, expected 0 up to below 1'],
    [{ neighbours: 0 }, 'ease: neighbours is 0, expected a whole number from 1 up, or null for all'],
    [{ maxItems: 1.5 }, 'ease: maxItems is 1.5, expected a whole number from 1 up, or null for all'],
  ])('%o', async (change, message) => {
    await expect(train(change)).rejects.toThrow(new RangeError(message))
  })

  test('an item out of range', async () => {
    const wrong = { indptr: Uint32Array.of(0, 1), indices: Int32Array.of(4) }
    await expect(trainEase(wrong, 4, OPTIONS, stepHandles())).rejects.toThrow('index 4 at 0, expected 0 to 3')
  })

  test('more items than fit, saying how many do', async () => {
    const many = {
      indptr: Uint32Array.of(0, 100_000),
      indices: Int32Array.from({ length: 100_000 }, (_, item) => item),
    }
    const options = { ...OPTIONS, neighbours: 1 }
    await expect(trainEase(many, 100_000, options, stepHandles(), 1)).rejects.toThrow(
      /^ease: 100000 items take 37\.\d GiB, a WebAssembly memory holds 4; set maxItems to at most 32\d{3}, or precision to single$/,
    )
  })

  test('a λ that single precision does not hold, saying what to do', async () => {
    // two movies with the same 200 likers: the matrix is singular but for λ, which f32 cannot see beside 200
    const same = {
      indptr: Uint32Array.from({ length: 201 }, (_, user) => 2 * user),
      indices: Int32Array.from({ length: 400 }, (_, at) => at % 2),
    }
    const options: EaseOptions = { ...OPTIONS, regularization: 1e-5, precision: 'single' }
    await expect(trainEase(same, 2, options, stepHandles(), 1)).rejects.toThrow(
      /precision to double|regularization 0\.00001 is too small for the data/,
    )
    const { weights } = await trainEase(same, 2, { ...options, precision: 'double' }, stepHandles(), 1)
    expect(weights[0]).toBeCloseTo(1, 5)
  })
})
