import { describe, expect, test } from 'vitest'
import type { ItemWeights } from '../../../../build/nouns.ts'
import type { NextScale } from '../../../../build/train/sequence/features.ts'
import { LONGEST_ROW } from '../../../../build/train/sequence/kept-rows.ts'
import { type NextOptions, trainNext } from '../../../../build/train/sequence/next.ts'
import { NO_HISTORIES, noWeights } from '../../../helpers/no-histories.ts'
import { randomHistories } from '../../../helpers/random.ts'
import { denseWeights, farthestApart, strongestOfRows } from '../../../helpers/reference/item-item.ts'
import { nextWeights } from '../../../helpers/reference/sequence.ts'
import { stepHandles } from '../../../helpers/step-handles.ts'

/** More than a tile of 128, so that both scales have tiles before and behind their own. */
const NUM_ITEMS = 150
const SCALES: NextScale[] = [
  { length: 3, recencyHalfLife: 1, regularization: 4, maxItems: null, neighbours: null },
  { length: 12, recencyHalfLife: 5, regularization: 9, maxItems: null, neighbours: null },
]
const OPTIONS: NextOptions = { scales: SCALES, maxItems: null, minOccurrences: 1 }

const histories = randomHistories(150, NUM_ITEMS, 1)
const COUNTS = Array.from(
  { length: NUM_ITEMS },
  (_, item) => histories.indices.filter((other) => other === item).length,
)

const train = (change: Partial<NextOptions> = {}, threads = 2) =>
  trainNext(histories, NUM_ITEMS, { ...OPTIONS, ...change }, stepHandles(), threads)

const dense = (weights: ItemWeights[]) => weights.flatMap(denseWeights)

describe('trainNext', () => {
  test('of two histories 0 → 1 the first item speaks for the second: the closed form', async () => {
    // only item 0 is ever before another: XᵀX = 2, XᵀY = 2 for item 1, so B₀₁ = 2 / (2 + 1)
    const two = { indptr: Uint32Array.of(0, 2, 4), indices: Int32Array.of(0, 1, 0, 1) }
    const scales = [{ length: 1, recencyHalfLife: 1, regularization: 1, maxItems: null, neighbours: null }]
    const [weights] = await trainNext(two, 2, { ...OPTIONS, scales }, stepHandles())
    expect([...weights!.indptr]).toEqual([0, 1, 1])
    expect([...weights!.indices]).toEqual([1])
    expect(weights!.weights[0]).toBeCloseTo(2 / 3, 6)
  })

  test('gives the weights of plain elimination on features written out', async () => {
    // the inverse in f32 has a condition number of about 10²
    expect(farthestApart(dense(await train()), nextWeights(histories, NUM_ITEMS, SCALES))).toBeLessThan(1e-5)
  })

  test('a scale longer than every history sees all of it', async () => {
    const long = [{ ...SCALES[1]!, length: 1000 }]
    const all = [{ ...SCALES[1]!, length: 25 }]
    expect(await train({ scales: long })).toEqual(await train({ scales: all }))
  })

  test('the order of the history counts', async () => {
    const backwards = {
      indptr: Uint32Array.of(0, 2, 4),
      indices: Int32Array.of(1, 0, 1, 0),
    }
    const [weights] = await trainNext(backwards, 2, OPTIONS, stepHandles())
    expect(denseWeights(weights!)[0]).toEqual([0, 0])
    expect(denseWeights(weights!)[1]![0]).toBeGreaterThan(0)
  })

  test('keeps of each scale the weights that move scores most, some an item on average', async () => {
    const all = await train()
    const kept = await train({ scales: SCALES.map((scale, at) => ({ ...scale, neighbours: 3 + 2 * at })) })
    const most = LONGEST_ROW * 5 // a row may have, here of the second scale's average, the same for all
    for (const [scale, weights] of kept.entries()) {
      const rows = strongestOfRows(denseWeights(all[scale]!), most)
      const moved = rows.flatMap((row, item) => row.map((weight) => weight ** 2 * COUNTS[item]!)).sort((a, b) => b - a)
      const speaking = rows.filter((row) => row.some((weight) => weight !== 0)).length
      const least = moved[speaking * (3 + 2 * scale) - 1]!
      const expected = rows.map((row, item) => row.map((weight) => (weight ** 2 * COUNTS[item]! < least ? 0 : weight)))
      expect(denseWeights(weights)).toEqual(expected)
    }
  })

  test('only the most frequent items speak at a restricted scale', async () => {
    const [short, long] = await train({ scales: [SCALES[0]!, { ...SCALES[1]!, maxItems: 20 }] })
    const order = COUNTS.map((_, item) => item).sort((a, b) => COUNTS[b]! - COUNTS[a]! || a - b)
    const speaking = denseWeights(long!).map((row) => row.some((weight) => weight !== 0))
    expect(order.filter((item) => speaking[item]).sort()).toEqual(order.slice(0, 20).sort())
    expect(denseWeights(short!).filter((row) => row.some((weight) => weight !== 0)).length).toBeGreaterThan(100)
  })

  test('items that occur too seldom do not speak, and are recommended all the same', async () => {
    const seldom = COUNTS.map((count) => count < 10)
    for (const weights of await train({ minOccurrences: 10 })) {
      const rows = denseWeights(weights)
      expect(rows.every((row, item) => row.every((weight) => weight === 0) === seldom[item])).toBe(true)
      expect(rows.some((row) => row.some((weight, item) => weight !== 0 && seldom[item]))).toBe(true)
    }
  })

  test('restricting what is recommended leaves the other weights as they are', async () => {
    const all = dense(await train())
    const few = dense(await train({ maxItems: 20 }))
    const recommended = few[0]!.map((_, item) => few.some((row) => row[item] !== 0))
    expect(recommended.filter(Boolean)).toHaveLength(20)
    expect(few).toEqual(all.map((row) => row.map((weight, item) => (recommended[item] ? weight : 0))))
  })

  test('gives the same bytes with one thread and with three', async () => {
    const scales = SCALES.map((scale) => ({ ...scale, neighbours: 10 }))
    expect(await train({ scales }, 3)).toEqual(await train({ scales }, 1))
  })

  test.each(NO_HISTORIES)('%s: no weights', async (_, few, numItems) => {
    const none = noWeights(numItems)
    expect(await trainNext(few, numItems, OPTIONS, stepHandles())).toEqual([none, none])
  })

  test('says how far it is', async () => {
    const told = stepHandles()
    await trainNext(histories, NUM_ITEMS, OPTIONS, told)
    expect(told.labels[0]).toBe('train next 0/6')
    expect(told.labels.at(-1)).toBe('train next 6/6')
  })

  test('stops when asked to, with the reason', async () => {
    const controller = new AbortController()
    const told = stepHandles(controller.signal)
    told.progress.update = () => controller.abort(new Error('enough'))
    await expect(trainNext(histories, NUM_ITEMS, OPTIONS, told)).rejects.toThrow('enough')
  })
})

describe('what trainNext refuses', () => {
  const [short] = SCALES
  test.each([
    [{ scales: [] }, 'next: no scales, expected at least one'],
    [{ scales: [{ ...short!, length: 0 }] }, 'next: length of scale 1 is 0, expected a whole number from 1 up'],
    [
      { scales: [{ ...short!, recencyHalfLife: 0 }] },
      'next: recencyHalfLife of scale 1 is 0, expected a number above 0',
    ],
    [
      { scales: [{ ...short!, regularization: -1 }] },
      'next: regularization of scale 1 is -1, expected a number above 0',
    ],
    [
      { scales: [{ ...short!, neighbours: 0 }] },
      'next: neighbours of scale 1 is 0, expected a whole number from 1 up, or null for all',
    ],
    [{ maxItems: 1.5 }, 'next: maxItems is 1.5, expected a whole number from 1 up, or null for all'],
    [
      { scales: [short!, { ...short!, maxItems: 0 }] },
      'next: maxItems of scale 2 is 0, expected a whole number from 1 up, or null for all',
    ],
  ])('%o', async (change, message) => {
    await expect(train(change)).rejects.toThrow(new RangeError(message))
  })

  test('an item out of range', async () => {
    const wrong = { indptr: Uint32Array.of(0, 1), indices: Int32Array.of(4) }
    await expect(trainNext(wrong, 4, OPTIONS, stepHandles())).rejects.toThrow('index 4 at 0, expected 0 to 3')
  })

  test('more features than fit, saying how many do', async () => {
    const many = {
      indptr: Uint32Array.of(0, 60_000),
      indices: Int32Array.from({ length: 60_000 }, (_, item) => item),
    }
    await expect(trainNext(many, 60_000, { ...OPTIONS, maxItems: 5000 }, stepHandles(), 1)).rejects.toThrow(
      /^next: 120064 features and 5000 items take \d\d\.\d GiB, a WebAssembly memory holds 4; set maxItems of the scales to \d+ in all/,
    )
  })

  test('a λ that single precision does not hold, saying what to do', async () => {
    // two scales that see the same: the matrix is singular but for λ, which f32 cannot see beside 200
    const same = {
      indptr: Uint32Array.from({ length: 201 }, (_, user) => 2 * user),
      indices: Int32Array.from({ length: 400 }, (_, at) => at % 2),
    }
    const scales = [1, 2].map(() => ({ ...short!, regularization: 1e-6 }))
    await expect(trainNext(same, 2, { ...OPTIONS, scales }, stepHandles(), 1)).rejects.toThrow(
      /^next: .*; raise the regularization of the scales: single precision does not hold the problem$/,
    )
  })
})
