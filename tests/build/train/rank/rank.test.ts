import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomSource } from '#core/random.ts'
import { memoryPlan, openEngine } from '../../../../build/train/engine.ts'
import { openRanker, openScoreRanker, type Ranked, type RankOptions } from '../../../../build/train/rank/rank.ts'
import { planRanking, rankInPlace } from '../../../../build/train/rank/rank-in-place.ts'
import type { SparseRows } from '../../../../build/train/sparse-rows.ts'
import { randomLikes } from '../../../helpers/random.ts'
import { rankRows } from '../../../helpers/reference/rank.ts'
import { dot, rowsOf } from '../../../helpers/reference.ts'

const signal = new AbortController().signal
const NOBODY = { indptr: Uint32Array.of(0, 0), indices: new Int32Array(0) }

/** Small whole numbers: sums of their products, times a power of 2, are exact in f32 in any order, and many scores are equal. */
function wholeNumbers(length: number, seed: number): Float32Array {
  const random = randomSource(seed)
  return Float32Array.from({ length }, () => Math.floor(random.uniform() * 5) - 2)
}

const seenBy = ({ indptr, indices }: SparseRows) => {
  return (user: number) => new Set(indices.subarray(indptr[user]!, indptr[user + 1]!))
}

const marked = (mask: Uint8Array) => new Set(Array.from(mask.keys()).filter((item) => mask[item] === 1))

function listsOf({ k, items, scores }: Ranked) {
  return rowsOf(items, k).map((row, user) => ({
    items: row,
    scores: Array.from(scores.subarray(user * k, (user + 1) * k)),
  }))
}

async function rankOnce(
  userFactors: Float32Array,
  itemFactors: Float32Array,
  seen: SparseRows,
  { factors, k, threads = 1, ...options }: { factors: number; k: number; threads?: number } & RankOptions,
) {
  const [numUsers, numItems] = [userFactors.length / factors, itemFactors.length / factors]
  const ranker = openRanker({ numUsers, numItems, factors, k, numSeen: seen.indices.length }, signal, threads)
  try {
    return listsOf(await ranker.rank(userFactors, itemFactors, seen, options))
  } finally {
    await ranker.close()
  }
}

/** a user and items with one factor that counts, of eight */
const eight = (...values: number[]) => Float32Array.from(values.flatMap((value) => [value, 0, 0, 0, 0, 0, 0, 0]))

describe('ranking by factors', () => {
  test('the largest product comes first, equal ones by item index', async () => {
    // 2 · (1, 3, −1, 3) = (2, 6, −2, 6)
    const [list] = await rankOnce(eight(2), eight(1, 3, -1, 3), NOBODY, { factors: 8, k: 3 })
    expect(list).toEqual({ items: [1, 3, 0], scores: [6, 6, 2] })
  })

  test('leaves out what the user has seen and what is not to be ranked, and says −1 where nothing is left', async () => {
    const seen = { indptr: Uint32Array.of(0, 1), indices: Int32Array.of(3) }
    const unranked = Uint8Array.of(0, 1, 0, 0)
    const [list] = await rankOnce(eight(2), eight(1, 3, -1, 3), seen, { factors: 8, k: 3, unranked })
    expect(list).toEqual({ items: [0, 2, -1], scores: [2, -2, Number.NEGATIVE_INFINITY] })
  })

  test('a score that is not a number does not rank, an infinite one does', async () => {
    const items = eight(1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 4)
    for (let at = 0; at < items.length; at += 8) items.fill(items[at]!, at, at + 8)
    const [list, none] = await rankOnce(
      new Float32Array(16).fill(1, 0, 8).fill(Number.NaN, 8),
      items,
      { indptr: new Uint32Array(3), indices: new Int32Array(0) },
      { factors: 8, k: 4 },
    )
    expect(list!.items).toEqual([2, 4, 0, -1])
    expect(none!.items).toEqual([-1, -1, -1, -1])
  })

  test('0 and −0 are equal', async () => {
    const [list] = await rankOnce(eight(1), eight(-0, 0, -1), NOBODY, { factors: 8, k: 2 })
    expect(list!.items).toEqual([0, 1])
  })

  test('a user without factors gets the first items', async () => {
    const [list] = await rankOnce(eight(0), eight(3, 1, 2, 9), NOBODY, { factors: 8, k: 3 })
    expect(list).toEqual({ items: [0, 1, 2], scores: [0, 0, 0] })
  })

  test('agrees with sorting all scores', async () => {
    // where blocks of 4 users and of 8 items, chunks of 32 users and lists begin and end
    const shapes = fc.record({
      numUsers: fc.integer({ min: 1, max: 70 }),
      numItems: fc.integer({ min: 1, max: 400 }),
      factors: fc.constantFrom(5, 8, 40),
      k: fc.integer({ min: 1, max: 30 }),
      seed: fc.integer({ min: 1, max: 1e6 }),
      scale: fc.constantFrom(1, 2 ** -70, 2 ** 50),
    })
    await fc.assert(
      fc.asyncProperty(shapes, async ({ numUsers, numItems, factors, k, seed, scale }) => {
        const userFactors = wholeNumbers(numUsers * factors, seed).map((value) => value * scale)
        // popular items have longer rows
        const itemFactors = wholeNumbers(numItems * factors, seed + 1).map(
          (value, at) => value * (1 + (Math.floor(at / factors) % 4)),
        )
        const seen = randomLikes(numUsers, numItems, seed)
        const random = randomSource(seed)
        const unranked = Uint8Array.from({ length: numItems }, () => (random.uniform() < 0.1 ? 1 : 0))
        const users = rowsOf(userFactors, factors)
        const items = rowsOf(itemFactors, factors)
        const expected = rankRows(
          users.map((x) => items.map((y) => Math.fround(dot(x, y)))),
          seenBy(seen),
          marked(unranked),
          k,
        )
        const found = await rankOnce(userFactors, itemFactors, seen, { factors, k, unranked })
        expect(found.map((list) => list.items)).toEqual(expected.map((list) => list.items))
      }),
      { numRuns: 12, seed: 1 },
    )
  })

  test('gives the same bytes with one thread and with three, and again in the same memory', async () => {
    const random = randomSource(5)
    const draw = (length: number) => Float32Array.from({ length }, () => random.normal())
    const shape = { numUsers: 130, numItems: 300, factors: 16, k: 20, numSeen: 10_000 }
    const [userFactors, itemFactors] = [draw(130 * 16), draw(300 * 16)]
    const seen = randomLikes(130, 300, 3)
    const one = openRanker(shape, signal, 1)
    const three = openRanker(shape, signal, 3)
    try {
      const first = await one.rank(userFactors, itemFactors, seen)
      await three.rank(draw(130 * 16), draw(300 * 16), randomLikes(130, 300, 4))
      expect(await three.rank(userFactors, itemFactors, seen)).toEqual(first)
    } finally {
      await Promise.all([one.close(), three.close()])
    }
  })

  test('ranks rows that lie in the memory of another', async () => {
    const plan = memoryPlan()
    const at = { userRows: plan.place(32), itemRows: plan.place(4 * 32), seen: { indptr: plan.place(8), indices: 0 } }
    const ranking = planRanking(plan, { numUsers: 1, numItems: 4, factors: 8, k: 2 })
    const engine = openEngine(plan, { what: 'test', scratchBytes: ranking.scratchBytes, threads: 1, signal })
    try {
      engine.f32(at.userRows, 8).set(eight(2))
      engine.f32(at.itemRows, 32).set(eight(1, 3, -1, 3))
      expect(listsOf(await rankInPlace(engine, ranking, at))).toEqual([{ items: [1, 3], scores: [6, 6] }])
    } finally {
      await engine.close()
    }
  })

  test('refuses what is not of its shape', async () => {
    const shape = { numUsers: 1, numItems: 2, factors: 8, k: 1, numSeen: 1 }
    expect(() => openRanker({ ...shape, k: 0 }, signal, 1)).toThrow('k is 0, expected a whole number from 1 up')
    const ranker = openRanker(shape, signal, 1)
    try {
      const [x, y] = [eight(1), eight(1, 2)]
      await expect(ranker.rank(y, y, NOBODY)).rejects.toThrow('rank: userFactors has length 16, expected 8')
      await expect(ranker.rank(x, x, NOBODY)).rejects.toThrow('rank: itemFactors has length 8, expected 16')
      const beyond = { indptr: Uint32Array.of(0, 1), indices: Int32Array.of(2) }
      await expect(ranker.rank(x, y, beyond)).rejects.toThrow('index 2 at 0, expected 0 to 1')
      const both = { indptr: Uint32Array.of(0, 2), indices: Int32Array.of(0, 1) }
      await expect(ranker.rank(x, y, both)).rejects.toThrow('rank: seen has 2 entries, room was made for 1')
      const mask = { unranked: new Uint8Array(3) }
      await expect(ranker.rank(x, y, NOBODY, mask)).rejects.toThrow('rank: unranked has length 3, expected 2')
    } finally {
      await ranker.close()
    }
  })
})

describe('ranking by scores', () => {
  test('agrees with sorting all scores', async () => {
    const shapes = fc.record({
      numUsers: fc.integer({ min: 1, max: 70 }),
      numItems: fc.integer({ min: 1, max: 400 }),
      k: fc.integer({ min: 1, max: 30 }),
      seed: fc.integer({ min: 1, max: 1e6 }),
    })
    await fc.assert(
      fc.asyncProperty(shapes, async ({ numUsers, numItems, k, seed }) => {
        const random = randomSource(seed)
        const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0]
        const scores = Float32Array.from({ length: numUsers * numItems }, () =>
          random.uniform() < 0.1 ? special[Math.floor(random.uniform() * 5)]! : Math.round(random.normal() * 20),
        )
        const seen = randomLikes(numUsers, numItems, seed)
        const unranked = Uint8Array.from({ length: numItems }, () => (random.uniform() < 0.1 ? 1 : 0))
        const ranker = openScoreRanker({ numUsers, numItems, k, numSeen: seen.indices.length }, signal, 1)
        try {
          const found = listsOf(await ranker.rank(scores, seen, { unranked }))
          const nobodys = marked(unranked)
          const expected = rankRows(rowsOf(scores, numItems), seenBy(seen), nobodys, k)
          expect(found.map((list) => list.items)).toEqual(expected.map((list) => list.items))
        } finally {
          await ranker.close()
        }
      }),
      { numRuns: 12, seed: 1 },
    )
  })

  test('takes a block of fewer users', async () => {
    const ranker = openScoreRanker({ numUsers: 5, numItems: 3, k: 2, numSeen: 1 }, signal, 1)
    try {
      const seen = { indptr: Uint32Array.of(0, 1, 1), indices: Int32Array.of(2) }
      const lists = listsOf(await ranker.rank(Float32Array.of(1, 2, 3, 4, 6, 5), seen))
      expect(lists.map(({ items }) => items)).toEqual([
        [1, 0],
        [1, 2],
      ])
    } finally {
      await ranker.close()
    }
  })

  test('refuses scores that are not of its shape', async () => {
    const ranker = openScoreRanker({ numUsers: 1, numItems: 9, k: 2, numSeen: 0 }, signal, 1)
    try {
      const scores = new Float32Array(8)
      await expect(ranker.rank(scores, NOBODY)).rejects.toThrow('rank: scores has length 8, expected 9')
      const two = { indptr: new Uint32Array(3), indices: new Int32Array(0) }
      await expect(ranker.rank(scores, two)).rejects.toThrow('rank: 2 users, room was made for 1')
    } finally {
      await ranker.close()
    }
  })
})
