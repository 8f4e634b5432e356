import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomSource } from '#core/random.ts'
import { StarsConfig } from '#core/schemas/config.ts'
import { foldInRatings, predictRating, type RatingModel } from '#core/scoring/fold-in-ratings.ts'
import { openRatings, type Ratings, type RatingsOptions } from '../../../build/train/stars/ratings.ts'
import { SEED } from './data.ts'
import { type BenchRow, benchRow } from './rows.ts'

/** Held out of the training, to see that the time was worth it. */
const TEST_SHARE = 0.1

/** As the product has them. */
export const STARS: RatingsOptions = StarsConfig.parse({})

export interface RatingsBench {
  shape: string
  ratings: Ratings
  numItems: number
  options: RatingsOptions
  threads: number
  rounds: number
  /** an interpreter that has `scikit-surprise` and numpy below 2, or null */
  surprise: string | null
}

/** Errors of both sides on the ratings held out, beside the seconds. */
export interface RatingsBenchRow extends BenchRow {
  oursRmse: number
  peerRmse: number | null
}

/**
 * Seconds to train star predictions on nine tenths of the ratings, and the RMSE on the rest (our users folded in from
 * their histories), beside Surprise's SVD with its defaults (100 factors, 20 epochs, one thread). Rounds in turn.
 */
export async function benchRatings(bench: RatingsBench): Promise<RatingsBenchRow[]> {
  const { ratings, numItems, options, threads, rounds, surprise, shape } = bench
  const { train, test } = cut(ratings)
  const ours: number[] = []
  const theirs: number[] = []
  let oursRmse = Number.NaN
  let peerRmse: number | null = null
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    const session = openRatings(train, numItems, options, SEED, new AbortController().signal, threads)
    try {
      for (let iteration = 1; iteration <= options.iterations; iteration++) await session.iterate(iteration)
      ours.push((performance.now() - start) / 1000)
      oursRmse = rmse(session.model(), train, test)
    } finally {
      await session.close()
    }
    if (!surprise) continue
    const peer = surpriseRound(surprise, train, test)
    theirs.push(peer.seconds)
    peerRmse = peer.rmse
  }
  const row = benchRow({ what: 'ratings/train', shape, factors: options.factors }, ours, theirs)
  return [{ ...row, oursRmse, peerRmse }]
}

function cut(all: Ratings): { train: Ratings; test: Ratings } {
  const { uniform } = randomSource(SEED)
  const isTest = all.ratings.map(() => (uniform() < TEST_SHARE ? 1 : 0))
  const part = (wanted: number): Ratings => {
    const indptr = new Uint32Array(all.indptr.length)
    for (let user = 0; user + 1 < indptr.length; user++) {
      const own = isTest.subarray(all.indptr[user], all.indptr[user + 1])
      indptr[user + 1] = indptr[user]! + own.filter((value) => value === wanted).length
    }
    return {
      indptr,
      indices: all.indices.filter((_, at) => isTest[at] === wanted),
      ratings: all.ratings.filter((_, at) => isTest[at] === wanted),
    }
  }
  return { train: part(0), test: part(1) }
}

/** Every test user folded in from the training ratings. */
function rmse(model: RatingModel, train: Ratings, test: Ratings): number {
  let squared = 0
  for (let user = 0; user + 1 < test.indptr.length; user++) {
    const [from, to] = [train.indptr[user]!, train.indptr[user + 1]!]
    const { factors } = foldInRatings(model, train.indices.subarray(from, to), train.ratings.subarray(from, to))
    for (let at = test.indptr[user]!; at < test.indptr[user + 1]!; at++)
      squared += (predictRating(model, factors, test.indices[at]!) - test.ratings[at]!) ** 2
  }
  return Math.sqrt(squared / test.ratings.length)
}

function surpriseRound(python: string, train: Ratings, test: Ratings): { seconds: number; rmse: number } {
  const folder = mkdtempSync(join(tmpdir(), 'bench-ratings-'))
  const lines = ({ indptr, indices, ratings }: Ratings) => {
    const users = Array.from({ length: indptr.length - 1 }, (_, user) => user)
    return users.flatMap((user) =>
      Array.from(
        indices.subarray(indptr[user], indptr[user + 1]),
        (item, at) => `${user} ${item} ${ratings[indptr[user]! + at]}`,
      ),
    )
  }
  try {
    writeFileSync(join(folder, 'train'), lines(train).join('\n'))
    writeFileSync(join(folder, 'test'), lines(test).join('\n'))
    const script = `
import json, time, surprise
reader = surprise.Reader(line_format="user item rating", sep=" ")
trainset = surprise.Dataset.load_from_file("${folder}/train", reader).build_full_trainset()
testset = [(u, i, float(r)) for u, i, r in (line.split() for line in open("${folder}/test"))]
start = time.perf_counter()
model = surprise.SVD(random_state=${SEED}).fit(trainset)
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "rmse": surprise.accuracy.rmse(model.test(testset), verbose=False)}))`
    const ran = spawnSync(python, ['-c', script], { encoding: 'utf8' })
    if (ran.status !== 0) throw new Error(`${python}: ${ran.stderr || ran.error}`)
    return JSON.parse(ran.stdout) as { seconds: number; rmse: number }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
