import { randomSource } from '#core/random.ts'
import type { SparseRows } from '../../build/train/sparse-rows.ts'

/** Seeded inputs for comparisons of fast code with slow. */

export function randomMatrix(rows: number, columns: number, seed: number, scale = 1): Float32Array {
  const random = randomSource(seed)
  return Float32Array.from({ length: rows * columns }, () => scale * random.normal())
}

/** Users × items as CSR: item i is liked with a chance that falls like 1 / (i + 2); some users like nothing. */
export function randomLikes(
  numUsers: number,
  numItems: number,
  seed: number,
): { indptr: Uint32Array; indices: Int32Array } {
  const random = randomSource(seed)
  const indptr = new Uint32Array(numUsers + 1)
  const indices: number[] = []
  for (let user = 0; user < numUsers; user++) {
    const activity = user % 10 === 3 ? 0 : 0.5 + 2 * random.uniform()
    for (let item = 0; item < numItems; item++) if (random.uniform() < activity / (item + 2)) indices.push(item)
    indptr[user + 1] = indices.length
  }
  return { indptr, indices: Int32Array.from(indices) }
}

/** The same with stars from 1 to 5. */
export function randomRatedLikes(numUsers: number, numItems: number, seed: number) {
  const likes = randomLikes(numUsers, numItems, seed)
  const { uniform } = randomSource(seed + 1)
  return { ...likes, ratings: Float32Array.from(likes.indices, () => 1 + Math.floor(5 * uniform())) }
}

/** int8 rows with a scale each; every seventh row is zeros with scale 0. */
export function randomQuantized(
  numItems: number,
  factors: number,
  seed: number,
): { quantized: Int8Array; scales: Float32Array } {
  const random = randomSource(seed)
  const scales = Float32Array.from({ length: numItems }, (_, item) =>
    item % 7 === 6 ? 0 : 0.002 + 0.01 * random.uniform(),
  )
  const quantized = Int8Array.from({ length: numItems * factors }, (_, at) =>
    scales[Math.floor(at / factors)] === 0 ? 0 : Math.floor(random.uniform() * 255) - 127,
  )
  return { quantized, scales }
}

/** Popular items have low numbers, and some users took nothing, or one thing twice. */
export function randomHistories(numUsers: number, numItems: number, seed: number): SparseRows {
  const { uniform } = randomSource(seed)
  const indptr = new Uint32Array(numUsers + 1)
  const items: number[] = []
  for (let user = 0; user < numUsers; user++) {
    for (let count = Math.floor(25 * uniform()); count > 0; count--) items.push(Math.floor(numItems * uniform() ** 2))
    indptr[user + 1] = items.length
  }
  return { indptr, indices: Int32Array.from(items) }
}
