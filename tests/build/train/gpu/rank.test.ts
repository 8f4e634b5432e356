import { describe, expect, test } from 'vitest'
import type { GpuHandle } from '../../../../build/train/gpu/open-gpu.ts'
import { openGpuRanker } from '../../../../build/train/gpu/rank.ts'
import { openRanker } from '../../../../build/train/rank/rank.ts'
import { gpuForTests } from '../../../helpers/gpu.ts'
import { randomLikes, randomMatrix } from '../../../helpers/random.ts'

const SIGNAL = new AbortController().signal
const SHAPE = { numUsers: 50, numItems: 203, factors: 8 }

// small whole numbers: their sums are exact in whatever order, and many scores are equal
const whole = (rows: number, seed: number) => randomMatrix(rows, SHAPE.factors, seed).map((value) => Math.round(value))
const userFactors = whole(SHAPE.numUsers, 1)
const itemFactors = whole(SHAPE.numItems, 2)
const seen = randomLikes(SHAPE.numUsers, SHAPE.numItems, 4)
const unranked = Uint8Array.from({ length: SHAPE.numItems }, (_, item) => Number(item % 11 === 3))

const gpu = await gpuForTests()

describe.skipIf(!gpu)('openGpuRanker', { timeout: 120_000 }, () => {
  const device = gpu!

  async function compareWithCpu(k: number, on: GpuHandle): Promise<void> {
    const cpu = openRanker({ ...SHAPE, k, numSeen: seen.indices.length }, SIGNAL, 1)
    const ranker = await openGpuRanker({ ...SHAPE, k }, on, SIGNAL)
    try {
      const expected = await cpu.rank(userFactors, itemFactors, seen, { unranked })
      expect(await ranker.rank(userFactors, itemFactors, seen, { unranked })).toEqual(expected)
    } finally {
      await ranker.close()
      await cpu.close()
    }
  }

  test.each([1, 10, 300])('the lists of length %i are those of the CPU, ties and short lists too', (k) =>
    compareWithCpu(k, device),
  )

  test('so in buffers that hold a few users and items each', () => {
    // 203 items are 816 bytes of scores a user: 5 users; a block of 64 items takes 2048 bytes
    return compareWithCpu(10, { ...device, maxBindingBytes: 4100 })
  })

  test('four items by hand: the tie goes to the lower index, what was seen does not come', async () => {
    // scores 1·(2, 3, 3, 5) = 2, 3, 3, 5 and item 3 was seen
    const shape = { numUsers: 1, numItems: 4, factors: 1, k: 4 }
    const ranker = await openGpuRanker(shape, device, SIGNAL)
    const seenThree = { indptr: Uint32Array.of(0, 1), indices: Int32Array.of(3) }
    expect(await ranker.rank(Float32Array.of(1), Float32Array.of(2, 3, 3, 5), seenThree)).toEqual({
      k: 4,
      items: Int32Array.of(1, 2, 0, -1),
      scores: Float32Array.of(3, 3, 2, Number.NEGATIVE_INFINITY),
    })
    await ranker.close()
  })

  test('refuses what does not fit its shape', async () => {
    const ranker = await openGpuRanker({ ...SHAPE, k: 10 }, device, SIGNAL)
    const short = userFactors.subarray(8)
    await expect(ranker.rank(short, itemFactors, seen)).rejects.toThrow('userFactors has 392 numbers, expected 400')
    await expect(ranker.rank(userFactors, itemFactors.subarray(8), seen)).rejects.toThrow(
      'itemFactors has 1616 numbers',
    )
    await ranker.close()
    await expect(openGpuRanker({ ...SHAPE, k: 1025 }, device, SIGNAL)).rejects.toThrow(
      'k is 1025, expected a whole number from 1 to 1024 on a GPU',
    )
    await expect(openGpuRanker({ ...SHAPE, k: 10 }, { ...device, maxBindingBytes: 800 }, SIGNAL)).rejects.toThrow(
      'ranking: 50 users, 203 items, 8 factors: the scores of one user are beyond what',
    )
  })
})
