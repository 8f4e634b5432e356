import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { randomSource } from '#core/random.ts'
import { openRatings, type Ratings } from '../../build/train/stars/ratings.ts'
import { readRatings, SEED } from './train/data.ts'
import { rmse, STARS } from './train/ratings.ts'

/**
 * RMSE of predicted stars in cross-validation; every test user is folded in from his training ratings.
 *   node scripts/bench/stars.ts --folds DIR [--factors 14]       DIR with u1.base, u1.test … u5.test of MovieLens 100K
 *   node scripts/bench/stars.ts --ratings FILE [--factors 22]    five folds of a ratings file, drawn by seed
 */
const FOLDS = 5

const { values: options } = parseArgs({
  options: {
    folds: { type: 'string' },
    ratings: { type: 'string' },
    factors: { type: 'string' },
    'trace-regularization': { type: 'string' },
    threads: { type: 'string', default: '2' },
  },
})
const settings = {
  ...STARS,
  ...(options.factors && { factors: Number(options.factors) }),
  ...(options['trace-regularization'] && { traceRegularization: Number(options['trace-regularization']) }),
}

type Rating = ReturnType<typeof readRatings>[number]

const errors: number[] = []
for (const [fold, [train, test]] of pairs().entries()) {
  const userIndices = indicesOf([...train, ...test].map(({ user }) => user))
  const itemIndices = indicesOf([...train, ...test].map(({ item }) => item))
  const rows = (ratings: Rating[]) => rowsOf(ratings, userIndices, itemIndices)
  const learned = rows(train)
  const session = openRatings(
    learned,
    itemIndices.size,
    settings,
    SEED,
    new AbortController().signal,
    Number(options.threads),
  )
  try {
    for (let iteration = 1; iteration <= settings.iterations; iteration++) await session.iterate(iteration)
    errors.push(rmse(session.model(), learned, rows(test)))
  } finally {
    await session.close()
  }
  console.log(
    `fold ${fold + 1}: ${train.length} ratings to learn from, ${test.length} to predict, RMSE ${errors.at(-1)!.toFixed(4)}`,
  )
}
console.log(`mean RMSE ${(errors.reduce((sum, error) => sum + error, 0) / errors.length).toFixed(4)}, seed ${SEED}`)

function pairs(): [train: Rating[], test: Rating[]][] {
  const { folds, ratings } = options
  if (folds !== undefined)
    return Array.from({ length: FOLDS }, (_, fold) => [
      readRatings(join(folds, `u${fold + 1}.base`)),
      readRatings(join(folds, `u${fold + 1}.test`)),
    ])
  if (ratings === undefined) throw new Error('expected --folds DIR or --ratings FILE')
  const all = readRatings(ratings)
  const { uniform } = randomSource(SEED)
  const foldOf = all.map(() => Math.floor(FOLDS * uniform()))
  return Array.from({ length: FOLDS }, (_, fold) => [
    all.filter((_, at) => foldOf[at] !== fold),
    all.filter((_, at) => foldOf[at] === fold),
  ])
}

function indicesOf(ids: string[]): Map<string, number> {
  const indices = new Map<string, number>()
  for (const id of ids) if (!indices.has(id)) indices.set(id, indices.size)
  return indices
}

function rowsOf(ratings: Rating[], userIndices: Map<string, number>, itemIndices: Map<string, number>): Ratings {
  const rows = Array.from({ length: userIndices.size }, () => [] as { item: number; stars: number }[])
  for (const { user, item, stars } of ratings)
    rows[userIndices.get(user)!]!.push({ item: itemIndices.get(item)!, stars })
  for (const row of rows) row.sort((a, b) => a.item - b.item)
  const indptr = new Uint32Array(rows.length + 1)
  for (const [row, items] of rows.entries()) indptr[row + 1] = indptr[row]! + items.length
  const flat = rows.flat()
  return {
    indptr,
    indices: Int32Array.from(flat, ({ item }) => item),
    ratings: Float32Array.from(flat, ({ stars }) => stars),
  }
}
