import { expect, test } from 'vitest'
import { ndcgAtK } from '#core/metrics.ts'
import { ndcgOf } from '../../../../build/train/rank/validate.ts'
import { randomLikes } from '../../../helpers/random.ts'

test('is the mean over the users who have something relevant', () => {
  // user 0: hit at rank 2 of one relevant: 1/log2(3) = 0.63093; user 1 has none; user 2: hit at rank 1, 1 of ideal 1 + 0.63093
  const relevant = { indptr: Uint32Array.of(0, 1, 1, 3), indices: Int32Array.of(4, 7, 8) }
  const items = Int32Array.of(7, 4, 9, 4, 7, 8, 7, 1, -1)
  const second = 1 / (1 + 1 / Math.log2(3))
  expect(ndcgOf({ k: 3, items }, relevant, 3)).toBeCloseTo((1 / Math.log2(3) + second) / 2, 10)
  // with k = 1 the hit at rank 2 does not count, and the ideal list holds one
  expect(ndcgOf({ k: 3, items }, relevant, 1)).toBe(0.5)
})

test("is ndcgAtK of each user's list", () => {
  const [numUsers, k] = [40, 12]
  const relevant = randomLikes(numUsers, 60, 3)
  const items = Int32Array.from({ length: numUsers * k }, (_, at) => ((at % k) * 7 + Math.floor(at / k)) % 60)
  const judged: number[] = []
  for (let user = 0; user < numUsers; user++) {
    const wanted = new Set(relevant.indices.subarray(relevant.indptr[user]!, relevant.indptr[user + 1]!))
    if (wanted.size > 0) judged.push(ndcgAtK(items.subarray(user * k, (user + 1) * k), wanted, 10))
  }
  const mean = judged.reduce((sum, value) => sum + value, 0) / judged.length
  expect(ndcgOf({ k, items }, relevant, 10)).toBeCloseTo(mean, 12)
})

test('is not a number where nobody has anything relevant', () => {
  const nothing = { indptr: new Uint32Array(3), indices: new Int32Array(0) }
  expect(ndcgOf({ k: 1, items: Int32Array.of(1, 2) }, nothing, 1)).toBeNaN()
})

test('refuses a cutoff beyond the lists, and lists of other users', () => {
  const nothing = { indptr: new Uint32Array(3), indices: new Int32Array(0) }
  const ranked = { k: 2, items: new Int32Array(4) }
  expect(() => ndcgOf(ranked, nothing, 3)).toThrow('NDCG@3 of lists of 2, expected a cutoff from 1 to 2')
  expect(() => ndcgOf({ ...ranked, k: 1 }, nothing, 1)).toThrow('4 ranked items, expected 1 for each of 2 users')
})
