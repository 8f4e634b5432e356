import { describe, expect, test } from 'vitest'
import type { NextScale } from '../../../../build/train/sequence/features.ts'
import { type NearestNextOptions, trainNearestNext } from '../../../../build/train/sequence/nearest-next.ts'
import { NO_HISTORIES, noWeights } from '../../../helpers/no-histories.ts'
import { randomHistories } from '../../../helpers/random.ts'
import { denseWeights, farthestApart } from '../../../helpers/reference/item-item.ts'
import { nearestNextWeights, nextWeights } from '../../../helpers/reference/sequence.ts'
import { stepHandles } from '../../../helpers/step-handles.ts'

const NUM_ITEMS = 15
const SCALES: NextScale[] = [
  { length: 3, recencyHalfLife: 1, regularization: 4, maxItems: null, neighbours: null },
  { length: 12, recencyHalfLife: 5, regularization: 9, maxItems: null, neighbours: null },
]
const OPTIONS: NearestNextOptions = { scales: SCALES, neighbours: 1000 }
/** so many that each goes before each some time; some users took one thing twice */
const histories = randomHistories(600, NUM_ITEMS, 1)

const train = async (change: Partial<NearestNextOptions> = {}, threads = 2) =>
  (await trainNearestNext(histories, NUM_ITEMS, { ...OPTIONS, ...change }, stepHandles(), threads)).flatMap(
    denseWeights,
  )

describe('trainNearestNext', () => {
  test('of two histories 0 → 1 the first item speaks for the second: the closed form', async () => {
    const two = { indptr: Uint32Array.of(0, 2, 4), indices: Int32Array.of(0, 1, 0, 1) }
    const scales = [{ length: 1, recencyHalfLife: 1, regularization: 1 }]
    const [weights] = await trainNearestNext(two, 2, { ...OPTIONS, scales }, stepHandles())
    expect([...weights!.indptr]).toEqual([0, 1, 1])
    expect([...weights!.indices]).toEqual([1])
    expect(weights!.weights[0]).toBeCloseTo(2 / 3, 6)
  })

  test('on all features it is the regression on every item', async () => {
    // sums and systems in f32, with condition numbers of about 10²
    expect(farthestApart(await train(), nextWeights(histories, NUM_ITEMS, SCALES))).toBeLessThan(5e-5)
  })

  test.each([1, 6, 15])('on %d features gives what plain elimination on these gives', async (neighbours) => {
    // no item twice, so that what features are compared by is what stands on the system's diagonal
    const once = withoutRepeats(histories)
    const weights = await trainNearestNext(once, NUM_ITEMS, { ...OPTIONS, neighbours }, stepHandles())
    const expected = nearestNextWeights(once, NUM_ITEMS, SCALES, neighbours)
    expect(farthestApart(weights.flatMap(denseWeights), expected)).toBeLessThan(5e-5)
  })

  test('gives the same bytes with one thread and with three', async () => {
    expect(await train({ neighbours: 10 }, 3)).toEqual(await train({ neighbours: 10 }, 1))
  })

  test.each(NO_HISTORIES)('%s: no weights', async (_, few, numItems) => {
    const none = noWeights(numItems)
    expect(await trainNearestNext(few, numItems, OPTIONS, stepHandles())).toEqual([none, none])
  })

  test('says that λ is too small where single precision does not hold a system', async () => {
    // two scales that see the same say the same
    const same = { indptr: Uint32Array.of(0, 2, 4, 6), indices: Int32Array.of(0, 1, 0, 1, 0, 1) }
    const scale = { length: 5, recencyHalfLife: 1, regularization: 1e-9 }
    const scales = [scale, scale, scale]
    await expect(trainNearestNext(same, 2, { ...OPTIONS, scales }, stepHandles())).rejects.toThrow(
      'next: 1 of 2 items have a system that is not positive definite; raise the regularization of the scales',
    )
  })

  test('stops when asked to, with the reason', async () => {
    await expect(
      trainNearestNext(histories, NUM_ITEMS, OPTIONS, stepHandles(AbortSignal.abort(new Error('enough')))),
    ).rejects.toThrow('enough')
  })
})

function withoutRepeats({ indptr, indices }: typeof histories): typeof histories {
  const rows = Array.from({ length: indptr.length - 1 }, (_, user) => [
    ...new Set(indices.subarray(indptr[user]!, indptr[user + 1]!)),
  ])
  const starts = Uint32Array.from({ length: rows.length + 1 }, (_, user) => rows.slice(0, user).flat().length)
  return { indptr: starts, indices: Int32Array.from(rows.flat()) }
}
