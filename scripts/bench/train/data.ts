import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type RandomSource, randomSource } from '#core/random.ts'
import type { SparseRows } from '../../../build/train/sparse-rows.ts'
import { activityCounts, aliasTable, popularityWeights, SHAPES } from '../movielens-shape.ts'

export const SEED = 42

/** What a training bench runs on: every rating counts as a like. */
export interface BenchData {
  /** `ml-20m`, or the file's name */
  shape: string
  likes: SparseRows
  /** of each like, in the order of likes.indices; null where there are none */
  stars: Float32Array | null
  numUsers: number
  numItems: number
}

/** Tastes that are drawn: a movie belongs to one, a viewer has a few, and this share of what he sees is theirs. */
const TASTES = 40
const TASTES_A_USER = 4
const TASTE_SHARE = 0.6

/** Users and movies with the counts and long tails of a published MovieLens (movielens-shape.ts), and planted tastes. */
export function drawLikes(name: keyof typeof SHAPES): BenchData {
  const shape = SHAPES[name]
  const random = randomSource(SEED)
  const counts = activityCounts(shape, random)
  const weights = popularityWeights(shape)
  const taste = Uint8Array.from(weights, () => Math.floor(random.uniform() * TASTES))
  const drawAny = aliasTable(weights, random)
  const drawOf = Array.from({ length: TASTES }, (_, wanted) => drawWithin(wanted, taste, weights, random))

  const indptr = new Uint32Array(shape.users + 1)
  const indices = new Int32Array(shape.ratings)
  const seenBy = new Int32Array(shape.movies).fill(-1)
  let end = 0
  for (let user = 0; user < shape.users; user++) {
    const favourites = Array.from({ length: TASTES_A_USER }, () => Math.floor(random.uniform() * TASTES))
    const start = end
    // a movie seen before is drawn again; who asks for most of a small catalogue gets fewer in the end
    for (let tries = 0; end - start < counts[user]! && tries < 50 * counts[user]!; tries++) {
      const favourite = favourites[Math.floor(random.uniform() * TASTES_A_USER)]!
      const item = random.uniform() < TASTE_SHARE ? drawOf[favourite]!() : drawAny()
      if (seenBy[item] === user) continue
      seenBy[item] = user
      indices[end++] = item
    }
    indices.subarray(start, end).sort()
    indptr[user + 1] = end
  }
  return {
    shape: name,
    likes: { indptr, indices: indices.slice(0, end) },
    stars: null,
    numUsers: shape.users,
    numItems: shape.movies,
  }
}

function drawWithin(wanted: number, taste: Uint8Array, weights: Float64Array, random: RandomSource): () => number {
  const items = [...taste.keys()].filter((item) => taste[item] === wanted)
  const draw = aliasTable(
    items.map((item) => weights[item]!),
    random,
  )
  return () => items[draw()]!
}

/** A real ratings file: ratings.csv, ratings.dat or u.data, may be gzipped. Users and movies in the order of the file. */
export function readLikes(file: string): BenchData {
  const itemIndices = new Map<string, number>()
  const users = new Map<string, { item: number; stars: number }[]>()
  for (const { user, item, stars } of readRatings(file)) {
    if (!itemIndices.has(item)) itemIndices.set(item, itemIndices.size)
    if (!users.has(user)) users.set(user, [])
    users.get(user)!.push({ item: itemIndices.get(item)!, stars })
  }
  const rows = [...users.values()].map((row) => row.toSorted((a, b) => a.item - b.item))
  const indptr = new Uint32Array(rows.length + 1)
  for (const [row, items] of rows.entries()) indptr[row + 1] = indptr[row]! + items.length
  const ratings = rows.flat()
  return {
    shape: basename(file),
    likes: { indptr, indices: Int32Array.from(ratings, ({ item }) => item) },
    stars: Float32Array.from(ratings, ({ stars }) => stars),
    numUsers: rows.length,
    numItems: itemIndices.size,
  }
}

/** The lines of such a file. */
export function readRatings(file: string): { user: string; item: string; stars: number }[] {
  const bytes = readFileSync(file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  return text
    .split('\n')
    .map((line) => line.split(/::|[,\t]/))
    .filter(([user, item]) => item && /^\d/.test(user!))
    .map(([user, item, stars]) => ({ user: user!, item: item!, stars: Number(stars) }))
}
